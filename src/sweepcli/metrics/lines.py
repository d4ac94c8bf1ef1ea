"""The lines that a program prints or writes, read as they come."""

from __future__ import annotations

import os
import re

PIECE = 1 << 20  # bytes read at once
LONGEST = 65_536  # bytes of a line; the rest of a longer one is left out
COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Lines:
    """Reads each line of a growing file once, as a terminal would show it.

    With `holding`, those lines alone that hold these bytes: the rest costs next to nothing.
    """

    def __init__(self, path: str, *, holding: bytes = b"") -> None:
        self.path = path
        self._holding = holding
        self.has_more = False
        self._offset = 0
        self._begun = b""

    def drain(self, *, ended: bool = False) -> list[str]:
        """Return the lines completed since the last call; the last one too, once `ended`.

        One call reads one piece of the file: as long as it leaves `has_more` set, call again
        for the rest.
        """
        try:
            with open(self.path, "rb", buffering=0) as file:
                piece = os.pread(file.fileno(), PIECE, self._offset)
        except OSError:
            return []
        self._offset += len(piece)
        self.has_more = len(piece) == PIECE
        *lines, rest = (self._begun + piece).split(b"\n")
        self._begun = rest[:LONGEST]
        if ended and rest and not self.has_more:
            lines.append(rest)
            self._begun = b""
        return [
            shown(line[:LONGEST].decode("utf-8", "replace"))
            for line in lines
            if self._holding in line
        ]


def shown(line: str) -> str:
    """Return what is seen of a line: a progress bar returns to its start, and colours are none."""
    return COLOUR.sub("", line.rstrip("\r").rpartition("\r")[2])
