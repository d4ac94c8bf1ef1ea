"""Takes runs for an agent's free slots, until there is a reason to take no more."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sweepcli.agents.assignment import Nothing
from sweepcli.agents.at_work import Ended
from sweepcli.agents.report import ERROR, AgentReport, OwnRuns
from sweepcli.errors import FolderError, SearchError
from sweepcli.records import Ending, Run, RunState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.agents.assignment import Assignment
    from sweepcli.agents.at_work import RunningRuns
    from sweepcli.agents.ground import Ground
    from sweepcli.agents.options import AgentOptions
    from sweepcli.records import Sweep


class Taking:
    """What one agent may take, and why it takes no more: `why` is empty as long as it does."""

    def __init__(
        self, live: RunningRuns, options: AgentOptions, agent_id: str, ground: Ground
    ) -> None:
        self.why = ""
        self.exit_code = 0
        self.assignments: Sequence[Assignment] = ()
        self.has_news = True  # something has changed since there was nothing to take
        self._live = live
        self._options = options
        self._agent_id = agent_id
        self._ground = ground
        self._started_at = time.monotonic()
        self._taken = 0
        self._is_lost = False  # the ground is
        self._claimed: tuple[Assignment, Run] | None = None  # and not started: no room on the disk

    @property
    def claimed(self) -> Run | None:
        """A run that is claimed, and waits for room on the disk to be started."""
        return self._claimed and self._claimed[1]

    def stop(self, why: str, exit_code: int = 0) -> None:
        """Take no more runs; the first reason is the one that is reported."""
        if not self.why:
            self.why, self.exit_code = why, exit_code

    def lose(self, why: str) -> bool:
        """Take no more runs, since the ground is lost; return whether that is new.

        That is an error, also where the agent was about to end well.
        """
        is_new, self._is_lost = not self._is_lost, True
        if not self.exit_code:
            self.why, self.exit_code = why, ERROR
        return is_new

    @property
    def sweeps(self) -> list[Sweep]:
        """The sweeps that this agent works on."""
        return [assignment.sweep for assignment in self.assignments]

    def judged(self, runs: OwnRuns) -> int:
        """Return the exit code: why this agent ends comes before how its runs did."""
        if self.exit_code:
            return self.exit_code
        is_strict = self._options.is_strict
        return ERROR if runs.have_failed(self.assignments, is_strict=is_strict) else 0

    def report(self, runs: OwnRuns, exit_code: int, signal: int) -> AgentReport:
        """Return what the agent did, and why it ended."""
        return AgentReport(runs, self.why, exit_code, self.exit_code, signal)

    def give_up_claimed(self) -> list[Ended]:
        """Return the end of a run that was claimed, and is not to be started any more."""
        if self._claimed is None:
            return []
        (assignment, run), self._claimed = self._claimed, None
        return [_never_started(run, assignment, f"its agent ended, {self.why}")]

    def take(self) -> list[Ended]:
        """Claim and start runs while there is room; return those that could not start.

        Raises StoreUnavailable where the disk is full: a run that is claimed is started later.
        """
        while self.has_news and self._live.free and not self._is_enough():
            if ended := self._take_one():
                # What ended at its start is recorded before another is taken: the breaker may trip.
                return [ended]
        return []

    def _take_one(self) -> Ended | None:
        """Start the run that is claimed, or claim one and start it."""
        if self._claimed is None:
            self._claimed = self._claim()
        if self._claimed is None:
            return None
        assignment, run = self._claimed
        try:
            ended = self._live.start(assignment, run, self._ground)
        except FolderError as error:  # nothing is wrong with the run
            ended = _never_started(run, assignment, str(error))
            self.stop(str(error), ERROR)
        self._claimed = None
        return ended

    def _claim(self) -> tuple[Assignment, Run] | None:
        limit = self._options.run_limit
        wanted = None if limit is None else limit - self._taken
        nothing = list[Nothing]()
        for assignment in self.assignments:
            try:
                found = assignment.take(self._agent_id, wanted)
            except SearchError as error:  # the running runs are not to blame
                self.stop(str(error), ERROR)
                return None
            if isinstance(found, Run):
                self._taken += 1
                return assignment, found
            nothing.append(found)
        self.has_news = False
        if not self._live and not any(each.may_come for each in nothing):
            self.stop("; ".join(dict.fromkeys(each.why for each in nothing)))
        return None

    def _is_enough(self) -> bool:
        limit = self._options.run_limit
        if limit is not None and self._taken >= limit and self._claimed is None:
            self.stop(f"its count of {limit} is reached")
        most_s = self._options.max_time_s
        if most_s is not None and time.monotonic() - self._started_at >= most_s:
            self.stop(f"its time of {most_s:g} s is over")
        return bool(self.why) or self._ground.lost() is not None  # the next step says so


def _never_started(run: Run, assignment: Assignment, why: str) -> Ended:
    return Ended(run, assignment, Ending(RunState.PREEMPTED, None, why, time.time()))
