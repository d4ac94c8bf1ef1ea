"""What an agent's board shows, from the calls to its reporter and from the store."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.errors import StoreError
from sweepcli.records import RunState, SweepState
from sweepcli.search import importance
from sweepcli.sweeps import controller
from sweepcli.values import as_float, leaf, mean
from sweepcli.views import pace, params_order, render, sweep_state

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from sweepcli.records import JSON, Metric, Progress, Row, Run, Sweep
    from sweepcli.runs.slots import Slot
    from sweepcli.stores import Store
    from sweepcli.views.pace import Pace
    from sweepcli.views.params_order import ParamsOrder

    Line = list[tuple[str, str]]  # spans of text, each with its style

READ_S = 2.0  # how often the store is asked
READ_SERVER_S = 10.0  # one that many share
SHARE = 50  # and how many times longer than the answer takes, at least
GROWTH = 1.2  # what matters is looked at again when so many times more runs have ended
USUAL = (SweepState.PENDING, SweepState.RUNNING)
MOST_POINTS = 256  # of a curve that are kept; a sparkline has fewer characters


class RunProgress(NamedTuple):
    """A running run in its slot."""

    run: Run
    slot: str  # its name for people; empty where there is but one
    seconds: float  # since the attempt began
    params: Sequence[tuple[str, JSON]]  # by which it may differ from others
    step: int | None = None
    curve: Sequence[float] = ()


class SweepProgress(NamedTuple):
    """How far a sweep is."""

    path: str
    counts: Mapping[RunState, int]
    order: ParamsOrder
    total: int | None = None
    state: str = ""  # if it is not the usual one
    pace: Pace | None = None
    metric: Metric | None = None
    best: Run | None = None
    asked: tuple[int, int] | None = None  # how many attempts of this agent ended, and of how many

    @property
    def done(self) -> int:
        """How many runs have ended for good."""
        return render.done(self.counts)

    @property
    def has_end(self) -> bool:
        """Whether it is known how many runs there are to come."""
        return self.total is not None or self.asked is not None


class Board(NamedTuple):
    """All that is shown at one moment."""

    sweeps: Sequence[SweepProgress]
    running: Sequence[RunProgress]
    slots: int = 1
    signaled: str = ""  # what a signal to the agent means for the runs


class Seen:
    """A running run, and what it has logged."""

    def __init__(self, run: Run, slot: Slot, name: str) -> None:
        self.run = run
        self.slot = slot
        self.name = name
        self.step: int | None = None
        self.trace = Trace()


class Watched:
    """A sweep, and how far it is as far as is known."""

    def __init__(self, sweep: Sweep) -> None:
        self.sweep = sweep
        self.metric = sweep.config.metric
        self.total = controller.total(sweep.config)
        self.counts: dict[RunState, int] = {}
        self.best: Run | None = None
        self.latest: dict[str, Run] = {}  # by id
        self.order = params_order.of(sweep.config)
        self._weigh_at = importance.LEAST_RUNS  # that have ended

    def read(self, store: Store) -> None:
        """Ask the store, which knows of other agents too."""
        self.counts = store.counts(self.sweep.id)
        self.sweep = store.sweep(self.sweep.id)
        if self.metric is not None:
            self.best = store.best_run(self.sweep.id, self.metric.goal)
        self.latest = {run.id: run for run in pace.latest(store, self.sweep.id, self.counts)}

    def weigh(self, store: Store) -> None:
        """Put the parameters that matter most first, once there are enough more runs."""
        done = render.done(self.counts)
        if self.metric is not None and self.order.varying > 1 and done >= self._weigh_at:
            self._weigh_at = math.ceil(done * GROWTH)
            self.order = params_order.seen(store, self.sweep)

    @property
    def word(self) -> str:
        """How the sweep stands; an agent works on it, ours."""
        return sweep_state.word(self.sweep, self.counts)

    def pace(self, now: float) -> Pace | None:
        """Return how fast runs end, those of other agents included."""
        return pace.of_sweep(self.latest.values(), self.sweep.state, self.counts, self.total, now)

    def pace_of(self, ours: Collection[str], left: int, now: float) -> Pace | None:
        """Return the pace of one agent that has these running runs and so many left to end."""
        runs = self.latest.values()
        own = [run for run in runs if run.state is not RunState.RUNNING or run.id in ours]
        return pace.of(own, len(ours), left, now)

    def move(self, run: Run, before: RunState) -> None:
        """Record a run that had another state before."""
        self.latest[run.id] = run
        self.counts[before] = max(0, self.counts.get(before, 0) - 1)
        self.counts[run.state] = self.counts.get(run.state, 0) + 1

    def judge(self, run: Run) -> None:
        """Record a run as the best if its value is; until the next look it stays that."""
        if self.metric is None or run.value is None:
            return
        best = self.best.value if self.best is not None else None
        is_it = self.best is not None and self.best.id == run.id  # its value may be worse now
        if is_it or self.metric.goal.is_better(run.value, best):
            self.best = run


class Observed:
    """The state of a board. Times are monotonic but for those in records, as `clock` has them."""

    def __init__(
        self,
        store: Store,
        sweeps: Sequence[Sweep],
        slots: Sequence[Slot],
        run_limit: int | None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._read_s = READ_S if store.database.is_local else READ_SERVER_S
        self._watched = {sweep.id: Watched(sweep) for sweep in sweeps}
        self._slots = slots
        self._limit = run_limit
        self._ended = 0  # attempts
        self._signaled = ""
        self._seen: dict[str, Seen] = {}
        self._next_read = 0.0
        self._clock = clock

    @property
    def is_idle(self) -> bool:
        """Whether there is no running run."""
        return not self._seen

    def started(self, run: Run, slot: Slot) -> None:
        """Record a run that is about to start."""
        gpus = f"GPU {','.join(slot.gpus)}" if slot.gpus else ""
        name = gpus or (str(slot.number) if len(self._slots) > 1 else "")
        self._seen[run.id] = Seen(run, slot, name)
        before = RunState.PREEMPTED if run.attempt > 1 else RunState.PENDING
        self._watched[run.sweep_id].move(run, before)

    def logged(self, run: Run, rows: Sequence[Row], progress: Progress) -> None:
        """Record what a run has logged."""
        seen, watched = self._seen.get(run.id), self._watched[run.sweep_id]
        if seen is None:
            return
        seen.run = run._replace(
            **{name: value for name, value in progress._asdict().items() if name != "summary"}
        )
        watched.judge(seen.run)
        for row in rows:
            seen.step = row.step
            value = as_float(leaf(row.values, watched.metric.name)) if watched.metric else None
            if value is not None:
                seen.trace.add(value)

    def ended(self, run: Run) -> None:
        """Record the end of an attempt; the run has the state that it has now."""
        watched = self._watched[run.sweep_id]
        self._ended += 1
        self._seen.pop(run.id, None)
        watched.move(run, RunState.RUNNING)
        watched.judge(run)

    def signaled(self, text: str) -> None:
        """Record what the last signal means for the runs."""
        self._signaled = text

    def read(self, now: float) -> None:
        """Ask the store if that is due; without an answer, what was known stays."""
        if now < self._next_read:
            return
        is_later = self._next_read > 0.0  # numpy is not loaded when the agent starts
        began = time.monotonic()
        try:
            for watched in self._watched.values():
                watched.read(self._store)
                if is_later:
                    watched.weigh(self._store)
        except StoreError:  # the agent says so
            pass
        took = time.monotonic() - began
        self._next_read = now + max(self._read_s, SHARE * took)

    def board(self) -> Board:
        """Return what there is to show."""
        now = self._clock()
        seen = sorted(self._seen.values(), key=lambda each: each.slot.number)
        sweeps = [self._sweep(each, now) for each in self._watched.values()]
        return Board(
            sweeps,
            [self._run(each, now) for each in seen],
            slots=len(self._slots),
            signaled=self._signaled,
        )

    def _run(self, seen: Seen, now: float) -> RunProgress:
        seconds = now - (seen.run.started_at or now)
        params = self._watched[seen.run.sweep_id].order.differing(seen.run.params)
        return RunProgress(seen.run, seen.name, seconds, params, seen.step, seen.trace.values)

    def _sweep(self, watched: Watched, now: float) -> SweepProgress:
        is_one = len(self._watched) == 1
        asked = (self._ended, self._limit) if self._limit is not None and is_one else None
        found = watched.pace(now)
        if found is not None and asked is not None:  # whichever end comes first
            own = watched.pace_of(self._seen, asked[1] - asked[0], now)
            ends = [each.left_s for each in (found, own) if each and each.left_s is not None]
            found = found._replace(left_s=min(ends, default=None))
        return SweepProgress(
            watched.sweep.path,
            watched.counts,
            watched.order,
            total=watched.total,
            state="" if watched.word in USUAL else watched.word,
            pace=found,
            metric=watched.metric,
            best=watched.best,
            asked=asked,
        )


class Trace:
    """A curve that may grow for days, in a few points: means of equally many values each."""

    def __init__(self) -> None:
        self._means: list[float] = []  # NaN for a stretch without a finite value
        self._stride = 1  # how many values each of them is the mean of
        self._begun: list[float] = []  # the values of the next one

    @property
    def values(self) -> list[float]:
        """The curve, thinned where it is long."""
        return [*self._means, _mean(self._begun)] if self._begun else list(self._means)

    def add(self, value: float) -> None:
        """Take the next value."""
        self._begun.append(value)
        if len(self._begun) < self._stride:
            return
        self._means.append(_mean(self._begun))
        self._begun = []
        if len(self._means) == MOST_POINTS:
            pairs = zip(self._means[::2], self._means[1::2], strict=True)
            self._means = [_mean(pair) for pair in pairs]
            self._stride *= 2


def _mean(values: list[float] | tuple[float, ...]) -> float:
    found = mean(values)
    return math.nan if found is None else found
