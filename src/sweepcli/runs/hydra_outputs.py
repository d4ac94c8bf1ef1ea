"""Where a program of Hydra's writes: into outputs/DATE/TIME, unless it is told another directory.

Two runs that start in the same second share that one, and each overwrites what the other saved.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from sweepcli import regular_files
from sweepcli.sweep_config import macros
from sweepcli.sweep_config.argument_styles import LISTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.records import SweepConfig

LARGEST = 1 << 20  # bytes of a program whose text is looked at
MAIN = (b"hydra.main", b"from hydra import main")
DEFAULTS = {"hydra.run.dir": "outputs", "hydra.sweep.dir": "multirun"}
ADVICE = (
    "command: Hydra writes into {default}, which runs that start in the same second share: unless "
    "the program's own config sets {key}, add the element \"{key}='${{run_dir}}/hydra'\""
)


def advice(config: SweepConfig) -> str | None:
    """Return the element to add to the command of a program of Hydra's, None if there is no need.

    The quotes in it are Hydra's own: without them it refuses folders with letters such as `é`.
    """
    words = [word for element in config.command for word in str(element).split()]
    key = "hydra.sweep.dir" if _is_multirun(words) else "hydra.run.dir"
    if any(key in text for text in (*words, *(each.name for each in config.parameters))):
        return None
    if not _are_overrides(words, config.args_style) and not any(_are_hydras(words, config.program)):
        return None
    return ADVICE.format(default=f"{DEFAULTS[key]}/DATE/TIME", key=key)


def _is_multirun(words: list[str]) -> bool:
    """Return whether Hydra's own sweep is asked for; a `-m` before the program is Python's."""
    programs = [place for place, word in enumerate(words) if word.endswith((".py", "${program}"))]
    return "--multirun" in words or bool(programs and "-m" in words[programs[0] :])


def _are_overrides(words: list[str], args_style: str | None) -> bool:
    names = {name for word in words for name in macros.mentioned(word)}
    return any("hydra" in name for name in names & LISTS.keys()) or (
        "args" in names and args_style == "hydra"
    )


def _are_hydras(words: list[str], program: str | None) -> Iterator[bool]:
    """Yield of each Python file in the command whether Hydra calls its main function."""
    for before, word in itertools.pairwise(("", *words)):
        name = (program or "") if "program" in macros.mentioned(word) else word
        path = f"{name.replace('.', '/')}.py" if before == "-m" else name
        if path.endswith(".py"):
            try:
                text = regular_files.content(path, LARGEST)
            except OSError:  # the agent may work in another folder
                continue
            yield any(each in text for each in MAIN)
