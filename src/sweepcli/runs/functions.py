"""Runs of a Python function, in this process or in forks of it.

In this process the function runs in the thread that its user has called us from, as any
function does, and the agent in another one: the two hand runs over to each other here.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING

from sweepcli.runs import processes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TextIO


# What the agent's loop handles, Ctrl-C apart, and a fork of it is not to.
AGENTS_SIGNALS = (
    *(signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT),
    *(signal.SIGUSR1, signal.SIGUSR2),
)


class Call:
    """One call of the function, as the agent sees it: a process in all but name."""

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
        """Return nothing: what this process has open is not the run's alone."""
        return []

    def end(self, exit_code: int) -> None:
        """Tell the agent how the call has ended."""
        os.close(self.output_fd)
        self._exit_code = exit_code


class Handover:
    """Hands runs from the agent's thread to that of the function."""

    def __init__(self, stop: Callable[[], None]) -> None:
        """Begin; `stop` makes a function that is at work end as soon as it can."""
        self._stop = stop
        self._calls: SimpleQueue[Call | None] = SimpleQueue()
        self._last: Call | None = None

    def start(self, argv: Sequence[str], environ: Mapping[str, str], output_fd: int) -> Call:
        """Let the function be called for a run; in the agent's thread."""
        del argv  # a function has none
        self._last = call = Call(environ, output_fd, self._stop)
        self._calls.put(call)
        return call

    def give_up(self, exit_code: int) -> None:
        """End what was handed over last, if its function was never called; in either thread."""
        if self._last is not None and self._last.poll() is None:
            self._last.end(exit_code)

    def close(self) -> None:
        """Say that no more runs come; in the agent's thread."""
        self._calls.put(None)

    def next(self) -> Call | None:
        """Wait for the next run, None if no more come; in the function's thread."""
        return self._calls.get()


def forked(function: Callable[[], int]) -> Callable[..., processes.Process]:
    """Return a launcher that calls `function` in a fork, whose exit code is what it returns."""

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
    """Make of a fresh fork what a started program would be."""
    import threading  # noqa: PLC0415 -- for forks alone

    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    for number in AGENTS_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    null_fd = os.open(os.devnull, os.O_RDONLY)
    for fd, target in ((null_fd, 0), (output_fd, 1), (output_fd, 2)):
        os.dup2(fd, target)
    # A notebook's own streams lead elsewhere, and are of no use in a fork.
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
