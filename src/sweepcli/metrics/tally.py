"""What a run's events add up to: rows of history, a summary, the value of the metric.

The value is the best finite number that the metric took, in the direction of its goal, in
history or summary: W&B's search engine judges a run the same way (`metric_extremum`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli import dotted, wire
from sweepcli.finite import finite
from sweepcli.records import Goal, Progress, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sweepcli.records import JSON, Metric

FOLDS: dict[str, Callable[[float, float], float]] = {
    "min": min,
    "max": max,
    "first": lambda first, _: first,
    "last": lambda _, last: last,
}


NOTHING_SHOWN = Progress()
LARGEST_STEP = 2**53  # a larger one is no step, and no database has room for it


class Tally:
    """Adds up the events of one attempt at a run, on top of what those before it have shown.

    An attempt goes on from a checkpoint, or does the same once more: in both cases the best
    value of the run may have come before it.
    """

    def __init__(self, metric: Metric | None, before: Progress = NOTHING_SHOWN) -> None:
        self.is_preempting = False  # the script said so
        self.count = 0  # how many finite values of the metric were logged, summaries apart
        self._metric = metric
        self._summary: dict[str, JSON] = dict(before.summary)
        self._wanted: dict[str, tuple[str, ...]] = {}  # key or prefix* -> kinds of summary
        self._means: dict[str, tuple[float, int]] = {}
        self._folds: dict[str, float] = {}  # apart from the summary, which scripts may override
        self._value = before.value
        self._value_step = before.value_step
        self._worst = before.worst
        self._latest = before.latest
        self._next_step = 0

    @property
    def progress(self) -> Progress:
        """What the run has shown so far."""
        shown = self._value, self._value_step, self._worst, self._latest
        return Progress(dict(self._summary), *shown)

    def add(self, events: Iterable[tuple[int, dict[str, JSON]]]) -> list[Row]:
        """Take numbered events, and return those that are rows of history."""
        rows = []
        for line, event in events:
            kind = event.pop(wire.EVENT, None)
            if kind is None:
                rows.append(self._row(line, event))
            elif kind == "summary" and isinstance(event.get("summary"), dict):
                self._replace(event["summary"])
            elif kind == "define_metric" and isinstance(event.get("name"), str):
                self._define(event["name"], event.get("summary"))
            elif kind == "preempting":
                self.is_preempting = True
        return rows

    def _row(self, line: int, event: dict[str, JSON]) -> Row:
        step = event.pop(wire.STEP, None)
        if isinstance(step, bool) or not isinstance(step, int) or abs(step) > LARGEST_STEP:
            step = self._next_step
        self._next_step = step + 1
        at = finite(event.pop(wire.TIMESTAMP, None))
        for key, value in dotted.leaves(event):
            self._summarise(key, value, step)
        return Row(line, step, at, event)

    def _replace(self, values: Mapping[str, JSON]) -> None:
        for key, value in dotted.leaves(values):
            self._summary[key] = value
            self._judge(key, value, self._next_step - 1)

    def _define(self, name: str, summary: JSON) -> None:
        kinds = tuple(part.strip() for part in str(summary or "").split(",") if part.strip())
        if kinds:
            self._wanted[name] = kinds

    def _summarise(self, key: str, value: JSON, step: int) -> None:
        self.count += self._judge(key, value, step)
        kinds = self._wanted.get(key) or self._wanted_by_prefix(key)
        if not kinds:
            self._summary[key] = value
            return
        found = finite(value)
        if found is None:
            return
        for kind in kinds:
            if kind != "none":
                self._fold(f"{key}.{kind}", kind, found, step)

    def _wanted_by_prefix(self, key: str) -> tuple[str, ...]:
        for name, kinds in self._wanted.items():
            if name.endswith("*") and key.startswith(name[:-1]):
                return kinds
        return ()

    def _fold(self, name: str, kind: str, value: float, step: int) -> None:
        if kind == "mean":
            total, count = self._means.get(name, (0.0, 0))
            self._means[name] = (total + value, count + 1)
            self._summary[name] = (total + value) / (count + 1)
        elif kind in FOLDS:
            self._folds[name] = FOLDS[kind](self._folds.get(name, value), value)
            self._summary[name] = self._folds[name]
        self._judge(name, self._summary.get(name), step)

    def _judge(self, key: str, value: JSON, step: int) -> bool:
        """Take note of a value if it is a finite one of the metric; return whether it is."""
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
