"""Asks a run's own Python what only it knows; see `imports_here`."""

from __future__ import annotations

import json
import os
import subprocess
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON

TIMEOUT_S = 60.0
SAFE_PATH = (3, 11)  # from here on Python knows PYTHONSAFEPATH
OURS = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
OWN_VARIABLES = ("PYTHONPATH", "PYTHONSAFEPATH", "PYTHONPYCACHEPREFIX", "PYTHONHOME")


class Imports(NamedTuple):
    """From where a Python imports."""

    version: tuple[int, int] = (0, 0)  # zeros: it did not say
    path: tuple[str, ...] = ()  # folders of the repository, from its root on
    hidden: dict[str, list[str]] = {}  # noqa: RUF012 -- read only: names in them that it finds elsewhere first
    foreign: tuple[str, ...] = ()  # folders that are neither there nor installed
    hooks: tuple[str, ...] = ()  # modules that find packages before the path does

    @property
    def has_safe_path(self) -> bool:
        """Whether it heeds PYTHONSAFEPATH."""
        return self.version >= SAFE_PATH


def imports(python: str, root: str, tree: str, recorded: Sequence[str] = ()) -> Imports:
    """Return from where a Python imports; empty where there is none, or it does not answer.

    `tree` has the code that is below `root`, and `recorded` are folders of it that count too.
    """
    request = {"root": root, "tree": tree, "recorded": [*recorded]}
    found = _asked(python, request)
    if found is None:
        return Imports(path=tuple(recorded), hidden={each: [] for each in recorded})
    return Imports(
        version=(found["version"][0], found["version"][1]),
        path=tuple(found["path"]),
        hidden=found["hidden"],
        foreign=tuple(folder for folder in found["foreign"] if folder != OURS),
        hooks=tuple(found["hooks"]),
    )


def compile_in(python: str, folder: str, final: str, most: int) -> None:
    """Let a Python compile at most so many files of a folder that will be called `final`."""
    _asked(python, {"compile": {"folder": folder, "final": final, "most": most}})


def _asked(python: str, request: JSON) -> dict[str, JSON] | None:
    """Return the answer; None if there is none."""
    text = resources.files("sweepcli.code").joinpath("imports_here.py").read_text("utf-8")
    environ = {name: value for name, value in os.environ.items() if name not in OWN_VARIABLES}
    try:
        done = subprocess.run(
            [python, "-c", text, json.dumps(request)],
            cwd="/",
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=TIMEOUT_S,
            check=True,
        )
        found: dict[str, JSON] = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return found
