"""A terminal in memory, with what has scrolled out of sight, and programs that run on it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import pyte

from support import PATIENCE_S

UPWARDS = re.compile(rb"\x1b\[\d*A")


class Terminal:
    """A pseudo-terminal whose other end emulates what a person sees."""

    def __init__(self, columns: int, rows: int) -> None:
        self.fd, self.program_fd = pty.openpty()
        self._screen = pyte.HistoryScreen(columns, rows, history=10_000, ratio=0.5)
        self._stream = pyte.ByteStream(self._screen)
        self._is_open = True
        self.written = b""
        self.resize(columns, rows)

    def resize(self, columns: int, rows: int) -> None:
        """Tell programs of another size, and take it."""
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, size)
        self._screen.resize(rows, columns)

    @property
    def shown(self) -> list[str]:
        """The lines that are in sight."""
        self.read()
        return [line.rstrip() for line in self._screen.display]

    @property
    def lines(self) -> list[str]:
        """All lines, those that have scrolled out of sight first; no empty ones at the end."""
        self.read()
        columns = range(self._screen.columns)
        above = [
            "".join(line[column].data for column in columns).rstrip()
            for line in self._screen.history.top
        ]
        return "\n".join([*above, *self.shown]).rstrip("\n").split("\n")

    @property
    def is_as_it_was(self) -> bool:
        """Whether the cursor is visible and long lines are broken."""
        return not self._screen.cursor.hidden and pyte.modes.DECAWM in self._screen.mode

    @property
    def was_painted(self) -> bool:
        """Whether anything was ever written anywhere but in the next line."""
        self.read()
        return UPWARDS.search(self.written) is not None

    def read(self) -> None:
        """Take what was written up to now."""
        while self._is_open and select.select([self.fd], [], [], 0)[0]:
            piece = os.read(self.fd, 65_536)
            self.written += piece
            self._stream.feed(piece)

    def until(self, condition: Callable[[], object]) -> None:
        """Read on until the condition holds."""
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, "\n".join(self.lines)
            select.select([self.fd], [], [], 0.02)
            self.read()

    def until_shown(self, *texts: str) -> None:
        """Read on until all of some texts are in sight."""
        self.until(lambda: all(text in "\n".join(self.shown) for text in texts))

    def press(self, key: str) -> None:
        """Press a key."""
        os.write(self.fd, key.encode())

    def feed(self, data: bytes) -> None:
        """Take what no program has written."""
        self._stream.feed(data)

    def hang_up(self) -> None:
        """Go away under the programs; what was written can still be seen."""
        if self._is_open:
            self.read()
            self._is_open = False
            os.close(self.fd)

    def close(self) -> None:
        """Hang up, with nobody left."""
        self.hang_up()
        os.close(self.program_fd)


CTRL_C, CTRL_Z = "\x03", "\x1a"


@contextmanager
def on_terminal(
    argv: Sequence[str], environ: Mapping[str, str], *, columns: int = 80, rows: int = 24
) -> Iterator[tuple[Terminal, subprocess.Popen[bytes]]]:
    """Run a program whose terminal this is."""
    terminal = Terminal(columns, rows)
    program = subprocess.Popen(
        argv,
        stdin=terminal.program_fd,
        stdout=terminal.program_fd,
        stderr=terminal.program_fd,
        env=environ,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 -- no threads here
    )
    try:
        yield terminal, program
    finally:
        if program.poll() is None:
            os.killpg(program.pid, signal.SIGKILL)
            program.wait()
        terminal.close()
