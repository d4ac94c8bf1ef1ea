"""The errors of a file that cannot be read: where, what is wrong, and how to fix it."""

from __future__ import annotations

import re
from typing import Protocol

import yaml
from yaml.composer import ComposerError

from sweepcli.sweep_config.problems import InvalidConfig, Place, Problem

_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_QUOTE = "put the text in quotes"
# A part of PyYAML's words, in either of its two parsers -> ours, and what to do.
_WORDS = {
    "mapping values are not allowed": (
        "an extra `:`, or wrong indentation",
        "put text that holds `: ` in quotes, and line up the keys",
    ),
    "could not find expected ':'": ("a `:` is missing after a key", "write `key: value`"),
    "did not find expected key": (
        "this does not fit the lines around it",
        "line up the keys, and put text with `:`, `#` or quotes in it in quotes",
    ),
    "did not find expected '-' indicator": (
        "a list item is missing its `-`",
        "line up the items, each with `- `",
    ),
    "expected <block end>": (
        "this does not fit the lines around it",
        "line up the keys, and close every bracket and quote",
    ),
    "expected ',' or": (
        "a `,` or the closing bracket is missing",
        "separate items by commas and close the bracket",
    ),
    "unexpected end of stream": ("a quote is never closed", "close the quote"),
    "cannot start any token": ("a value cannot begin with this character", _QUOTE),
    "alphabetic or numeric": ("a value cannot begin with `*` or `&`", _QUOTE),
}


class Mark(Protocol):
    """A position in the text, as either of PyYAML's parsers gives it."""

    line: int
    column: int


def failure(
    source: str, place: Place, text: str, fix: str | None = None, path: str = ""
) -> InvalidConfig:
    """Return the error for the one thing that keeps a file from being read."""
    return InvalidConfig([Problem(source, *place, path, text, fix)])


def place_of(mark: Mark | None) -> Place:
    """Return a parser's position, counted from 1 as editors do."""
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def decoded(data: str | bytes, source: str) -> str:
    """Return a file's text without a byte order mark; raise InvalidConfig if it is not text."""
    try:
        text = data.decode() if isinstance(data, bytes) else data
    except UnicodeDecodeError as error:
        lines = error.object[: error.start].decode().split("\n")
        fix = "save the file as UTF-8"
        place = (len(lines), len(lines[-1]) + 1)
        raise failure(source, place, "is not UTF-8 text", fix) from None
    text = text.removeprefix("\ufeff")
    if found := _UNREADABLE.search(text):
        lines = text[: found.start()].split("\n")
        what = f"the character U+{ord(found[0]):04X} is not allowed in YAML"
        raise failure(source, (len(lines), len(lines[-1]) + 1), what, "remove it")
    return text


def explained(error: yaml.YAMLError, text: str, source: str) -> InvalidConfig:
    """Return the parser's error with its place and, where we know one, the fix."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return failure(source, (1, 1), f"is not valid YAML: {' '.join(str(error).split())}")
    if isinstance(error, ComposerError):  # the one thing that only PyYAML's composer checks
        second = "a second document begins here"
        remedy = "one file holds one sweep: remove the `---`"
        return failure(source, place_of(error.problem_mark), second, remedy)
    mark = error.problem_mark or error.context_mark
    said = error.problem or error.context or "unreadable"
    words, fix = _known(said, _line(text, place_of(mark)), place_of(mark)[1])
    if error.context_mark and error.context_mark.line != (mark.line if mark else -1):
        words += f", in the part that begins in line {error.context_mark.line + 1}"
    return failure(source, place_of(mark), f"is not valid YAML: {words}", fix)


def _line(text: str, place: Place) -> str:
    lines = text.splitlines()
    return lines[place[0] - 1] if place[0] <= len(lines) else ""


def _known(said: str, line: str, column: int) -> tuple[str, str | None]:
    if "{{" in line or "{%" in line:
        return "this looks like a template that was never filled in", "write the value itself"
    if "\t" in line[: max(column, 1)]:
        return "there is a tab here", "indent with spaces"
    return next((words for part, words in _WORDS.items() if part in said), (said, None))
