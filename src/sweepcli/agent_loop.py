"""The agent: takes runs, watches over them, records how they end, until nothing is left.

It sleeps until a child ends, a signal comes or a timer is due. One run at a time.
"""

from __future__ import annotations

import math
import os
import signal
import sys
import time
from typing import TYPE_CHECKING, NamedTuple, Protocol

from sweepcli import controller, live_run, preflight, recovery
from sweepcli.breaker import Breaker
from sweepcli.errors import SweepError
from sweepcli.ids import new_id
from sweepcli.launchers import local
from sweepcli.records import Agent, Ending, Progress, RunState, SweepState
from sweepcli.shutdown import Shutdown
from sweepcli.sweep_config import parse as config_parse
from sweepcli.wakeup import Wakeup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.live_run import LiveRun
    from sweepcli.records import Run, Sweep
    from sweepcli.stores import Store

TICK_S = 1.0  # heartbeat, new metrics, the sweep's state
OUTPUT_S = 0.1  # how late a run's output is shown
BATCH = 32  # suggestions made at once
GAVE_UP = 3  # exit code


class Reporter(Protocol):
    """Told what happens, as it happens."""

    def started(self, run: Run, argv: Sequence[str]) -> None:
        """Take note of a run that has started."""

    def ended(self, run: Run) -> None:
        """Take note of a run that has ended."""

    def note(self, text: str) -> None:
        """Take note of anything else a person should know."""


class AgentReport(NamedTuple):
    """What an agent did, and why it ended."""

    states: dict[RunState, int]  # how many of its runs ended in each
    why: str
    exit_code: int

    @property
    def ran(self) -> int:
        """How many runs it ran."""
        return sum(self.states.values())


def run_agent(
    store: Store,
    sweep: Sweep,
    *,
    results: str,
    count: int | None,
    show_output: bool,
    reporter: Reporter,
) -> AgentReport:
    """Run a sweep's runs on this machine until `count` or the sweep is used up.

    Raises NotSupported for a sweep that this version cannot run, LaunchError or ConfigError
    where the program cannot be started; the run is given back then.
    """
    with Wakeup() as wakeup:
        agent = RunningAgent(
            store, sweep, results, reporter, wakeup, count=count, show_output=show_output
        )
        return agent.work()


