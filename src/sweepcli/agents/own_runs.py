"""What has become of the runs that one agent took, and whether they have failed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sweepcli.records import BAD, WELL, RunState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sweepcli.agents.assignment import Assignment


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
