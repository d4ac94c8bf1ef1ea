"""Runs of a Python function, in this process or in forks of it.

In this process the function runs in the user's own thread, and the agent in another one; a
Handover passes runs from the second to the first.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING

from sweepcli.runs import processes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TextIO


# Signals, besides SIGINT, that the agent's loop handles and its forks must not.
AGENTS_SIGNALS = (
    *(signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT),
    *(signal.SIGUSR1, signal.SIGUSR2),
)


class Call:
    """One call of the function, which an agent treats like a process."""

    def __init__(
        self, environ: Mapping[str, str], output_fd: int, stop: Callable[[], None]
    ) -> None:
        self.environ = dict(environ)
        self.output_fd = os.dup(output_fd)
        self._stop = stop
        self._exit_code: int | None = None

    def poll(self) -> int | None:
        """Return the exit code once the call has ended."""
        return self._exit_code

    def send(self, number: int) -> None:
        """Ask the function to end, whatever the signal: a thread cannot be killed."""
        del number
        if self._exit_code is None:
            self._stop()

    def open_files(self) -> list[str]:
        """Return nothing: this process has other files open too."""
        return []

    def end(self, exit_code: int) -> None:
        """Report to the agent how the call has ended."""
        os.close(self.output_fd)
        self._exit_code = exit_code


class Handover:
    """Passes runs from the agent's thread to the function's."""

    def __init__(self, stop: Callable[[], None]) -> None:
        """Begin; `stop` asks a running function to end as soon as it can."""
        self._stop = stop
        self._calls: SimpleQueue[Call | None] = SimpleQueue()
        self._last: Call | None = None

    def start(self, argv: Sequence[str], environ: Mapping[str, str], output_fd: int) -> Call:
        """Have the function called for a run; in the agent's thread."""
        del argv  # a function has none
        self._last = call = Call(environ, output_fd, self._stop)
        self._calls.put(call)
        return call

    def give_up(self, exit_code: int) -> None:
        """End the last run if its function was never called; in either thread."""
        if self._last is not None and self._last.poll() is None:
            self._last.end(exit_code)

    def close(self) -> None:
        """Announce that there are no more runs; in the agent's thread."""
        self._calls.put(None)

    def next(self) -> Call | None:
        """Wait for the next run; None if there are no more; in the function's thread."""
        return self._calls.get()


def forked(function: Callable[[], int]) -> Callable[..., processes.Process]:
    """Return a launcher that calls `function` in a fork, and exits with what it returns."""

    def start(argv: Sequence[str], environ: Mapping[str, str], output_fd: int) -> processes.Process:
        del argv  # a function has none
        _flush()
        alive_fd, parent_fd = os.pipe()  # the second is closed when this process ends
        pid = os.fork()
        if pid:
            os.close(alive_fd)
            return _Fork(pid, parent_fd)
        os.close(parent_fd)
        _become(environ, output_fd, alive_fd)
        code = 1
        try:
            code = function()
        finally:
            _flush()
            os._exit(code)

    return start


class _Fork(processes.Process):
    """A fork of this process, which ends with it."""

    def __init__(self, pid: int, parent_fd: int) -> None:
        super().__init__(pid)
        self._parent_fd = parent_fd

    def poll(self) -> int | None:
        exit_code = super().poll()
        if exit_code is not None:
            os.close(self._parent_fd)
        return exit_code


def _become(environ: Mapping[str, str], output_fd: int, alive_fd: int) -> None:
    """Make a new fork like a program that was just started."""
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    for number in AGENTS_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    null_fd = os.open(os.devnull, os.O_RDONLY)
    for fd, target in ((null_fd, 0), (output_fd, 1), (output_fd, 2)):
        os.dup2(fd, target)
    # A notebook's own streams do not work in a fork.
    sys.stdout, sys.stderr = _stream(1), _stream(2)
    os.environ.clear()
    os.environ.update(environ)
    threading.Thread(target=_end_with_parent, args=(alive_fd,), daemon=True).start()


def _stream(fd: int) -> TextIO:
    return open(fd, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)


def _end_with_parent(alive_fd: int) -> None:
    os.read(alive_fd, 1)
    os.killpg(0, signal.SIGKILL)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.flush()
