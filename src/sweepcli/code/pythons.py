"""Which Python a command starts: as it is named, by the first line of a script, or by a tool."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from sweepcli.sweep_config import starters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Tools that start programs in an environment of a project, by their usual folder for it.
OF_PROJECTS = ("hatch", "pdm", "pipenv", "poetry", "rye", "uv")
OF_OTHERS = ("conda", "mamba", "micromamba", "pixi", *starters.CONTAINERS)
VENV = os.path.join(".venv", "bin", "python")
MOST_WORDS = 8  # before the program
# `#!/venv/bin/python`, or what pip and uv write where that is too long or has spaces.
FIRST_LINES = re.compile(
    rb"#!(\S*/(?:python|pypy)[\d.]*)\b"
    rb"|#!/bin/sh\n'''exec' (?:\"([^\"\n]+)\"|'([^'\n]+)'|(\S+)) "
)
START = 1024  # bytes of a script


def of(words: Sequence[str], cwd: str, interpreter: str) -> str | None:
    """Return the Python that the words of a command start; None if it cannot be seen.

    `interpreter` is what `${interpreter}` means.
    """
    for word in words[:MOST_WORDS]:
        name = starters.name_of(word)
        if name in OF_PROJECTS:
            return _of_project(cwd)
        if name in OF_OTHERS:
            return None
        if word == "${interpreter}":
            return found(interpreter, cwd) or interpreter
        if starters.is_python(word):
            return found(word, cwd)
        if not word.startswith("-") and (python := _in_script(found(word, cwd))):
            return python
    return None


def found(word: str, cwd: str) -> str | None:
    """Return the file that a word means where a program is named; absolute."""
    if os.path.isabs(word):
        return word
    if os.sep in word:
        path = os.path.join(cwd, word)
        return os.path.normpath(path) if os.path.isfile(path) else None
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    places = (os.path.join(folder, word) for folder in folders)
    return next((place for place in places if _is_program(place)), None)


def _is_program(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


def _in_script(path: str | None) -> str | None:
    """Return the Python that a script names in its first lines."""
    if path is None or path.endswith(".py") or not os.path.isfile(path):
        return None
    try:
        with open(path, "rb") as file:
            found = FIRST_LINES.match(file.read(START))
    except OSError:
        return None
    return os.fsdecode(next(filter(None, found.groups()))) if found else None


def _of_project(cwd: str) -> str | None:
    """Return the Python of the nearest virtual environment with the usual name."""
    for folder in _upwards(cwd):
        path = os.path.join(folder, VENV)
        if os.path.isfile(path):
            return path
    return None


def _upwards(folder: str) -> Iterator[str]:
    while True:
        yield folder
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above
