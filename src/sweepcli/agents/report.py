"""What an agent reports: to whom, while it works, and at its end; and how its runs ended."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, Protocol

from sweepcli.records import BAD, WELL, RunState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sweepcli.agents.assignment import Assignment
    from sweepcli.records import JSON, Ending, Progress, Row, Run
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


class OwnRuns:
    """The runs of one agent; each counts as its last attempt here ended."""

    def __init__(self) -> None:
        self.attempts: dict[RunState, int] = {}  # how many ended in each state
        self._not_well: dict[str, RunState] = {}  # by run

    def add(self, run_id: str, state: RunState) -> None:
        """Record how an attempt at a run ended."""
        self.attempts[state] = self.attempts.get(state, 0) + 1
        self._not_well.pop(run_id, None)
        if state not in WELL:
            self._not_well[run_id] = state

    @property
    def states(self) -> dict[RunState, int]:
        """How many runs there are in each state."""
        well = {state: self.attempts[state] for state in WELL if state in self.attempts}
        return {**well, **Counter(self._not_well.values())}

    @property
    def failed(self) -> list[str]:
        """The ids of those that failed or crashed."""
        return [run_id for run_id, state in self._not_well.items() if state in BAD]

    def have_failed(self, assignments: Iterable[Assignment], *, is_strict: bool) -> bool:
        """Return whether all that count failed: what a person, a rule or a machine ended does not.

        If strict, whether any did not end well; of an agent that had none, its sweeps are judged.
        """
        if is_strict and not self.attempts:
            return any(each.has_failures() for each in assignments)
        if is_strict and self._not_well:
            return True
        return bool(self.failed) and RunState.FINISHED not in self.attempts


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

    def record(self) -> dict[str, JSON]:
        """Return it for `--json`."""
        return {
            "ran": self.ran,
            "states": {str(state): count for state, count in self.states.items()},
            "why": self.why,
            "exit_code": self.exit_code,
        }

    @property
    def ran(self) -> int:
        """How many attempts it made."""
        return sum(self.states.values())
