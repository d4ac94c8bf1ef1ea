"""What a terminal shows of what a program has printed. Leaf module: imports nothing of ours."""

from __future__ import annotations

import re

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def seen(line: bytes) -> bytes:
    """Return what is seen of a line: a progress bar returns to its start and writes over itself."""
    return line.rstrip(b"\r").rpartition(b"\r")[2]


def without_colours(text: str) -> str:
    """Return text without the sequences that colour it."""
    return _COLOUR.sub("", text)


def harmless(line: str) -> str:
    """Return a line without colours, and without signs that would move the cursor."""
    return "".join(sign for sign in without_colours(line) if sign.isprintable() or sign == "\t")


def escaped(text: str) -> str:
    """Return a text whose every sign is seen: a name that a script made up may hold any."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)
