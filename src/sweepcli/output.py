"""Copies what runs print to standard output, for as long as somebody reads it.

The runs write to files, so nothing here can hold one up, and a reader that is slow or gone
holds up nobody: what it cannot take yet waits in the files.
"""

from __future__ import annotations

import math
import os
import select
import sys
import time
from contextlib import suppress

from sweepcli import terminal

NOWHERE = -1
SOON_S = 0.1  # how late output is shown
BUDGET_S = 0.05  # how long one call may copy, before the agent must look at its runs again
CHUNK = 4096  # a pipe that is ready takes so many bytes without blocking (PIPE_BUF)
LONGEST_LINE = 65_536  # bytes that are waited for; a longer line is shown in parts


class Output:
    """The output of an agent's runs, written to a descriptor or NOWHERE.

    With `prefixed`, whole lines alone are written, each behind the id of its run, so that those
    of several runs can be told apart; else the bytes as they come, one run after another.
    """

    def __init__(self, fd: int, *, prefixed: bool) -> None:
        self._fd = fd
        self._prefixed = prefixed
        self._streams: list[Stream] = []
        self._pending = b""  # read, and not written yet
        self._is_behind = False

    @property
    def is_done(self) -> bool:
        """Whether all that ended runs have printed is written, or nobody reads it."""
        return not self._pending and not any(stream.has_ended for stream in self._streams)

    @property
    def patience_s(self) -> float:
        """How long new output may wait, apart from what waits for the reader."""
        if self._pending:
            return 0.0 if self._is_behind else math.inf
        return SOON_S if self._streams else math.inf

    @property
    def waits_for(self) -> list[int]:
        """The descriptor that must become writable before there is more to do, if any."""
        return [self._fd] if self._pending and not self._is_behind else []

    def follow(self, run_id: str, path: str) -> None:
        """Show what is written to a file from now on, until `end`."""
        if self._fd == NOWHERE:
            return
        with suppress(OSError):  # nothing to show is no reason to end a run
            prefix = f"[{run_id}] ".encode() if self._prefixed else b""
            self._streams.append(Stream(run_id, os.open(path, os.O_RDONLY), prefix))

    def end(self, run_id: str) -> None:
        """Show the rest of a run's output, and then no more of it."""
        for stream in self._streams:
            if stream.run_id == run_id:
                stream.has_ended = True

    def pump(self, budget_s: float = BUDGET_S) -> None:
        """Write what there is, as far as the reader takes it within the time."""
        until = time.monotonic() + budget_s
        self._is_behind = False
        while self._pending or self._read():
            if not self._is_ready():
                return
            if time.monotonic() >= until:
                self._is_behind = True
                return
            self._write()

    def _read(self) -> bool:
        """Read the next piece of the first stream that has one; return whether there is any."""
        for stream in list(self._streams):
            self._pending = stream.read()
            if self._pending:
                return True
            if stream.has_ended:
                stream.close()
                self._streams.remove(stream)
            elif not self._prefixed:
                return False
        return False

    def _is_ready(self) -> bool:
        return bool(select.select([], [self._fd], [], 0)[1])

    def _write(self) -> None:
        try:
            self._pending = self._pending[os.write(self._fd, self._pending[:CHUNK]) :]
        except BlockingIOError:  # someone made the pipe non-blocking
            select.select([], [self._fd], [], SOON_S)
        except OSError:  # the reader of a pipe is gone; the runs go on
            self._give_up()

    def _give_up(self) -> None:
        for stream in self._streams:
            stream.close()
        self._streams, self._pending, self._fd = [], b"", NOWHERE


def standard(*, shown: bool) -> int:
    """Return standard output if it is to be used, and was not closed at the start."""
    return sys.stdout.fileno() if shown and sys.stdout is not None else NOWHERE


class Stream:
    """The output of one run, and how much of it was read."""

    def __init__(self, run_id: str, fd: int, prefix: bytes) -> None:
        self.run_id = run_id
        self.has_ended = False
        self._fd = fd
        self._prefix = prefix
        self._offset = 0
        self._begun = b""  # a line without its end

    def read(self) -> bytes:
        """Return the next piece, as it is to be written; empty if there is none."""
        while piece := os.pread(self._fd, LONGEST_LINE, self._offset):
            self._offset += len(piece)
            if whole := self._whole_lines(piece) if self._prefix else piece:
                return whole
        rest, self._begun = (self._begun, b"") if self.has_ended else (b"", self._begun)
        return self._prefix + terminal.seen(rest) + b"\n" if rest else b""

    def _whole_lines(self, piece: bytes) -> bytes:
        *lines, self._begun = (self._begun + piece).split(b"\n")
        if len(self._begun) >= LONGEST_LINE:
            lines.append(self._begun)
            self._begun = b""
        return b"".join(self._prefix + terminal.seen(line) + b"\n" for line in lines)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._fd)
