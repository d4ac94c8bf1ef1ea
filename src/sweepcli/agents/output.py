"""Copies what runs print to standard output or a screen, for as long as somebody reads it.

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
from typing import TYPE_CHECKING, Protocol

from sweepcli import printed, regular_files

if TYPE_CHECKING:
    from collections.abc import Sequence

SOON_S = 0.1  # how late output is shown
BUDGET_S = 0.05  # how long one call may copy, before the agent must look at its runs again
CHUNK = 4096  # a pipe that is ready takes so many bytes without blocking (PIPE_BUF)
LONGEST_LINE = 65_536  # bytes that are waited for; a longer line is shown in parts


class Sink(Protocol):
    """Takes what runs print, as fast as it likes."""

    by_lines: bool  # takes whole lines alone

    @property
    def waits_for(self) -> Sequence[int]:
        """The descriptors that become writable when it is ready again."""

    def is_ready(self) -> bool:
        """Return whether it takes something now."""

    def write(self, piece: bytes) -> int:
        """Take the beginning of a piece and return its length; OSError if nobody reads it."""

    def unfinished(self, lines: Sequence[bytes]) -> None:
        """Get the lines that have no end yet."""


class Descriptor:
    """A file, pipe or terminal, which gets the bytes as they are."""

    by_lines = False

    def __init__(self, fd: int) -> None:
        self._fd = fd

    @property
    def waits_for(self) -> Sequence[int]:
        """The descriptor itself."""
        return [self._fd]

    def is_ready(self) -> bool:
        """Return whether a write would not block."""
        return bool(select.select([], [self._fd], [], 0)[1])

    def write(self, piece: bytes) -> int:
        """Write the beginning of a piece, and return its length."""
        try:
            return os.write(self._fd, piece[:CHUNK])
        except BlockingIOError:  # someone made the pipe non-blocking
            select.select([], [self._fd], [], SOON_S)
            return 0

    def unfinished(self, lines: Sequence[bytes]) -> None:
        """Do nothing: they are written when they are whole."""


class Output:
    """The output of an agent's runs, written to a sink, or nowhere without one.

    With `prefixed`, whole lines alone are written, each behind the id of its run, so that those
    of several runs can be told apart; else one run after another is written.
    """

    def __init__(self, sink: Sink | None, *, prefixed: bool) -> None:
        self._sink = sink
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
    def waits_for(self) -> Sequence[int]:
        """The descriptor that must become writable before there is more to do, if any."""
        is_stuck = self._sink is not None and self._pending and not self._is_behind
        return self._sink.waits_for if self._sink is not None and is_stuck else []

    def follow(self, run_id: str, path: str) -> None:
        """Show what is written to a file from now on, until `end`."""
        if self._sink is None:
            return
        with suppress(OSError):  # nothing to show is no reason to end a run
            prefix = f"[{run_id}] ".encode() if self._prefixed else b""
            by_lines = self._prefixed or self._sink.by_lines
            fd = regular_files.descriptor(path)
            self._streams.append(Stream(run_id, fd, prefix, by_lines=by_lines))

    def end(self, run_id: str) -> None:
        """Show the rest of a run's output, and then no more of it."""
        for stream in self._streams:
            if stream.run_id == run_id:
                stream.end()

    def pump(self, budget_s: float = BUDGET_S) -> None:
        """Write what there is, as far as the reader takes it within the time."""
        if (sink := self._sink) is not None:
            self._is_behind = False
            self._copy(sink, time.monotonic() + budget_s)
            sink.unfinished([stream.begun for stream in self._streams if stream.begun])

    def _copy(self, sink: Sink, until: float) -> None:
        while self._pending or self._read():
            if not sink.is_ready():
                return
            if time.monotonic() >= until:
                self._is_behind = True
                return
            try:
                self._pending = self._pending[sink.write(self._pending) :]
            except OSError:  # the reader of a pipe is gone; the runs go on
                self._give_up()

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

    def _give_up(self) -> None:
        for stream in self._streams:
            stream.close()
        self._streams, self._pending, self._sink = [], b"", None


def standard(*, shown: bool) -> Sink | None:
    """Return standard output if it is to be used, and was not closed at the start."""
    return Descriptor(sys.stdout.fileno()) if shown and sys.stdout is not None else None


class Stream:
    """The output of one run, and how much of it was read."""

    def __init__(self, run_id: str, fd: int, prefix: bytes, *, by_lines: bool) -> None:
        self.run_id = run_id
        self.has_ended = False
        self._fd = fd
        self._prefix = prefix
        self._by_lines = by_lines
        self._offset = 0
        self._limit: int | None = None  # the size when the run had ended
        self._rest = b""  # a line without its end

    @property
    def begun(self) -> bytes:
        """What is seen of a line that has no end yet."""
        return self._prefix + printed.seen(self._rest) if self._rest else b""

    def end(self) -> None:
        """Read no further than to what is there now: a process may be left that goes on."""
        self.has_ended = True
        self._limit = os.fstat(self._fd).st_size

    def read(self) -> bytes:
        """Return the next piece, as it is to be written; empty if there is none."""
        while piece := self._next_piece():
            if whole := self._whole_lines(piece) if self._by_lines else piece:
                return whole
        rest, self._rest = (self._rest, b"") if self.has_ended else (b"", self._rest)
        return self._prefix + printed.seen(rest) + b"\n" if rest else b""

    def _next_piece(self) -> bytes:
        begin, piece = regular_files.next_piece(self._fd, self._offset, LONGEST_LINE)
        if self._limit is not None:
            piece = piece[: max(0, self._limit - begin)]
        self._offset = begin + len(piece)
        return piece

    def _whole_lines(self, piece: bytes) -> bytes:
        *lines, self._rest = (self._rest + piece).split(b"\n")
        if len(self._rest) >= LONGEST_LINE:
            lines.append(self._rest)
            self._rest = b""
        return b"".join(self._prefix + printed.seen(line) + b"\n" for line in lines)

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)
