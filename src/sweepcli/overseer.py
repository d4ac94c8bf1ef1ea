"""Ends runs that should not go on: those of canceled sweeps, poor ones, and ones lost to others."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from sweepcli.early_stop import EarlyStop
from sweepcli.outcome import Told
from sweepcli.records import RunState, SweepState

if TYPE_CHECKING:
    from sweepcli.assignment import Assignment
    from sweepcli.live_runs import LiveRuns
    from sweepcli.stores import Store
    from sweepcli.timing import Timing


class Overseer:
    """Looks after the runs at work under one agent, by what its store says."""

    def __init__(self, store: Store, live: LiveRuns, timing: Timing) -> None:
        self._store = store
        self._live = live
        self._timing = timing
        self._early_stops: dict[str, EarlyStop] = {}  # by sweep

    def look(self) -> None:
        """End what a person or a rule wants ended; all that was logged must be in the store."""
        for assignment in {work.assignment for work in self._live if not work.live.is_ending}:
            assignment.finish_at_target()
            if self._store.sweep(assignment.sweep.id).state is SweepState.CANCELED:
                told = Told(RunState.KILLED, "the sweep was canceled")
                self._live.send(signal.SIGINT, told, assignment=assignment)
            else:
                self._end_poor_runs(assignment)

    def end_lost_runs(self) -> None:
        """Kill what another agent has been given meanwhile."""
        for live, _ in self._live:
            if not self._store.holds(live.run):
                told = Told(RunState.KILLED, "it was given to another agent meanwhile")
                live.end(signal.SIGKILL, told, self._timing)

    def _end_poor_runs(self, assignment: Assignment) -> None:
        config = assignment.config
        if config.early_terminate is None or config.metric is None:
            return
        ours = {
            live.run.id: live
            for live, its in self._live
            if its is assignment and live.progress.summary and not live.is_ending
        }
        if not ours:  # nobody has logged anything yet: the others' history can wait
            return
        if assignment.sweep.id not in self._early_stops:
            self._early_stops[assignment.sweep.id] = EarlyStop(
                *(self._store, assignment.sweep.id, config.metric, config.early_terminate)
            )
        for run_id, reason in self._early_stops[assignment.sweep.id].poor(ours):
            ours[run_id].end(signal.SIGTERM, Told(RunState.STOPPED, reason), self._timing)
