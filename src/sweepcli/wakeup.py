"""Sleep until a child ends, a signal arrives or a timer is due; never in between."""

from __future__ import annotations

import os
import select
import signal
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import FrameType, TracebackType

SHUTDOWN_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class Wakeup:
    """While entered, turns signals into reasons to wake up; main thread only.

    A signal that was ignored at the start stays so: nohup and a script's `&` mean it.
    """

    def __init__(self) -> None:
        self._signals: list[int] = []
        self._before: dict[int, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        self._read_fd, self._write_fd = os.pipe()
        os.set_blocking(self._read_fd, False)
        os.set_blocking(self._write_fd, False)
        self._before_fd = signal.set_wakeup_fd(self._write_fd, warn_on_full_buffer=False)
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, _nothing)
        for number in SHUTDOWN_SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._before_fd)
        os.close(self._read_fd)
        os.close(self._write_fd)

    def wait(self, timeout_s: float) -> None:
        """Return at the next signal, SIGCHLD included, or after the timeout."""
        ready, _, _ = select.select([self._read_fd], [], [], max(timeout_s, 0.0))
        if ready:
            os.read(self._read_fd, 4096)

    def take_signals(self) -> list[int]:
        """Return the shutdown signals since the last call, in order."""
        taken, self._signals = self._signals, []
        return taken

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._signals.append(number)


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Let SIGCHLD reach the wakeup descriptor: a default action would not."""
