"""`sweep check --replay PATH`: what a rule of early termination would have done to past runs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sweepcli.errors import UsageError
from sweepcli.records import RunState
from sweepcli.runs.timing import TICK_S
from sweepcli.stopping import replay as past
from sweepcli.values import leaf
from sweepcli.views import grid, render

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sweepcli.records import JSON, Attempt, Metric, Row, Run, Sweep, SweepConfig
    from sweepcli.stopping import Settings
    from sweepcli.stores import Store

NO_RULE = "{} names no `early_terminate` with a metric, so there is nothing to replay"


@dataclass(frozen=True, slots=True)
class Replay:
    """The runs of a sweep, and where a rule would have cut them."""

    sweep: Sweep
    metric: Metric
    rule: Settings
    runs: Sequence[Run]
    pasts: dict[str, past.Past]
    cuts: dict[str, past.Cut]

    def record(self) -> dict[str, JSON]:
        """Return it for `--json`."""
        values, seconds = self._totals()
        cuts = self.cuts.values()
        return {
            "path": self.sweep.path,
            "early_terminate": dict(self.rule),
            "runs": len(self.runs),
            "values": values,
            "values_saved": sum(cut.values for cut in cuts),
            "seconds": round(seconds, 3),
            "seconds_saved": round(sum(cut.seconds for cut in cuts), 3),
            "best": _named(*self._best(is_cut=False)),
            "best_kept": _named(*self._best(is_cut=True)),
            "stopped": [
                {
                    "id": run.id,
                    "value": run.value,
                    "value_kept": cut.best,
                    "reason": cut.reason,
                    "values_saved": cut.values,
                    "seconds_saved": round(cut.seconds, 3),
                }
                for run, cut in self._stopped()
            ],
        }

    def lines(self) -> list[str]:
        """Return it for people."""
        values, seconds = self._totals()
        saved = sum(cut.values for cut in self.cuts.values())
        time_saved = sum(cut.seconds for cut in self.cuts.values())
        rule = ", ".join(f"{key}: {value}" for key, value in self.rule.items() if key != "type")
        head = [
            ("rule", f"{self.rule['type']}{f' ({rule})' if rule else ''}"),
            ("would stop", render.of_total(len(self.cuts), len(self.runs)) + " runs"),
            ("would save", f"{saved} of {render.many(values, 'value')}{_share(saved, values)}"),
            ("", f"{render.duration(time_saved)} of {render.duration(seconds)} at work"),
            ("best", self._best_line()),
        ]
        if before := sum(run.state is RunState.STOPPED for run in self.runs):
            head.append(("unknown", f"what {before} that were stopped then would have shown"))
        rows = [(run.id, run.value, cut.best, cut.reason) for run, cut in self._stopped()]
        heads = ("run", self.metric.name, "kept", "would be")
        return [*grid.pairs(head), *(grid.table(heads, rows).lines if rows else [])]

    def _best_line(self) -> str:
        (run, value), (left, kept) = self._best(is_cut=False), self._best(is_cut=True)
        if run is None or value is None:
            return "none: no run has logged a number"
        shown = f"{self.metric.name}={render.number(value)} of run {run.id}"
        if kept == value:
            return f"{shown} would be found all the same"
        instead = f"{render.number(kept)} of run {left.id}" if left and kept is not None else "none"
        return f"{shown} would be LOST; the best that is left: {instead}"

    def _best(self, *, is_cut: bool) -> tuple[Run | None, float | None]:
        """Return the best run and its value, as the rule leaves it where `is_cut`."""
        maximize = render.maximize(self.metric)
        values = [
            (self.cuts[run.id].best if is_cut and run.id in self.cuts else run.value, run)
            for run in self.runs
        ]
        found = [(value, run) for value, run in values if value is not None]
        if not found:
            return None, None
        value, run = (max if maximize else min)(found, key=lambda each: each[0])
        return run, value

    def _stopped(self) -> list[tuple[Run, past.Cut]]:
        return [(run, self.cuts[run.id]) for run in self.runs if run.id in self.cuts]

    def _totals(self) -> tuple[int, float]:
        every = self.pasts.values()
        return sum(len(each.logged) for each in every), sum(past.seconds(each) for each in every)


def of(store: Store, sweep: Sweep, config: SweepConfig | None) -> Replay:
    """Replay a sweep under the rule of a config, or its own; raise UsageError without one."""
    own = sweep.config
    metric, rule = own.metric, (config or own).early_terminate
    if metric is None or rule is None:
        raise UsageError(NO_RULE.format("the config" if config else f"sweep {sweep.path}"))
    if config is not None and (config.metric or metric)[:2] != metric[:2]:
        raise UsageError(f"the config's metric is not that of sweep {sweep.path}, {metric.name}")
    runs = store.page(sweep.id)
    pasts = {run.id: _past(store, run.id, metric) for run in runs}
    return Replay(
        sweep, metric, rule, runs, pasts, past.replay(rule, metric.goal, pasts, tick_s=TICK_S)
    )


def _past(store: Store, run_id: str, metric: Metric) -> past.Past:
    attempts = store.attempts(run_id)
    spans = [
        (each.started_at, math.inf if each.ended_at is None else each.ended_at) for each in attempts
    ]
    logged = [
        logged
        for each in attempts
        for logged in _logged(each, store.history(run_id, each.attempt), metric)
    ]
    return past.Past(spans, logged)


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


def _share(part: int, whole: int) -> str:
    return f" ({part / whole:.0%})" if whole else ""


def _named(run: Run | None, value: float | None) -> JSON:
    return run and {"id": run.id, "value": value}
