"""A region at the end of a terminal's lines that is painted over, and lines that stay above it.

No alternate screen, no hidden cursor and no mode that outlives a write: whatever ends this
process, the terminal is as it was. The cursor waits on the line below the region.
"""

from __future__ import annotations

import os
import select
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.views.board import log_text

if TYPE_CHECKING:
    from collections.abc import Sequence

ERASE = "\x1b[K"  # the rest of a line
CHUNK = 4096  # bytes of a write, between two looks at whether it would block
# Whatever the terminal takes for wide, a line of the region is one line.
WRAP_OFF, WRAP_ON = "\x1b[?7l", "\x1b[?7h"


class Size(NamedTuple):
    """How many characters a terminal has room for."""

    columns: int
    rows: int


class Screen:
    """The region, and what of it is on the terminal already."""

    def __init__(self, fd: int, encoding: str) -> None:
        self.fd = fd
        self._encoding = encoding
        self._painted: list[str] = []
        self._columns = 0  # when it was painted
        self._unwritten = b""
        self._is_gone = False

    @property
    def size(self) -> Size:
        """The size of the terminal; nothing where it cannot be known."""
        try:
            return Size(*os.get_terminal_size(self.fd))
        except OSError:
            return Size(0, 0)

    @property
    def height(self) -> int:
        """How many lines the region has."""
        return len(self._painted)

    @property
    def is_in_front(self) -> bool:
        """Whether the terminal is ours, and not that of others while we are in the background."""
        try:
            return os.tcgetpgrp(self.fd) == os.getpgrp()
        except OSError:  # as after `setsid`
            return False

    def is_ready(self) -> bool:
        """Return whether the terminal takes more: not after Ctrl-S."""
        while self._unwritten and self._takes_more():
            self._write(self._unwritten[:CHUNK])
        return self._is_gone or (not self._unwritten and self._takes_more())

    def paint(self, kept: Sequence[str], region: Sequence[str]) -> None:
        """Write lines that stay, and below them the region instead of the one before."""
        columns = self.size.columns
        is_same_shape = columns == self._columns and len(region) == len(self._painted)
        if not kept and is_same_shape and list(region) == self._painted:
            return
        rows = self._rows(columns)
        is_long = any(log_text.width_of(line) > columns for line in kept)
        text = f"\r\x1b[{rows}A" if rows else "\r"
        if columns != self._columns or is_long or len(kept) + len(region) < rows:
            text += _cleared(rows)
        text += "".join(f"{ERASE}{line}\r\n" for line in kept)
        before = self._painted if is_same_shape and not kept else [None] * len(region)
        parts = [
            "\r\n" if old == line else f"{ERASE}{line}\r\n"
            for old, line in zip(before, region, strict=True)
        ]
        self._painted, self._columns = list(region), columns
        self._send(f"{text}{WRAP_OFF}{''.join(parts)}{ERASE}{WRAP_ON}")

    def forget(self) -> None:
        """Leave the region where it is, as others have written below it."""
        self._painted = []

    def close(self, kept: Sequence[str]) -> None:
        """Remove the region, and write lines in its place; waits for the terminal."""
        self.paint(kept, [])
        while self._unwritten:
            self._write(self._unwritten)

    def _rows(self, columns: int) -> int:
        """Return how many rows the region takes; a terminal that was made narrower breaks lines."""
        widths = map(log_text.width_of, self._painted)
        return sum(max(1, -(-width // max(1, columns))) for width in widths)

    def _send(self, text: str) -> None:
        self._unwritten += text.encode(self._encoding, "replace")
        self.is_ready()

    def _takes_more(self) -> bool:
        return self._is_gone or bool(select.select([], [self.fd], [], 0)[1])

    def _write(self, data: bytes) -> None:
        try:
            written = len(data) if self._is_gone else os.write(self.fd, data)
        except BlockingIOError:
            written = 0
        except OSError:  # the terminal is gone; the agent is told by a signal
            self._is_gone, written = True, len(data)
        self._unwritten = self._unwritten[written:]


def _cleared(rows: int) -> str:
    """Return what clears the next rows, and the one behind them, and leaves the cursor before them.

    Terminals that are told to erase all down from their first row keep a copy of it all.
    """
    return f"{ERASE}" + f"\x1b[B{ERASE}" * rows + (f"\x1b[{rows}A" if rows else "")
