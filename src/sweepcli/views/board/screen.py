"""The terminal of a board: a region that is painted over, its colours, and Ctrl-Z.

The region is at the end of the terminal's lines; those above it stay. No alternate screen, no
hidden cursor and no mode that outlives a write: whatever ends this process, the terminal is as it
was. The cursor waits on the line below the region.
"""

from __future__ import annotations

import os
import select
import signal
import time
from typing import TYPE_CHECKING, NamedTuple

from rich.console import COLOR_SYSTEMS, Console

from sweepcli.printed import harmless
from sweepcli.views import terminal
from sweepcli.views.board import log

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType
    from typing import TextIO

    from sweepcli.views.board.observed import Line

ERASE = "\x1b[K"  # the rest of a line
RECENT_S = 0.5  # a terminal may take so long to show what is written
CHUNK = 4096  # bytes of a write, between two looks at whether it would block
# Whatever the terminal takes for wide, a line of the region is one line.
WRAP_OFF, WRAP_ON = "\x1b[?7l", "\x1b[?7h"
TOOL = "sweepcli:"
LEVELS = {"WARNING": "yellow", "ERROR": "bold yellow"}
SIGNALS = (signal.SIGTSTP, signal.SIGCONT, signal.SIGWINCH)


class Size(NamedTuple):
    """How many characters a terminal has room for."""

    columns: int
    rows: int


class Screen:
    """The region, and what of it is on the terminal already."""

    def __init__(self, fd: int, encoding: str, *, rewraps: bool) -> None:
        self.fd = fd
        self._encoding = encoding
        self._rewraps = rewraps  # when it is made narrower, or else it cuts lines
        self._painted: list[str] = []
        self._recent: list[tuple[float, str]] = []  # lines that stay, and when they were written
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
    def is_in_front(self) -> bool:
        """Whether this process is in the foreground of the terminal."""
        try:
            return os.tcgetpgrp(self.fd) == os.getpgrp()
        except OSError:  # as after `setsid`
            return False

    def is_ready(self) -> bool:
        """Return whether the terminal takes more: not after Ctrl-S."""
        while self._unwritten and self._takes_more():
            self._write(self._unwritten[:CHUNK])
        return self._is_gone or (not self._unwritten and self._takes_more())

    def paint(self, lines: Sequence[str], region: Sequence[str]) -> None:
        """Write lines that stay, and below them the region, in place of the one before."""
        columns, height = self.size
        if not lines and columns == self._columns and list(region) == self._painted:
            return
        now = time.monotonic()
        rows = self._rows(self._painted, columns)
        again = self._on_their_way(columns, height - 1 - rows)
        recent = [each for each in self._recent if each[0] > now - RECENT_S]
        self._recent = [*recent, *((now, line) for line in lines)][-height:]
        rows += self._rows(again, columns)
        lines = [*again, *lines]
        is_same_shape = columns == self._columns and len(region) == len(self._painted)
        is_long = any(log.width_of(line) > columns for line in lines)
        text = f"\r\x1b[{rows}A" if rows else "\r"
        if columns != self._columns or is_long or len(lines) + len(region) < rows:
            text += _cleared(rows)
        text += "".join(f"{ERASE}{line}\r\n" for line in lines)
        before = self._painted if is_same_shape and not lines else [None] * len(region)
        parts = [
            "\r\n" if old == line else f"{ERASE}{line}\r\n"
            for old, line in zip(before, region, strict=True)
        ]
        self._painted, self._columns = list(region), columns
        self._send(f"{text}{WRAP_OFF}{''.join(parts)}{ERASE}{WRAP_ON}")

    def forget(self) -> None:
        """Leave the region where it is, as others have written below it."""
        self._painted, self._recent = [], []

    def close(self, lines: Sequence[str]) -> None:
        """Remove the region, and write lines in its place; waits for the terminal."""
        self.paint(lines, [])
        while self._unwritten:
            self._write(self._unwritten)

    def _rows(self, lines: Sequence[str], columns: int) -> int:
        """Return how many rows lines of the region take in a terminal that is now so wide."""
        return sum(log.rows_of(line, columns) if self._rewraps else 1 for line in lines)

    def _on_their_way(self, columns: int, room: int) -> list[str]:
        """Return lines that a terminal may have got only after it was made narrower.

        They are then among rows of the region before. Wherever they are, they are in as many rows
        as they and the region take, and can be written there once more.
        """
        found: list[str] = []
        if columns >= self._columns or not self._rewraps:
            return found
        for _, line in reversed(self._recent):
            room -= log.rows_of(line, columns)
            if room < 0:
                break
            found.insert(0, line)
        return found

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
        except OSError:  # the terminal is gone; the agent gets a signal
            self._is_gone, written = True, len(data)
        self._unwritten = self._unwritten[written:]


def _cleared(rows: int) -> str:
    """Return what clears the next rows, and the one behind them, and leaves the cursor before them.

    Not by erasing all of the screen at once: terminals keep a copy of what that erases.
    """
    return f"{ERASE}" + f"\x1b[B{ERASE}" * rows + (f"\x1b[{rows}A" if rows else "")


class Paint:
    """The colours that a terminal has, by its environment and NO_COLOR."""

    def __init__(self, stream: TextIO) -> None:
        self._console = Console(file=stream, force_terminal=True)
        name = self._console.color_system
        self._colours = COLOR_SYSTEMS[name] if name else None
        self.is_plain = terminal.is_plain(stream)

    def line(self, line: Line) -> str:
        """Return a line of a board, ready for the terminal."""
        return "".join(self._painted(harmless(text), style) for text, style in line)

    def message(self, text: str) -> str:
        """Return one of the agent's own messages, coloured unlike what runs print."""
        clean = log.cleaned(text.encode("utf-8", "replace"))
        if not clean.startswith(f"{TOOL} "):
            return clean
        rest = clean.removeprefix(f"{TOOL} ")
        level = rest.partition(" ")[0]
        if level in LEVELS:
            rest = self._painted(level, LEVELS[level]) + rest.removeprefix(level)
        return f"{self._painted(TOOL, 'cyan')} {rest}"

    def _painted(self, text: str, style: str) -> str:
        if not style or not text.strip():
            return text
        found = self._console.get_style(style)
        chosen = found.without_color if self._console.no_color else found
        return chosen.render(text, color_system=self._colours)


class JobControl:
    """Records a terminal's signals from `begin` to `end`; main thread only.

    Whatever sleeps until a signal comes is woken up by these, too.
    """

    def __init__(self) -> None:
        self.is_asked_to_stop = False
        self.has_gone_on = False  # after a stop that was not ours
        self.is_resized = False  # even if the size is what it was
        self._before: dict[int, signal._HANDLER] = {}

    def begin(self) -> None:
        """Record the signals that nobody else handles."""
        for number in SIGNALS:
            if signal.getsignal(number) is signal.SIG_DFL:
                self._before[number] = signal.signal(number, self._record)

    def end(self) -> None:
        """Leave the signals as they were."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def stop(self) -> None:
        """Stop as Ctrl-Z asked for; return when the process continues."""
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._record)
        self.is_asked_to_stop = self.has_gone_on = False

    def _record(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGTSTP:
            self.is_asked_to_stop = True
        elif number == signal.SIGCONT:
            self.has_gone_on = True
        else:
            self.is_resized = True
