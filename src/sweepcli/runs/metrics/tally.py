"""The sum of a run's events: rows of history, a summary, the value of the metric.

The value is the best finite number of the metric in history or summary, in the direction of its
goal, as in W&B's search engine (`metric_extremum`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sweepcli import wire
from sweepcli.records import JSON, Goal, Progress, Row
from sweepcli.runs.metrics.said_ends import SaidEnds
from sweepcli.values import finite, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sweepcli.records import Metric

Fold = Callable[[float, float], float]

FOLDS: dict[str, Fold] = {
    "min": min,
    "max": max,
    "first": lambda first, _: first,
    "last": lambda _, last: last,
}
BEST: dict[JSON, Fold] = {"maximize": max}  # W&B's `best`; for any other goal it is the least

NOTHING_SHOWN = Progress()
LARGEST_STEP = 2**53  # a larger number is not a step, and too large for a database


class Tally:
    """Adds up the events of one attempt at a run, on top of those of earlier attempts.

    Whether an attempt goes on from a checkpoint or begins again, the run's best value may be
    from an earlier one.
    """

    def __init__(self, metric: Metric | None, before: Progress = NOTHING_SHOWN) -> None:
        self.is_preempting = False  # the script said so
        self.client: str | None = None  # what wrote the events, if it says so
        self.ends = SaidEnds()
        self.has_rows = False
        self.count = 0  # how many finite values of the metric were logged, summaries apart
        self._metric = metric
        self._summary: dict[str, JSON] = dict(before.summary)
        self._wanted: dict[str, tuple[str, ...]] = {}  # key or prefix* -> kinds of summary
        self._best: dict[str, Fold] = {}  # the same key -> which value is the best
        self._means: dict[str, tuple[float, int]] = {}
        self._folds: dict[str, float] = {}  # apart from the summary, which scripts may override
        self._value = before.value
        self._value_step = before.value_step
        self._worst = before.worst
        self._latest = before.latest
        self._next_step = 0

    @property
    def progress(self) -> Progress:
        """What the run has logged so far, added up."""
        shown = self._value, self._value_step, self._worst, self._latest
        return Progress(dict(self._summary), *shown)

    def add(self, events: Iterable[tuple[int, dict[str, JSON]]]) -> list[Row]:
        """Add numbered events, and return those that are rows of history."""
        rows = []
        for line, event in events:
            kind = event.pop(wire.EVENT, None)
            origin = event.pop(wire.ORIGIN, None)
            if kind is None:
                rows.append(self._row(line, event))
            elif kind == "summary" and isinstance(event.get("summary"), dict):
                self._replace(event["summary"])
            elif kind == "define_metric" and isinstance(event.get("name"), str):
                self._define(event["name"], event)
            elif kind == "preempting":
                self.is_preempting = True
            elif kind == "init" and isinstance(event.get("client"), str):
                self.client = event["client"]
            if kind is not None:
                self.ends.add(kind, event, origin)
        return rows

    def _row(self, line: int, event: dict[str, JSON]) -> Row:
        self.has_rows = True
        step = event.pop(wire.STEP, None)
        if isinstance(step, bool) or not isinstance(step, int) or abs(step) > LARGEST_STEP:
            step = self._next_step
        self._next_step = step + 1
        at = finite(event.pop(wire.TIMESTAMP, None))
        for key, value in leaves(event):
            self._summarise(key, value, step)
        return Row(line, step, at, event)

    def _replace(self, values: Mapping[str, JSON]) -> None:
        for key, value in leaves(values):
            self._summary[key] = value
            self._judge(key, value, self._next_step - 1)

    def _define(self, name: str, said: Mapping[str, JSON]) -> None:
        words = str(said.get("summary") or "").split(",")
        kinds = tuple(word.strip() for word in words if word.strip())
        if kinds:
            self._wanted[name] = kinds
            self._best[name] = BEST.get(str(said.get("goal")), min)

    def _summarise(self, key: str, value: JSON, step: int) -> None:
        self.count += self._judge(key, value, step)
        wanted = key if key in self._wanted else self._wanting_prefix(key)
        if wanted is None:
            if value is not None:  # as in W&B's summary, the old value stays
                self._summary[key] = value
            return
        found = finite(value)
        if found is None:
            return
        for kind in self._wanted[wanted]:
            name = f"{key}.{kind}"
            if kind == "mean":
                self._mean(name, found)
            elif fold := self._best[wanted] if kind == "best" else FOLDS.get(kind):
                self._folds[name] = fold(self._folds.get(name, found), found)
                self._summary[name] = self._folds[name]
            self._judge(name, self._summary.get(name), step)

    def _wanting_prefix(self, key: str) -> str | None:
        for name in self._wanted:
            if name.endswith("*") and key.startswith(name[:-1]):
                return name
        return None

    def _mean(self, name: str, value: float) -> None:
        total, count = self._means.get(name, (0.0, 0))
        self._means[name] = (total + value, count + 1)
        self._summary[name] = (total + value) / (count + 1)

    def _judge(self, key: str, value: JSON, step: int) -> bool:
        """Count a value if it is a finite one of the metric; return whether it is."""
        if self._metric is None or key != self._metric.name:
            return False
        found = finite(value)
        if found is None:
            return False
        better, worse = (max, min) if self._metric.goal is Goal.MAXIMIZE else (min, max)
        if self._value is None or better(found, self._value) != self._value:
            self._value, self._value_step = found, max(step, 0)
        self._worst = found if self._worst is None else worse(found, self._worst)
        self._latest = found
        return True
