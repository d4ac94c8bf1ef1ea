"""What an agent reports: to whom, while it works, and at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.agents.own_runs import OwnRuns
    from sweepcli.records import Ending, Progress, Row, Run, RunState
    from sweepcli.runs.slots import Slot

ERROR, GAVE_UP = 1, 3  # exit codes


class Reporter(Protocol):
    """Receives what happens, as it happens."""

    def started(self, run: Run, slot: Slot, argv: Sequence[str]) -> None:
        """Record a run that is about to start."""

    def ended(self, run: Run, ending: Ending) -> None:
        """Record how an attempt has ended; the run has its new state."""

    def logged(self, run: Run, rows: Sequence[Row], progress: Progress) -> None:
        """Record what a run has logged now, and its progress so far."""

    def logs(self, run: Run, channel: str) -> None:
        """Record the channel of a run's metrics."""

    def signaled(self, text: str) -> None:
        """Record a signal to the agent, and what it means for the runs."""

    def note(self, text: str) -> None:
        """Record any other message."""

    def warn(self, text: str, run: Run | None = None) -> None:
        """Record a warning; the folder of the run, if it is given, is what `${run_dir}` means."""

    def refresh(self) -> float:
        """Show what has changed; return after how many seconds to call this again."""


class AgentReport(NamedTuple):
    """What an agent did, and why it ended."""

    runs: OwnRuns
    why: str
    exit_code: int
    own_code: int  # what it would be if no run had failed
    signal: int = 0  # that ended it; 0 for none

    @property
    def states(self) -> dict[RunState, int]:
        """How many of its attempts ended in each state."""
        return self.runs.attempts

    @property
    def ran(self) -> int:
        """How many attempts it made."""
        return sum(self.states.values())
