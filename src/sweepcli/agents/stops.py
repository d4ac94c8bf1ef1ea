"""Ends runs that should not go on: of canceled sweeps, poor ones, ones given to another agent."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from sweepcli.records import RunState, SweepState
from sweepcli.runs.outcome import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from sweepcli.agents.assignment import Assignment
    from sweepcli.agents.at_work import RunningRuns
    from sweepcli.runs.attempt import RunningAttempt
    from sweepcli.runs.timing import Timing
    from sweepcli.stores import Store
    from sweepcli.sweeps.early_stop import EarlyStop


class Stops:
    """Ends the running runs of one agent that its store says should not go on."""

    def __init__(
        self,
        store: Store,
        live: RunningRuns,
        timing: Timing,
        read: Callable[[RunningAttempt], None],
    ) -> None:
        """Begin; `read` takes in what a run has logged since."""
        self._store = store
        self._live = live
        self._read = read
        self._timing = timing
        self._early_stops: dict[str, EarlyStop] = {}  # by sweep

    def look(self) -> None:
        """End what a person or a rule wants ended; all that was logged must be in the store."""
        for assignment in {work.assignment for work in self._live if not work.live.is_ending}:
            assignment.finish_at_target()
            if self._store.sweep(assignment.sweep.id).state is SweepState.CANCELED:
                reason = Reason(RunState.KILLED, "the sweep was canceled")
                self._live.send(signal.SIGINT, reason, assignment=assignment)
            else:
                self._end_poor_runs(assignment)

    def end_lost_runs(self) -> None:
        """Kill what another agent has been given meanwhile."""
        for live, _ in self._live:
            if not self._store.holds(live.run):
                reason = Reason(RunState.KILLED, "it was given to another agent in the meantime")
                live.end(signal.SIGKILL, reason, self._timing)

    def _end_poor_runs(self, assignment: Assignment) -> None:
        early_stop = self._early_stop(assignment)
        if early_stop is None:
            return
        ours = {
            live.run.id: live
            for live, its in self._live
            if its is assignment
            and live.progress.summary
            and not (live.is_ending or live.has_said_finish)
        }
        if not ours:  # nobody has logged anything yet: the others' history can wait
            return
        for run_id, reason in early_stop.poor(ours):
            live = ours[run_id]
            self._read(live)  # it may have said `finish` right after its last value
            if not live.has_said_finish:
                live.end(live.polite_signal, Reason(RunState.STOPPED, reason), self._timing)

    def _early_stop(self, assignment: Assignment) -> EarlyStop | None:
        sweep_id, config = assignment.sweep.id, assignment.config
        if config.early_terminate is None or config.metric is None:
            return None
        if sweep_id not in self._early_stops:
            from sweepcli.sweeps.early_stop import EarlyStop  # noqa: PLC0415 -- for sweeps that ask for it

            self._early_stops[sweep_id] = EarlyStop(
                self._store, sweep_id, config.metric, config.early_terminate
            )
        return self._early_stops[sweep_id]
