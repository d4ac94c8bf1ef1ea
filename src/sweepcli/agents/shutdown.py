"""What happens at Ctrl-C and other signals to an agent: each climbs a ladder.

Ctrl-C once: no new runs, wait for the running ones; twice: end them; three times: kill them. Any
other shutdown signal starts at the second rung; SIGUSR2 asks for no more than the first.
The wording is W&B's where it has one.
"""

from __future__ import annotations

import signal

from sweepcli.records import RunState
from sweepcli.runs.outcome import Reason

WAIT, END, KILL = 1, 2, 3
WORDS = {
    WAIT: "ctrl-c received. Waiting for runs to end. Send ctrl-c again to terminate them.",
    END: "Terminating runs. Send shutdown signal again to kill.",
    KILL: "Killing runs and quitting.",
}
DRAINING = "SIGUSR2 received. Waiting for runs to end."
RELAYED = "{} received and forwarded to the runs."
# The machine wants the agent gone: its runs are for another one. By hand, they are over.
PREEMPTING = frozenset({signal.SIGTERM, signal.SIGUSR1, signal.SIGHUP})
PREEMPTED = 75  # exit code: sysexits' "try again later", on which job scripts requeue
# What a run is sent for a signal to its agent: SIGQUIT would leave a core file, and SIGHUP mean
# a terminal that it never had. The others are sent on, since programs act on them.
SENT: dict[int, int] = {signal.SIGHUP: signal.SIGTERM, signal.SIGQUIT: signal.SIGTERM}


class Shutdown:
    """How far up the ladder the agent has been sent.

    `forwards`: the user asked for W&B's --forward-signals, where a first Ctrl-C reaches the
    runs, and SIGUSR1 is theirs alone. `is_background`: see `Wakeup`.
    """

    def __init__(self, *, forwards: bool = False, is_background: bool = False) -> None:
        self.rung = 0
        self.sent: int | None = None  # what to send to the runs
        self.first = 0  # the signal that says why the agent ends; 0 for none
        self._forwards = forwards
        self._is_background = is_background

    def climb(self, number: int) -> str:
        """Take a signal, and return the message about it; `sent` says what the runs get."""
        is_ours = not (self._forwards and number == signal.SIGUSR1)
        if is_ours and self.first in (0, signal.SIGUSR2):
            self.first = number
        if number == signal.SIGUSR2 or not is_ours:
            self.rung = max(self.rung, WAIT if is_ours else 0)
            self.sent = None if is_ours else number
            return DRAINING if is_ours else RELAYED.format(signal.Signals(number).name)
        is_polite = number == signal.SIGINT and not self._is_background
        self.rung = min(max(self.rung + 1, WAIT if is_polite else END), KILL)
        if self.rung == WAIT:
            self.sent = number if self._forwards else None
        else:
            self.sent = signal.SIGKILL if self.rung == KILL else SENT.get(number, number)
        return WORDS[self.rung]

    @property
    def is_over(self) -> bool:
        """Whether the runs are to end, and not only get a signal."""
        return self.rung >= END

    @property
    def reason(self) -> Reason:
        """What becomes of the runs, and why."""
        state = RunState.PREEMPTED if self.first in PREEMPTING else RunState.KILLED
        return Reason(state, f"its agent was {self.why}")

    @property
    def why(self) -> str:
        """Why the agent ends, for people."""
        return f"interrupted by {signal.Signals(self.first).name}"

    @property
    def exit_code(self) -> int:
        """0 for SIGUSR2, 75 where the machine is taken away, else the shell's: 130 for Ctrl-C."""
        if self.first == signal.SIGUSR2:
            return 0
        return PREEMPTED if self.first in PREEMPTING else 128 + self.first
