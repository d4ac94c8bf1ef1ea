"""Records what the runs of an agent log, and how their attempts end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sweepcli.agents.missing_metric import MissingMetric
from sweepcli.agents.report import OwnRuns
from sweepcli.records import WELL, Ending, RunState
from sweepcli.runs import attempt_record, outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.agents.at_work import Ended
    from sweepcli.agents.breaker import Breaker
    from sweepcli.agents.report import Reporter
    from sweepcli.records import Progress, Row, Run
    from sweepcli.runs.attempt import RunningAttempt
    from sweepcli.stores import Store


MOST_UNSAVED = 1000  # rows of a run that are read before some are saved


class Recorder:
    """The attempts of one agent, on their way into the store and to the reporter.

    Whatever raises StoreUnavailable may be done again, and loses nothing.
    """

    def __init__(self, store: Store, reporter: Reporter, breaker: Breaker) -> None:
        self.runs = OwnRuns()
        self.failing: str | None = None  # what the breaker said
        self.has_store = True  # else ends are recorded beside the attempts alone
        self._store = store
        self._reporter = reporter
        self._breaker = breaker
        self._missing_metric = MissingMetric(store, breaker.most_unmeasured)
        self._failed: dict[str, str] = {}  # runs whose last attempt here failed, and its folder

    def look(self, live: RunningAttempt) -> None:
        """Read what a run has logged since the last call, and report it; it is saved later."""
        if len(live.unsaved) < MOST_UNSAVED:
            self._collect(live)

    def follow(self, live: RunningAttempt) -> bool:
        """Save what a run has logged since the last call; return whether that is all."""
        has_room = len(live.unsaved) < MOST_UNSAVED
        is_all = has_room and self._collect(live)
        self._save(live)
        self._report_channel(live)
        return is_all

    def record(self, ended: Ended) -> bool:
        """Save what an attempt has logged up to its end, and how it ended; return whether it is.

        Of a backlog it saves a piece at a time, so that the agent hears signals and sees its other
        runs: call again.
        """
        if isinstance(ended.how, Ending):
            self._end(ended, ended.how, [], ended.run.progress)
            return True
        live = ended.how
        if not self._collect(live, ended=True):
            self._save(live)
            return False
        self._report_channel(live)
        ending = live.ending()
        self._end(ended, ending, live.unsaved, live.progress)
        for text in live.complaints(ending):
            self._reporter.warn(text, live.run)
        self._warn(self._missing_metric.hint(ended, ending, live.progress))
        return True

    def give_back_failed(self) -> int:
        """Give runs that failed here back for other agents; return how many."""
        failed = self._breaker.failed
        return len(self._store.give_back_failed(failed, also=self._record_given_back))

    def _record_given_back(self, runs: Sequence[Run]) -> None:
        for run in runs:
            self._warn(attempt_record.give_back(self._failed[run.id], run))

    def _collect(self, live: RunningAttempt, *, ended: bool = False) -> bool:
        """Read a piece of what a run has logged, and report it; return whether that is all."""
        known = len(live.unsaved)
        is_all = live.collect(ended=ended)
        if rows := live.unsaved[known:]:
            self._reporter.logged(live.run, rows, live.progress)
        return is_all

    def _save(self, live: RunningAttempt) -> None:
        """Save what is collected; what cannot be saved yet stays collected."""
        if live.has_unsaved:
            if self.has_store:
                self._store.save_progress(live.run, live.unsaved, live.progress)
            live.saved()

    def _report_channel(self, live: RunningAttempt) -> None:
        if channel := live.channel:
            self._reporter.logs(live.run, channel)

    def _end(self, ended: Ended, ending: Ending, rows: Sequence[Row], progress: Progress) -> None:
        run = ended.run
        is_asked = self.has_store and ending.state is not RunState.FINISHED
        before = self._store.endings(run) if is_asked else {}
        by_agent = isinstance(ended.how, Ending) or ended.how.is_ending
        then = outcome.next_state(ending, before, ended.assignment.config, by_agent=by_agent)
        # All that may have to be done again comes before what counts.
        blind = self._missing_metric.trips(ended, ending, progress) if self.has_store else None
        # First, so that whatever is killed or lost, what the store said can be read here again.
        logged = None if isinstance(ended.how, Ending) else ended.how.read_up_to
        complaint = attempt_record.end(ended.folder, run, ending, then, logged=logged)
        if self.has_store and not self._store.end_attempt(run, ending, rows, progress, then):
            self._reporter.note(f"run {run.id} was given to another agent in the meantime")
        self._warn(complaint)  # after what the store says: a sweep that was removed has no folder
        self.runs.add(run.id, ending.state)
        self._reporter.ended(run.after(ending, progress, then), ending)
        if ending.state in WELL:
            self._failed.pop(run.id, None)
        else:
            self._failed[run.id] = ended.folder
        self.failing = self.failing or self._breaker.trips(run, ending, time.monotonic()) or blind

    def _warn(self, text: str | None) -> None:
        if text:
            self._reporter.warn(text)
