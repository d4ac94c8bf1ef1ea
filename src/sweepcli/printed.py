"""What a terminal shows of a program's output. Leaf module: imports nothing of ours."""

from __future__ import annotations

import re

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def seen(line: bytes) -> bytes:
    """Return the visible part of a line: a progress bar returns to its start and overwrites it."""
    return line.rstrip(b"\r").rpartition(b"\r")[2]


def without_colours(text: str) -> str:
    """Return text without the sequences that colour it."""
    return _COLOUR.sub("", text)


def harmless(line: str) -> str:
    """Return a line without colours and control characters, which would move the cursor."""
    return "".join(each for each in without_colours(line) if each.isprintable() or each == "\t")


def escaped(text: str) -> str:
    """Return a text with its invisible characters escaped: a script's names may have any."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
