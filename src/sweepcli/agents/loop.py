"""The agent: claims runs, watches them, records how they end, until nothing is left.

It sleeps until a child ends, a signal comes or a timer is due. What needs the store is apart
from what needs the runs, so that neither waits while the other cannot go on.
"""

from __future__ import annotations

import math
import os
import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from sweepcli.agents.assignment import Assignment
from sweepcli.agents.at_work import Ended, RunningRuns, preempted
from sweepcli.agents.breaker import Breaker
from sweepcli.agents.code_of_runs import CodeOfRuns
from sweepcli.agents.ground import Ground
from sweepcli.agents.outage import Outage
from sweepcli.agents.recorder import Recorder
from sweepcli.agents.recovery import Recovery, this_agent
from sweepcli.agents.report import ERROR, GAVE_UP, AgentReport, Reporter
from sweepcli.agents.shutdown import Shutdown
from sweepcli.agents.stops import Stops
from sweepcli.agents.taking import Taking
from sweepcli.agents.wakeup import Wakeup
from sweepcli.agents.warden import Warden
from sweepcli.errors import StoreError, StoreUnavailable, UnknownSweep
from sweepcli.ids import new_id
from sweepcli.records import Ending, RunState
from sweepcli.runs.outcome import Reason
from sweepcli.stores.database import spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.agents.options import AgentOptions
    from sweepcli.records import Sweep
    from sweepcli.stores import Store

SHARED_SIGNAL_S = 1.0  # from the end of a run by a signal to the same signal to its agent, at most


def run_agent(
    store: Store,
    sweeps: Sequence[Sweep],
    options: AgentOptions,
    reporter: Reporter,
    *,
    results: str,
    wakeup: Wakeup | None = None,
) -> AgentReport:
    """Run the runs of sweeps on this machine until there is a reason to end.

    Raises NotSupported, LaunchError or ConfigError for a sweep none of whose runs could be
    started here, before anything is taken; StoreError where the database is of no more use.
    """
    if wakeup is None:
        with Wakeup() as signals:
            return run_agent(store, sweeps, options, reporter, results=results, wakeup=signals)
    agent_id = new_id()
    with closing(Ground(store.database, results, agent_id)) as ground:
        agent = RunningAgent(store, options, reporter, wakeup, agent_id, ground)
        return agent.work([agent.assignment(sweep, results) for sweep in sweeps])


