"""Sleep until a child ends, a signal arrives or a timer is due; never in between."""

from __future__ import annotations

import math
import os
import select
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

SIGNALS = (
    *(signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT),
    *(signal.SIGUSR1, signal.SIGUSR2),
)


class Wakeup:
    """While entered, turns signals into reasons to wake up; main thread only.

    A signal that was ignored at the start stays so, as nohup means it; but see `is_background`.
    Without signals it works in any thread, and others wake it.
    """

    def __init__(self, *, has_signals: bool = True) -> None:
        self._signals: list[int] = []
        self._before: dict[int, signal._HANDLER] = {}
        self._has_signals = has_signals
        # Without signals of its own, a Ctrl-C that it gets by `post` has ended what was running.
        self.is_background = _is_background() if has_signals else True

    def __enter__(self) -> Self:
        self._read_fd, self._write_fd = os.pipe()
        os.set_blocking(self._read_fd, False)
        os.set_blocking(self._write_fd, False)
        if self._has_signals:
            self._take_over()
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._has_signals:
            signal.set_wakeup_fd(self._before_fd)
        os.close(self._read_fd)
        os.close(self._write_fd)

    def wait(
        self, timeout_s: float, writable: Sequence[int] = (), readable: Sequence[int] = ()
    ) -> None:
        """Return at the next signal, SIGCHLD included, or after the timeout, if it is finite.

        Or as soon as one of the descriptors in `writable` takes something, or `readable` has it.
        """
        timeout = None if timeout_s == math.inf else max(timeout_s, 0.0)
        ready, _, _ = select.select([self._read_fd, *readable], writable, [], timeout)
        if self._read_fd in ready:
            os.read(self._read_fd, 4096)

    def post(self, *numbers: int) -> None:
        """Wake up the thread that waits, as these signals would."""
        self._signals.extend(numbers)
        with suppress(BlockingIOError):  # full: it wakes up anyway
            os.write(self._write_fd, b".")

    def take_signals(self) -> list[int]:
        """Return the signals since the last call, in order, Ctrl-C before all others.

        Python handles signals that came together by their numbers; a terminal whose Ctrl-C has
        ended a script hangs up next, and that must not pass for the first.
        """
        taken = []
        while self._signals:  # one by one: another thread may add to them
            taken.append(self._signals.pop(0))
        return sorted(taken, key=lambda number: number != signal.SIGINT)

    def _take_over(self) -> None:
        self._before_fd = signal.set_wakeup_fd(self._write_fd, warn_on_full_buffer=False)
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, _nothing)
        for number in SIGNALS:
            is_wanted = number == signal.SIGINT and self.is_background
            if is_wanted or signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._note)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._signals.append(number)


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Let SIGCHLD reach the wakeup descriptor: a default action would not."""


def _is_background() -> bool:
    """Return whether a Ctrl-C that this process was told to ignore is meant for it all the same.

    A script's `&` starts programs with SIGINT ignored, yet in the script's own process group:
    Ctrl-C on the terminal ends the script, and nobody would be left to end its agents. `nohup`
    ignores SIGHUP as well, and `setsid` leaves the terminal: those are to live on.
    """
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        return False
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        return False
    try:
        terminal_fd = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal_fd) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal_fd)
