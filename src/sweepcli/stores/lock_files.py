"""The files beside SQLite's database at which processes queue: to write, or for a turn."""

from __future__ import annotations

import fcntl
import os
import signal
import time
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sweepcli.errors import StoreUnavailable
from sweepcli.stores import stamps

if TYPE_CHECKING:
    from collections.abc import Iterator

# After so many writes a process lets others run: it would otherwise take the lock again before
# a process that waits for it has woken. More often costs more than the fairness is worth.
TURNS = 16
SUSPENDING = (signal.SIGTSTP,)  # by the terminal; SIGSTOP cannot be blocked
PAUSE_S = 0.01  # between tries for a turn


class WriteLock:
    """The lock that writers of a database take; waiting is far fairer here than in SQLite."""

    def __init__(self, path: str) -> None:
        """Open the lock's file, which is made where needed."""
        self.path = path
        self.first_fd = self._fd = _opened(path)  # the first one knows if its folder is moved
        self.first = self._file = stamps.file_of(self._fd)
        self._count = 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep all other writers out.

        Ctrl-Z has to wait: a process that is suspended while it has the lock stops all others.
        """
        before = signal.pthread_sigmask(signal.SIG_BLOCK, SUSPENDING)
        try:
            self._take()
            yield
        finally:
            fcntl.flock(self._fd, fcntl.LOCK_UN)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            self._count += 1
            if self._count % TURNS == 0 and hasattr(os, "sched_yield"):
                os.sched_yield()

    def _take(self) -> None:
        """Lock the file that others lock: another one, if somebody removed or replaced ours."""
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        while not stamps.is_same(self.path, self._file) and self._is_lost():
            try:
                anew = _opened(self.path)
            except OSError as error:
                raise StoreUnavailable(f"{self.path}: {error.strerror}") from error
            self._close_another()
            self._fd, self._file = anew, stamps.file_of(anew)
            fcntl.flock(self._fd, fcntl.LOCK_EX)

    def _is_lost(self) -> bool:
        lost = stamps.lost({self.path: self._file})
        return lost is not None and os.path.isdir(os.path.dirname(self.path))

    def _close_another(self) -> None:
        if self._fd != self.first_fd:
            os.close(self._fd)

    def close(self) -> None:
        """Close the files."""
        self._close_another()
        os.close(self.first_fd)


class Turns:
    """A file of which each byte is the turn at something."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._fd: int | None = None

    @contextmanager
    def turn(self, name: str, wait_s: float) -> Iterator[None]:
        """Let one process at a time do what all would do alike; go on without after `wait_s`."""
        place = zlib.crc32(name.encode())  # the byte that is locked for the name
        until = time.monotonic() + wait_s
        while not self._lock(place) and time.monotonic() < until:
            time.sleep(PAUSE_S)
        try:
            yield
        finally:
            if self._fd is not None:
                fcntl.lockf(self._fd, fcntl.LOCK_UN, 1, place)

    def _lock(self, place: int) -> bool:
        """Return whether the byte could be locked, or never can."""
        if self._fd is None:
            try:
                self._fd = _opened(self._path)
            except OSError:
                return True
        try:
            fcntl.lockf(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except (BlockingIOError, PermissionError):  # another process has it; which, is the system's
            return False
        return True

    def close(self) -> None:
        """Close the file."""
        if self._fd is not None:
            os.close(self._fd)


def _opened(path: str) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
