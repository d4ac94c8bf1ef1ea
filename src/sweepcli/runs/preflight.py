"""What would make every run of a sweep fail, found before one is taken."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from sweepcli import search, stopping
from sweepcli.errors import LaunchError, NotSupported
from sweepcli.records import DEFAULT_COMMAND
from sweepcli.runs import programs
from sweepcli.sweep_config import command

if TYPE_CHECKING:
    from collections.abc import Callable

    from sweepcli.records import SweepConfig


def check(
    config: SweepConfig,
    note: Callable[[str], None],
    *,
    has_gpus: bool,
    has_snapshot: bool = False,
) -> str:
    """Return what `${interpreter}` means for this sweep; raise if no run could start.

    With a snapshot, the program need not be in this folder.
    """
    for text in unsupported(config):
        raise NotSupported(text)
    _check_program(config, has_snapshot=has_snapshot)
    if missing := command.missing_variable(config.command, os.environ):
        raise LaunchError(missing)
    names = {parameter.name for parameter in config.parameters}
    if command.uses(config.command, "gpu", names=names) and not has_gpus:
        raise LaunchError("command: ${gpu} needs an agent with GPUs: add --gpus all")
    chosen = programs.interpreter()
    if command.uses(config.command, "interpreter"):
        _note_interpreter(chosen, note)
    return chosen


def unsupported(config: SweepConfig) -> list[str]:
    """Say why this version cannot run a valid config."""
    texts = []
    if found := search.problem(config):
        texts.append(found)
    rule = (config.early_terminate or {}).get("type")
    if rule is not None and rule not in stopping.RULES:
        known = " or ".join(stopping.RULES)
        texts.append(f"early_terminate: {rule} is not supported by this version (use {known})")
    return texts


def _check_program(config: SweepConfig, *, has_snapshot: bool) -> None:
    if not command.uses(config.command, "program"):
        return
    if config.program is None:
        raise LaunchError(
            "the sweep has no program; add `program: train.py` to the config, or create the "
            "sweep with --program"
        )
    if not has_snapshot and (absent := absent_program(config)):
        raise LaunchError(f"{absent}; start the agent in the program's folder")


def absent_program(config: SweepConfig) -> str | None:
    """Say so if the program of a sweep with the default command is not in this folder."""
    is_default = tuple(config.command) == DEFAULT_COMMAND
    if not is_default or config.program is None or os.path.exists(config.program):
        return None
    return f"the sweep's program {config.program!r} is not in {os.getcwd()}"


def _note_interpreter(chosen: str, note: Callable[[str], None]) -> None:
    found = chosen if os.path.isabs(chosen) else programs.find_program(chosen)
    if found is None or _same_python(found, sys.executable):
        return
    note(f"runs use {found}, not the agent's own {sys.executable}")


def _same_python(one: str, other: str) -> bool:
    # Not realpath: the interpreter of a virtual environment is a link to one outside of it.
    return os.path.dirname(os.path.abspath(one)) == os.path.dirname(os.path.abspath(other))