class RunningAgent:
    """The state of an agent between two wake-ups."""

    def __init__(
        self,
        store: Store,
        sweep: Sweep,
        results: str,
        reporter: Reporter,
        wakeup: Wakeup,
        *,
        count: int | None,
        show_output: bool,
    ) -> None:
        self._store = store
        self._sweep = sweep
        self._config = config_parse.parse(sweep.config)
        self._results = results
        self._reporter = reporter
        self._wakeup = wakeup
        self._count = count
        self._output = Output(shown=show_output)
        self._id = new_id()
        self._live: LiveRun | None = None
        self._shutdown = Shutdown()
        self._breaker = Breaker(os.environ, time.monotonic())
        self._next_tick = 0.0  # monotonic
        self._states: dict[RunState, int] = {}
        self._why = ""
        self._exit_code = 0

    def work(self) -> AgentReport:
        """Take and run runs until there is a reason to end."""
        self._interpreter = preflight.check(self._config, self._reporter.note)
        self._store.add_agent(this_agent(self._id))
        try:
            while not self._why:
                self._obey_signals()
                if self._live is not None:
                    self._watch(self._live)
                elif not self._is_over():
                    self._take_run()
        finally:
            if self._live is not None:
                self._live.end(signal.SIGKILL, "the agent failed")
            self._store.end_agent(self._id, time.time())
        if controller.is_used_up(self._store, self._sweep.id, self._config):
            self._store.finish_if_done(self._sweep.id)
        return AgentReport(self._states, self._why, self._exit_code)

    @property
    def _ran(self) -> int:
        return sum(self._states.values())

    def _is_over(self) -> bool:
        if self._shutdown.rung:
            self._end(self._shutdown.why, exit_code=self._shutdown.exit_code)
        elif self._count is not None and self._ran >= self._count:
            self._end(f"ran the {self._count} asked for")
        return bool(self._why)

    def _end(self, why: str, *, exit_code: int = 0) -> None:
        self._why, self._exit_code = why, exit_code

    def _take_run(self) -> None:
        if time.monotonic() >= self._next_tick:  # short runs leave no time for it in between
            self._tick()
        run = self._store.claim_run(self._sweep.id, self._id, time.time())
        if run is None:
            self._find_more()
            return
        try:
            self._live, argv = live_run.launch(
                *(run, self._sweep, self._config),
                results=self._results,
                interpreter=self._interpreter,
            )
        except SweepError as error:
            ending = Ending(RunState.FAILED, None, str(error), time.time())
            self._store.give_back(run, ending, [], Progress())
            raise
        self._reporter.started(run, argv)

    def _find_more(self) -> None:
        """Make a run available, or find out why there is none."""
        state = self._store.sweep(self._sweep.id).state
        if state is SweepState.PAUSED:
            self._wakeup.wait(TICK_S)
        elif state not in (SweepState.PENDING, SweepState.RUNNING):
            self._recover()  # what a dead agent left running ends with its sweep
            self._end(f"the sweep is {state}")
        elif not self._recover() and not self._top_up():
            done = self._store.finish_if_done(self._sweep.id)
            others = "" if done else "; other agents still run some"
            self._end(f"nothing is left: {controller.limit_reached(self._config)}{others}")

    def _recover(self) -> bool:
        lost = recovery.give_back_lost(self._store, self._sweep, self._config, self._results)
        for run in lost:
            self._reporter.note(f"run {run.id} was lost with its agent and is handed out again")
        return bool(lost)

    def _top_up(self) -> bool:
        left = BATCH if self._count is None else self._count - self._ran
        return controller.top_up(
            self._store, self._sweep.id, self._config, wanted=min(left, BATCH), now=time.time()
        )

    def _watch(self, live: LiveRun) -> None:
        """Sleep, then see to the run: its end, its output, the heartbeat."""
        self._wakeup.wait(min(self._next_tick - time.monotonic(), self._output.patience_s))
        exit_code = live.poll()
        self._output.show(live)
        if exit_code is not None:
            self._finish(live, exit_code)
        elif time.monotonic() >= self._next_tick:
            self._tick()
            self._look_after(live)

    def _tick(self) -> None:
        """Give a sign of life, and take back what agents without one have left."""
        self._next_tick = time.monotonic() + TICK_S
        self._store.heartbeat(self._id, time.time())
        self._recover()

    def _look_after(self, live: LiveRun) -> None:
        rows, progress = live.collect()
        if rows:
            self._store.save_progress(live.run, rows, progress)
        canceled = self._store.sweep(self._sweep.id).state is SweepState.CANCELED
        if canceled and not live.is_ending:
            live.end(signal.SIGTERM, "the sweep was canceled")
        live.kill_if_overdue()

    def _finish(self, live: LiveRun, exit_code: int) -> None:
        self._live = None
        rows, progress = live.collect(ended=True)
        ending = live.ending(exit_code)
        live.close()
        if not self._store.finish_run(live.run, ending, rows, progress):
            self._reporter.note(f"run {live.run.id} was given to another agent meanwhile")
        self._states[ending.state] = self._states.get(ending.state, 0) + 1
        self._reporter.ended(_ended(live.run, ending, progress))
        for text in live.complaints(ending):
            self._reporter.note(text)
        failing = self._breaker.trips(ending.state, time.monotonic())
        if failing:
            self._end(failing, exit_code=GAVE_UP)

    def _obey_signals(self) -> None:
        for number in self._wakeup.take_signals():
            self._reporter.note(self._shutdown.climb(number))
            if self._live is not None and self._shutdown.signal is not None:
                self._live.end(self._shutdown.signal, f"its agent was {self._shutdown.why}")


class Output:
    """Copies the output of runs to standard output, for as long as somebody reads it."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown and sys.stdout is not None  # None: started with it closed

    @property
    def patience_s(self) -> float:
        """How long new output may wait."""
        return OUTPUT_S if self._shown else math.inf

    def show(self, live: LiveRun) -> None:
        """Write what the run has printed since the last call."""
        try:
            while self._shown and (piece := live.new_output()):
                while piece:  # unbuffered: what a buffer kept would fail once more at the exit
                    piece = piece[os.write(sys.stdout.fileno(), piece) :]
        except OSError:  # the reader of a pipe is gone; the run goes on
            self._shown = False


def this_agent(agent_id: str) -> Agent:
    """Return the agent that this process is."""
    now, pid = time.time(), os.getpid()
    host = os.uname().nodename
    return Agent(agent_id, host, pid, now, now, pid_started=local.started(pid))


def _ended(run: Run, ending: Ending, progress: Progress) -> Run:
    return run._replace(
        state=ending.state,
        ended_at=ending.at,
        exit_code=ending.exit_code,
        reason=ending.reason,
        summary=progress.summary,
        value=progress.value,
        value_step=progress.value_step,
    )