class RunningAgent:
    """The state of an agent between two wake-ups."""

    def __init__(
        self,
        store: Store,
        options: AgentOptions,
        reporter: Reporter,
        wakeup: Wakeup,
        agent_id: str,
        ground: Ground,
    ) -> None:
        self._store = store
        self._options = options
        self._reporter = reporter
        self._wakeup = wakeup
        self._id = agent_id
        self._ground = ground
        self._code = CodeOfRuns(store, agent_id, reporter.warn)
        self._live = RunningRuns(options, reporter, self._code)
        self._ended: list[Ended] = []
        self._shutdown = Shutdown(forwards=options.forwards, is_background=wakeup.is_background)
        breaker = Breaker(os.environ, time.monotonic(), options.most_failures)
        self._recorder = Recorder(store, reporter, breaker)
        self._stops = Stops(store, self._live, options.timing, self._recorder.look)
        is_local = store.database.is_local
        self._outage = Outage(reporter.warn, is_local=is_local, timing=options.timing)
        self._recovery = Recovery(options.timing.lease_s, self._id, self._at_work)
        self._tick_s = options.timing.saves_each_s(is_local=is_local)
        self._taking = Taking(self._live, options, self._id, ground)
        self._warden = Warden(self._id, os.environ)
        self._next_tick = self._next_heartbeat = self._next_look = 0.0  # monotonic
        self._exit_code = 0  # once it is signed off
        self._is_watched = False  # by a person, on a board
        self._moved: Reason | None = None  # what becomes of runs that fail since their folder moved
        self._is_signed_on = self._is_signed_off = False

    def assignment(self, sweep: Sweep, results: str) -> Assignment:
        """Return what this agent has to do for a sweep; raise if it cannot."""
        return Assignment(
            self._store,
            sweep,
            self._recovery,
            self._options,
            self._code,
            results=results,
            note=self._reporter.note,
        )

    def work(self, assignments: Sequence[Assignment]) -> AgentReport:
        """Claim and run runs until there is a reason to end."""
        self._taking.assignments = assignments
        with self._warden:
            try:
                while not self._is_done():
                    patience_s = min(self._patience_s(), self._show(), self._store.database.rest())
                    self._wakeup.wait(patience_s, self._live.waits_for, self._code.reads)
                    self._obey_signals()
                    self._ended += self._watch()
                    self._use_store()
            finally:
                self._live.close()
                if not self._is_signed_off:
                    with suppress(StoreError):
                        self._store.end_agent(self._id, time.time(), ERROR, "an error ended it")
        return self._taking.report(self._recorder.runs, self._exit_code, self._shutdown.first)

    def _show(self) -> float:
        """Let the reporter refresh; return after how many seconds to do so again."""
        now = time.monotonic()
        if self._is_watched and now >= self._next_look and not self._store.database.is_local:
            self._next_look = now + self._options.timing.tick_s
            for live, _ in self._live:
                self._recorder.look(live)  # long before it is saved
        seconds = self._reporter.refresh()
        self._is_watched = seconds < math.inf
        return seconds

    def _at_work(self) -> set[str]:
        """Return the ids of the runs that this agent has."""
        runs = [*(live.run for live, _ in self._live), *(each.run for each in self._ended)]
        return {run.id for run in (*runs, self._taking.claimed) if run is not None}

    # When to end

    def _is_done(self) -> bool:
        if self._live or not self._is_signed_off:
            return False
        return self._live.is_output_written or self._shutdown.is_over

    def _patience_s(self) -> float:
        due = self._outage.next_try if self._outage.is_on else self._next_tick
        if self._ended and not self._outage.is_on:
            due = 0.0  # a run that could not start: nobody else will wake us
        return min(due - time.monotonic(), self._live.patience_s())

    def _obey_signals(self) -> None:
        shutdown = self._shutdown
        for number in self._wakeup.take_signals():
            self._reporter.signaled(shutdown.climb(number))
            if shutdown.sent is not None:
                self._live.send(shutdown.sent, shutdown.reason if shutdown.is_over else None)
            if shutdown.rung:
                self._taking.stop(shutdown.why, shutdown.exit_code)
                if self._options.term_timeout_s is not None:
                    self._live.kill_after(self._options.term_timeout_s, shutdown.reason)

    def _watch(self) -> list[Ended]:
        """Return what has ended; what a scheduler has ended together with us is preempted."""
        ended = self._live.watch()
        together = preempted(ended)
        # SLURM and systemd send SIGTERM to us and to our runs, in any order.
        until = time.monotonic() + SHARED_SIGNAL_S
        while together and not self._shutdown.rung and time.monotonic() < until:
            self._wakeup.wait(until - time.monotonic())
            self._obey_signals()
        if self._shutdown.is_over:
            for live in together:
                live.explain(self._shutdown.reason)
        return ended

    # What needs the store

    def _use_store(self) -> None:
        now = time.monotonic()
        if self._is_signed_off or not self._outage.is_worth_a_try(now):
            return
        try:
            if self._recorder.has_store:
                self._step(now)
            else:
                self._step_without_store()
            self._outage.is_over()
        except StoreUnavailable as error:
            self._outage.failed(error, time.monotonic(), is_at_work=bool(self._live))
        except (StoreError, UnknownSweep) as error:
            if not (self._at_work() or self._taking.why):
                raise
            self._recorder.has_store, self._next_tick = False, 0.0
            self._lose(self._ground.lost() or str(error))

    def _step(self, now: float) -> None:
        """Do what is due; what fails for now is due again."""
        if not self._is_signed_on:
            self._store.add_agent(this_agent(self._id, self._taking.sweeps))
            self._is_signed_on = True
            if not self._store.database.is_local:
                # Those that a scheduler starts at once need not come at once ever after.
                self._next_tick = self._next_heartbeat = now + spread(self._tick_s)
        is_due = self._ended or self._code.has_news or now >= self._next_tick
        if is_due and (lost := self._ground.lost()):
            self._lose(lost)
        self._record_ended()
        if self._recorder.failing and not self._taking.why:
            self._give_up(self._recorder.failing)
        if now >= self._next_tick:
            self._next_tick = now + self._tick_s
            self._tick(now)
        if not self._ended:
            self._ended += self._taking.take()
        if self._taking.why:
            self._ended += self._taking.give_up_claimed()
            is_done = not self._live and not self._ended
            if is_done and not self._code.is_awaited(is_hurried=self._shutdown.rung > 0):
                self._sign_off()

    def _sign_off(self) -> None:
        self._exit_code = self._taking.judged(self._recorder.runs)
        if self._recorder.has_store:
            self._store.end_agent(self._id, time.time(), self._exit_code, self._taking.why)
            for assignment in self._taking.assignments:
                assignment.finish()
        self._is_signed_off, self._next_tick = True, math.inf

    def _lose(self, why: str) -> None:
        """Take no more runs, since the ground is lost; read those at work where they are now."""
        if self._taking.lose(why):
            self._reporter.warn(f"{why}. No more runs start here")
        if (now := self._ground.results_now()) != self._ground.results:
            self._moved = Reason(RunState.PREEMPTED, why)
        if now is None:
            return
        for assignment in self._taking.assignments:
            assignment.results = now
        for live, assignment in self._live:
            live.follow(assignment.folder_of(live.run))
        for ended in self._ended:
            if not isinstance(ended.how, Ending):
                ended.how.follow(ended.folder)

    def _step_without_store(self) -> None:
        """Record how attempts end beside them alone: the next agent, or a repair, reads it."""
        self._next_tick = math.inf  # only the end of a run is something to do
        self._ended += self._taking.give_up_claimed()
        self._record_ended()
        if not self._live and not self._ended:
            self._sign_off()

    def _record_ended(self) -> None:
        while self._ended:
            how = self._ended[0].how
            if self._moved and not isinstance(how, Ending) and how.has_failed:
                how.explain(self._moved)  # a script that opens its files by name fails
            if not self._recorder.record(self._ended[0]):
                return  # there is more to read: signals and the other runs come first
            del self._ended[0]
            self._taking.has_news = True
        self._code.save(has_store=self._recorder.has_store)

    def _tick(self, now: float) -> None:
        self._taking.has_news = True
        if now >= self._next_heartbeat:
            self._next_heartbeat = now + self._options.timing.heartbeat_s
            self._beat()
        for live, _ in self._live:
            if not self._recorder.follow(live):
                self._next_tick = 0.0  # there is more
        self._stops.look()

    def _beat(self) -> None:
        """Send a heartbeat, and look for what may have gone wrong unseen."""
        self._store.heartbeat(self._id, time.time())
        self._warden.watch()
        self._live.look_at_memory()
        if self._recovery.is_due(time.monotonic()):
            for assignment in self._taking.assignments:
                assignment.recover()
        self._stops.end_lost_runs()

    def _give_up(self, why: str) -> None:
        given_back = self._recorder.give_back_failed()
        what = f"; {given_back} given back for other agents" if given_back else ""
        self._taking.stop(why + what, GAVE_UP)
