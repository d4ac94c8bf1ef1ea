"""A terminal in memory, with what has scrolled out of sight, and programs that run on it."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import pty
import re
import select
import shlex
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pyte

from needed import lacking
from support import PATIENCE_S

ROOT = Path(__file__).parents[1]
UPWARDS = re.compile(rb"\x1b\[\d*A")


class Emulation(Protocol):
    """What a person sees of what programs write."""

    def feed(self, data: bytes) -> None:
        """Show what was written."""

    def resize(self, columns: int, rows: int) -> None:
        """Take another size."""

    def lines(self) -> tuple[list[str], list[str]]:
        """Return the lines that have scrolled out of sight, and those in sight."""


class Cutting:
    """A terminal that cuts its lines when it is made narrower, as xterm does: pyte's."""

    def __init__(self, columns: int, rows: int) -> None:
        self.screen = pyte.HistoryScreen(columns, rows, history=10_000, ratio=0.5)
        self._stream = pyte.ByteStream(self.screen)

    def feed(self, data: bytes) -> None:
        self._stream.feed(data)

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)

    def lines(self) -> tuple[list[str], list[str]]:
        columns = range(self.screen.columns)
        above = ["".join(line[at].data for at in columns) for line in self.screen.history.top]
        return above, list(self.screen.display)


class Rewrapping:
    """A terminal that breaks its lines anew, as most do: that of VS Code, in node."""

    def __init__(self, columns: int, rows: int) -> None:
        node = shutil.which("node")
        if node is None or not (ROOT / "node_modules/@xterm/headless").exists():
            lacking("no emulation of a terminal that breaks its lines anew: `npm ci` installs it")
        program = [node, "tests/xterm_js.js", str(columns), str(rows)]
        pipe = subprocess.PIPE
        self._node = subprocess.Popen(program, stdin=pipe, stdout=pipe, text=True, cwd=ROOT)
        self._lines: list[str] = []
        self._above = 0
        self._ask(b"")

    def feed(self, data: bytes) -> None:
        self._ask(data)

    def resize(self, columns: int, rows: int) -> None:
        self._ask(b"", size=[columns, rows])

    def lines(self) -> tuple[list[str], list[str]]:
        return self._lines[: self._above], self._lines[self._above :]

    def close(self) -> None:
        with self._node:
            self._node.terminate()

    def _ask(self, data: bytes, **more: object) -> None:
        asked = {"written": base64.b64encode(data).decode(), **more}
        assert self._node.stdin
        assert self._node.stdout
        self._node.stdin.write(json.dumps(asked) + "\n")
        self._node.stdin.flush()
        answer = json.loads(self._node.stdout.readline())
        self._lines, self._above = answer["lines"], answer["above"]


class Terminal:
    """A pseudo-terminal whose other end emulates what a person sees."""

    def __init__(
        self, columns: int, rows: int, emulation: Callable[[int, int], Emulation] = Cutting
    ) -> None:
        self.fd, self.program_fd = pty.openpty()
        self._emulation = emulation(columns, rows)
        self._is_open = True
        self.written = b""
        self._tell(columns, rows)

    def resize(self, columns: int, rows: int) -> None:
        """Take another size after all that was written, and tell programs of it."""
        self.read()
        self._emulation.resize(columns, rows)
        self._tell(columns, rows)

    def resize_unread(self, columns: int, rows: int) -> None:
        """Take another size before what was written last is shown."""
        self._emulation.resize(columns, rows)
        self._tell(columns, rows)

    def _tell(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    @property
    def shown(self) -> list[str]:
        """The lines that are in sight."""
        self.read()
        return [line.rstrip() for line in self._emulation.lines()[1]]

    @property
    def lines(self) -> list[str]:
        """All lines, those that have scrolled out of sight first; no empty ones at the end."""
        self.read()
        above, shown = self._emulation.lines()
        return "\n".join(line.rstrip() for line in (*above, *shown)).rstrip("\n").split("\n")

    @property
    def cells(self) -> list[list[pyte.screens.Char]]:
        """The characters that are in sight, with their colours."""
        assert isinstance(self._emulation, Cutting)
        self.read()
        screen = self._emulation.screen
        columns = range(screen.columns)
        return [[screen.buffer[row][column] for column in columns] for row in range(screen.lines)]

    @property
    def is_as_it_was(self) -> bool:
        """Whether the cursor is visible and long lines are broken."""
        assert isinstance(self._emulation, Cutting)
        screen = self._emulation.screen
        return not screen.cursor.hidden and pyte.modes.DECAWM in screen.mode

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
            self._emulation.feed(piece)

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
        if isinstance(self._emulation, Rewrapping):
            self._emulation.close()


class Tmux:
    """A session of tmux, on a server of its own, in which a program runs."""

    def __init__(self, line: str, environ: Mapping[str, str], columns: int, rows: int) -> None:
        if shutil.which("tmux") is None:
            lacking("tmux is not installed")
        self._folder = tempfile.mkdtemp()  # where its socket is: a short path
        self._environ = {name: each for name, each in environ.items() if name != "TMUX"}
        size = ("-x", str(columns), "-y", str(rows))
        options = "set -g history-limit 10000; set -g remain-on-exit on; set -g status off"
        try:
            self._tell("-f/dev/null", "new-session", "-d", *size, "cat")
            for option in options.split("; "):
                self._tell(*option.split())
            self._tell("new-window", f"cd {shlex.quote(os.getcwd())}; {line}")
            self.resize(columns, rows)
        except BaseException:
            self.close()
            raise

    def resize(self, columns: int, rows: int) -> None:
        """Take another size."""
        self._tell("resize-window", "-x", str(columns), "-y", str(rows))

    @property
    def lines(self) -> list[str]:
        """All lines, those that have scrolled out of sight first; no empty ones at the end."""
        return self._tell("capture-pane", "-p", "-S", "-").rstrip("\n").split("\n")

    def until(self, condition: Callable[[], object]) -> None:
        """Wait for a condition."""
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, "\n".join(self.lines)
            time.sleep(0.02)

    def close(self) -> None:
        """End the session, and all that runs in it."""
        self._tell("kill-server")
        shutil.rmtree(self._folder)

    def _tell(self, *words: str) -> str:
        line = ["tmux", "-S", os.path.join(self._folder, "socket"), *words]
        return subprocess.run(
            line, env=self._environ, stdout=subprocess.PIPE, text=True, check=True
        ).stdout


CTRL_C, CTRL_Z = "\x03", "\x1a"


@contextmanager
def on_terminal(
    argv: Sequence[str],
    environ: Mapping[str, str],
    *,
    columns: int = 80,
    rows: int = 24,
    emulation: Callable[[int, int], Emulation] = Cutting,
) -> Iterator[tuple[Terminal, subprocess.Popen[bytes]]]:
    """Run a program whose terminal this is."""
    terminal = Terminal(columns, rows, emulation)
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
