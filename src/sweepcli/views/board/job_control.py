"""Ctrl-Z and `fg` for a program that paints: it tidies up before, and begins anew afterwards."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

NUMBERS = (signal.SIGTSTP, signal.SIGCONT, signal.SIGWINCH)


class JobControl:
    """From `begin` to `end`, takes note of a terminal's signals; main thread only.

    Who sleeps until signals come is woken up by these too.
    """

    def __init__(self) -> None:
        self.is_asked_to_stop = False
        self.has_gone_on = False  # after a stop that was not ours
        self._before: dict[int, signal._HANDLER] = {}

    def begin(self) -> None:
        """Take note of signals that nobody else takes."""
        for number in NUMBERS:
            if signal.getsignal(number) is signal.SIG_DFL:
                self._before[number] = signal.signal(number, self._note)

    def end(self) -> None:
        """Leave the signals as they were."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def stop(self) -> None:
        """Stop as Ctrl-Z asked for; return when the process goes on."""
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._note)
        self.is_asked_to_stop = self.has_gone_on = False

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGTSTP:
            self.is_asked_to_stop = True
        elif number == signal.SIGCONT:
            self.has_gone_on = True
