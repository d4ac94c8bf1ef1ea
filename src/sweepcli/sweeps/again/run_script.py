"""`run.sh`: what starts a run again from a folder with its code, at any path. Pure.

It writes nothing into the folder of the run: each start makes a new folder beside the script, for
what the program logs and for its checkpoints.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import env, folders
from sweepcli.runs import paramfiles, wandb_use
from sweepcli.runs.wandb_use import WandbUse
from sweepcli.sweep_config import command
from sweepcli.sweeps.again import command_then

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sweepcli.records import Run, Sweep

NAME = "run.sh"
# Texts that stand for what only the script knows; no param is likely to hold them.
_HERE, _FILES, _PYTHON, _PORT = (
    f"\ue000{name}\ue001" for name in ("here", "files", "python", "port")
)
_VARIABLE = "\ue000variable:{}\ue001"
_TOKEN = re.compile("\ue000(.*?)\ue001")
_START = """\
case $0 in */*) CDPATH= cd -- "${0%/*}/" || exit ;; esac
here=$(pwd && echo .) && here=${here%??}
number=1
while [ -e "$here/started-$number" ]; do number=$((number + 1)); done
files=$here/started-$number
mkdir -p -- "$files/checkpoints" || exit
port=$((20000 + $$ % 10000))
"""


class Place(NamedTuple):
    """Where a run's code was, and where it is beside the script."""

    moves: Mapping[str, str]  # folders and files: the absolute path, and that from the script on
    cwd: str  # where the program starts, from the script on

    def moved(self, text: str) -> str:
        """Return a text in which paths of the code lead to the script's own."""
        for old, new in self.moves.items():
            path = rf"(?<![\w./-]){re.escape(old.rstrip('/'))}(?=/|\Z)"
            text = f"{_HERE}/{new}".join(re.split(path, text))
        return text


class Then(NamedTuple):
    """What else the run had."""

    interpreter: str | None = None  # the file of its Python
    seeds: Mapping[str, str] = {}
    search_path: Sequence[str] = ()  # of Python, as the agent had it, and editable packages
    wandb: WandbUse = WandbUse.AUTO


def text(run: Run, sweep: Sweep, place: Place, then: Then, about: Iterable[str]) -> str:
    """Return the script; `about` is what it says at its top.

    Raises ConfigError if the command line cannot be made.
    """
    config = sweep.config
    variables = _variables(run, sweep, place, then)
    elements = command_then.of(config.command, command_then.INTERPRETER, {})
    words = command.argv(
        elements,
        run.params,
        program=config.program,
        interpreter=_PYTHON,
        environ={name: _VARIABLE.format(name) for name in command.variables(config.command)},
        own=_own_macros(),
        style=config.args_style,
    )
    python = _python(then.interpreter) if any(_PYTHON in word for word in words) else []
    needed = [f': "${{{name}:?is needed by the command}}"' for name in _asked(words)]
    others = (name for name in env.SET if name.startswith("SWEEPCLI_") and name not in variables)
    unset = sorted(name for name in others if not name.startswith(env.PARAM_PREFIX))
    lines = [
        "#!/bin/sh",
        *(f"# {line}".rstrip() for each in about for line in each.splitlines() or [""]),
        "",
        _START,
        *python,
        *needed,
        f"unset {' '.join(unset)}",
        *(f"export {name}={value}" for name, value in variables.items()),
        "",
        f"cd -- {_quoted(f'{_HERE}/{place.cwd}')} || exit",
        f'exec {" ".join(_quoted(place.moved(word)) for word in words)} "$@"',
    ]
    return "\n".join(lines) + "\n"


def _own_macros() -> dict[str, str]:
    return {
        "args_json_file": f"{_HERE}/{folders.PARAMS_JSON}",
        "slot": "0",
        "gpu": "",
        "port": _PORT,
        "checkpoint_dir": f"{_FILES}/{folders.CHECKPOINTS}",
        "run_dir": _FILES,
    }


def _variables(run: Run, sweep: Sweep, place: Place, then: Then) -> dict[str, str]:
    """Return what is exported: names, and values as the shell reads them."""
    run_id = f"{run.id}-again"  # what a program names after its run is not overwritten
    params = {env.PARAMS_FILE: f"{_HERE}/{folders.PARAMS_JSON}"}
    own = {
        env.ENTITY: sweep.entity,
        env.PROJECT: sweep.project,
        env.SWEEP_ID: sweep.id,
        env.RUN_ID: run_id,
        env.ATTEMPT: "1",
        env.RESUMED: "false",
        env.SLOT: "0",
        env.GPUS: "",
        env.PORT: _PORT,
        env.RUN_DIR: _FILES,
        env.EVENTS: f"{_FILES}/{folders.EVENTS}",
        env.CHECKPOINT_DIR: f"{_FILES}/{folders.CHECKPOINTS}",
        **params,
        **paramfiles.environment(run.params),
    }
    identity = {
        "WANDB_SWEEP_ID": sweep.id,
        "WANDB_RUN_ID": run_id,
        "WANDB_SWEEP_PARAM_PATH": f"{_HERE}/{folders.PARAMS_YAML}",
        "WANDB_ENTITY": sweep.entity,
        "WANDB_PROJECT": sweep.project,
    }
    path = {"PYTHONPATH": ":".join(map(place.moved, then.search_path))} if then.search_path else {}
    found = wandb_use.variables(then.wandb, identity, _FILES, path)
    own |= {name: found[name] for name in (*identity, env.WANDB) if name in found}
    chosen = {name: found[name] for name in found if name not in own and name != "PYTHONPATH"}
    search = found.get("PYTHONPATH", path.get("PYTHONPATH"))
    return {
        **{name: _quoted(value) for name, value in {**own, **then.seeds}.items()},
        **{name: f'"${{{name}-{_bare(value)}}}"' for name, value in chosen.items()},
        "PYTHONUNBUFFERED": '"${PYTHONUNBUFFERED-1}"',
        **({"PYTHONPATH": f'{_quoted(search)}"${{PYTHONPATH:+:$PYTHONPATH}}"'} if search else {}),
    }


def _python(interpreter: str | None) -> list[str]:
    """Return the lines that choose a Python: that of then, where it is."""
    lines = ["python=python; command -v python >/dev/null || python=python3"]
    if interpreter:
        there = _quoted(interpreter)
        lines.append(f"if [ -x {there} ]; then python={there}; fi")
    return lines


def _asked(words: Iterable[str]) -> list[str]:
    """Return the variables of the environment that the command needs, whose values are not kept."""
    found = (name for word in words for name in _TOKEN.findall(word))
    names = (name.removeprefix("variable:") for name in found if name.startswith("variable:"))
    return list(dict.fromkeys(names))


def _quoted(text: str) -> str:
    """Return a text as one word of a shell, in which it fills in what only it knows."""
    parts = _TOKEN.split(text)
    named = [f'"${{{part.removeprefix("variable:")}}}"' for part in parts[1::2]]
    fixed = [shlex.quote(part) if part else "" for part in parts[::2]]
    return "".join(a + b for a, b in zip(fixed, [*named, ""], strict=True)) or "''"


def _bare(text: str) -> str:
    """Return one of our own values between double quotes of a shell."""
    return _TOKEN.sub(lambda found: f"${found[1]}", text)
