"""What signals to an agent mean, as a ladder that each one climbs.

Ctrl-C once: no new runs, wait for the one at work; twice: end it; three times: kill it. Any
other shutdown signal starts at the second rung. The wording is W&B's where it has one.
"""

from __future__ import annotations

import signal

WAIT, TERMINATE, KILL = 1, 2, 3
WORDS = {
    WAIT: "ctrl-c received. Waiting for runs to end. Send ctrl-c again to terminate them.",
    TERMINATE: "Terminating runs. Send shutdown signal again to kill.",
    KILL: "Killing runs and quitting.",
}


class Shutdown:
    """How far up the ladder the agent has been sent."""

    def __init__(self) -> None:
        self.rung = 0
        self._first = 0

    def climb(self, number: int) -> str:
        """Take a signal, and return what to tell about it."""
        self._first = self._first or number
        lowest = WAIT if number == signal.SIGINT else TERMINATE
        self.rung = min(max(self.rung + 1, lowest), KILL)
        return WORDS[self.rung]

    @property
    def signal(self) -> int | None:
        """What to send to the runs, if anything."""
        return {TERMINATE: signal.SIGTERM, KILL: signal.SIGKILL}.get(self.rung)

    @property
    def why(self) -> str:
        """Why the agent ends, for people."""
        return f"interrupted by {signal.Signals(self._first).name}"

    @property
    def exit_code(self) -> int:
        """The shell's number for an end by the first signal: 130 for Ctrl-C."""
        return 128 + self._first
