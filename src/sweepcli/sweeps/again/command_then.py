"""A command as it starts a run again: by the Python of then, with the seeds of then. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.sweep_config.starters import has_env, is_first, is_python

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ENV, INTERPRETER = "${env}", "${interpreter}"


def of(command: Sequence[str], interpreter: str | None, seeds: Mapping[str, str]) -> list[str]:
    """Return the elements of a command with a certain Python, and variables set by `env`."""
    elements = [
        interpreter if interpreter and _is_its_python(command, at) else element
        for at, element in enumerate(command)
    ]
    settings = [f"{name}={value}" for name, value in seeds.items()]
    if not settings:
        return elements
    if elements and has_env(elements[:1]):
        return [elements[0], *settings, *elements[1:]]
    return [ENV, *settings, *elements]


def _is_its_python(command: Sequence[str], at: int) -> bool:
    """Return whether an element is what the program is started with, and no path of its own."""
    element = command[at]
    is_named = is_python(element) and "/" not in element and is_first(command, at)
    return element == INTERPRETER or is_named
