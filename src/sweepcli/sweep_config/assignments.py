"""NAME=VALUE, as options of commands are written: both sides, and values as configs have them.

`1e-4` is a number and `yes` a boolean, as in a config's YAML. Quotes keep text, if the shell
leaves them: `-P 'tag="1e-4"'`.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.sweep_config import document
from sweepcli.sweep_config.problems import InvalidConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.sweep_config.document import Value
    from sweepcli.sweep_config.problems import Problem

_QUOTED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)


class Assignment(NamedTuple):
    """Both sides of NAME=VALUE."""

    name: str
    text: str


def parted(written: str) -> Assignment:
    """Return both sides; raise ValueError, with what to do, if one is missing."""
    name, equals, text = (side.strip() for side in written.partition("="))
    if not equals or not name:
        raise ValueError("has no name and value: write NAME=VALUE")
    if not text:
        empty = f"""for an empty text, write {name}='""', for null {name}=null"""
        raise ValueError(f"has no value; is a shell variable not set? ({empty})")
    return Assignment(name, text)


def listed(text: str) -> list[str]:
    """Return what commas part; those inside quotes and brackets do not.

    Raises ValueError for a bracket that is never closed.
    """
    return [text[end + 1 : start].strip() for end, start in pairwise([-1, *_commas(text)])]


def value(name: str, text: str, option: str) -> Value:
    """Return a value as a config has it; raise InvalidConfig, with the option, if it is none."""
    try:
        found = document.value(text, option)
    except InvalidConfig as error:
        raise InvalidConfig(map(_on_a_line, error.problems)) from None
    as_text = f"for the text, write {literally(name, text)}"
    warnings = [_on_a_line(replace(each, fix=as_text)) for each in found.warnings]
    return found._replace(warnings=tuple(warnings))


def literally(name: str, text: str) -> str:
    """Return how a shell is told that a value is text."""
    quoted = f'"{text}"'
    return f"{name}={shlex.quote(quoted)}"


def _on_a_line(problem: Problem) -> Problem:
    """Return a problem of an option: it stands in no line of a file."""
    return replace(problem, line=None, column=None)


def _commas(text: str) -> Iterator[int]:
    """Find the commas outside of quotes and brackets, and the end."""
    depth = at = begin = 0
    while at < len(text):
        may_quote = depth or not text[begin:at].strip()
        if may_quote and (quoted := _QUOTED.match(text, at)):
            at = quoted.end()
            continue
        if text[at] == "," and not depth:
            yield at
            begin = at + 1
        depth += (text[at] in "[{") - bool(depth and text[at] in "]}")
        at += 1
    if depth:
        raise ValueError("has a bracket that is never closed (close it; put text in quotes)")
    yield len(text)
