"""What a rule of early termination would have done to the runs of a sweep."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from sweepcli.errors import UsageError
from sweepcli.records import RunState
from sweepcli.runs.metrics import tally
from sweepcli.stopping import replay as past
from sweepcli.values import leaf

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sweepcli.records import Attempt, Metric, Row, Run, Sweep, SweepConfig
    from sweepcli.stopping import Settings
    from sweepcli.stores import Store

NO_RULE = "{} has no `early_terminate` with a metric, so there is nothing to replay"


@dataclass(frozen=True, slots=True)
class Replay:
    """The runs of a sweep, and where a rule would have cut them."""

    sweep: Sweep
    metric: Metric
    rule: Settings
    runs: Sequence[Run]
    pasts: dict[str, past.Past]
    cuts: dict[str, past.Cut]

    def best(self, *, is_cut: bool) -> tuple[Run | None, float | None]:
        """Return the best run and its value; with `is_cut`, as the rule leaves them."""
        values = [
            (self.kept(run) if is_cut and run.id in self.cuts else run.value, run)
            for run in self.runs
        ]
        found = [(value, run) for value, run in values if value is not None]
        if not found:
            return None, None
        value, run = min(found, key=lambda each: self.metric.goal.sign * each[0])
        return run, value

    @property
    def is_known(self) -> bool:
        """Whether the values of stopped runs are known: a history tells no `init()` apart."""
        return self.metric.over_inits is None

    def kept(self, run: Run) -> float | None:
        """Return the value of a run at its cut, as the sweep counts it."""
        cut = self.cuts[run.id]
        if self.metric.value == "best" or not self.is_known:
            return cut.best if self.is_known else None
        seen = (logged for logged in self.pasts[run.id].logged if logged.at < cut.at)
        attempts = groupby(seen, key=lambda logged: logged.attempt)
        return tally.value_of_history(
            self.metric, ([(each.step, each.value) for each in rows] for _, rows in attempts)
        )

    def saved(self) -> tuple[int, float]:
        """Return how many values and seconds the rule would have saved."""
        cuts = self.cuts.values()
        return sum(cut.values for cut in cuts), sum(cut.seconds for cut in cuts)

    def stopped(self) -> list[tuple[Run, past.Cut]]:
        """Return the runs that the rule would have stopped."""
        return [(run, self.cuts[run.id]) for run in self.runs if run.id in self.cuts]

    def totals(self) -> tuple[int, float]:
        """Return how many values the runs logged, and how long they ran."""
        every = self.pasts.values()
        return sum(len(each.logged) for each in every), sum(past.seconds(each) for each in every)


def of(store: Store, sweep: Sweep, config: SweepConfig | None, *, tick_s: float) -> Replay:
    """Replay a sweep under the rule of a config, or its own; raise UsageError without one."""
    own = sweep.config
    metric, rule = own.metric, (config or own).early_terminate
    if metric is None or rule is None:
        raise UsageError(NO_RULE.format("the config" if config else f"sweep {sweep.path}"))
    if config is not None and (config.metric or metric)[:2] != metric[:2]:
        raise UsageError(f"the config's metric is not that of sweep {sweep.path}, {metric.name}")
    runs = store.page(sweep.id)
    pasts = {run.id: _past(store, run, metric) for run in runs}
    return Replay(
        sweep, metric, rule, runs, pasts, past.replay(rule, metric.goal, pasts, tick_s=tick_s)
    )


def _past(store: Store, run: Run, metric: Metric) -> past.Past:
    attempts = store.attempts(run.id)
    spans = [
        (each.started_at, math.inf if each.ended_at is None else each.ended_at) for each in attempts
    ]
    logged = [
        logged
        for each in attempts
        for logged in _logged(each, store.history(run.id, each.attempt), metric)
    ]
    return past.Past(spans, logged, is_finished=run.state is RunState.FINISHED)


def _logged(attempt: Attempt, rows: Sequence[Row], metric: Metric) -> Iterator[past.Logged]:
    """Yield the values of an attempt; rows without a time are spread evenly over it."""
    start = attempt.started_at
    length = 0.0 if attempt.ended_at is None else attempt.ended_at - start
    for count, row in enumerate(rows, 1):
        value = leaf(row.values, metric.name)
        if value is not None:
            spread = start + length * count / (len(rows) + 1)
            at = row.timestamp if row.timestamp is not None else spread
            yield past.Logged(at, attempt.attempt, row.step, value)
