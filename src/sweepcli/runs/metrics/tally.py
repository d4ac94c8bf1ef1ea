"""The sum of a run's events: rows of history, a summary and a `RunValue`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli import wire
from sweepcli.records import Progress, Row
from sweepcli.runs.metrics.inits import Descriptions, Finishes
from sweepcli.runs.metrics.run_value import RunValue
from sweepcli.runs.metrics.summary import Summary
from sweepcli.values import finite, leaves

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sweepcli.about import Description
    from sweepcli.records import JSON, Metric
    from sweepcli.runs.metrics.inits import SharedSteps

NOTHING_SHOWN = Progress()
LARGEST_STEP = 2**53  # a larger number is not a step, and too large for a database


class Tally:
    """Adds up the events of one attempt at a run, on top of those of earlier attempts.

    `copied_from` are the origins of rows that were copied from elsewhere than W&B's logs. With
    `again`, what was shown `before` is of the same events, and counts until they are heard.
    """

    def __init__(
        self,
        metric: Metric | None,
        before: Progress = NOTHING_SHOWN,
        *,
        copied_from: Collection[str] = (),
        again: bool = False,
    ) -> None:
        self.is_preempting = False  # the script said so
        self.client: str | None = None  # what wrote the events, if it says so
        self.finishes = Finishes()
        self.has_rows = False
        self._before = before
        self._has_begun = not again
        self._copied_from = copied_from
        earlier = NOTHING_SHOWN if again else before
        self._summary = Summary(earlier.summary)
        self._value = None if metric is None else RunValue(metric, earlier, self._summary)
        self._descriptions = Descriptions((earlier.name, earlier.notes, earlier.tags))
        self._next_step = 0

    @property
    def progress(self) -> Progress:
        """What the run has logged so far, added up."""
        if not self._has_begun:
            return self._before
        shown = self._value.progress() if self._value else NOTHING_SHOWN
        name, notes, tags = self.description
        return shown._replace(summary=dict(self._summary.values), name=name, notes=notes, tags=tags)

    @property
    def description(self) -> Description:
        """What the script says of the run."""
        return self._descriptions.last

    @property
    def count(self) -> int:
        """How many finite values of the metric were logged, summaries apart."""
        return self._value.count if self._value else 0

    @property
    def shared_steps(self) -> SharedSteps | None:
        """Which `init()` have logged the metric at the same steps."""
        return self._value.shared_steps if self._value else None

    @property
    def is_figure(self) -> bool:
        """Whether the metric is a figure that the script has asked for with `define_metric`."""
        return self._value is not None and self._value.is_figure

    def add(self, events: Iterable[tuple[int, dict[str, JSON]]]) -> list[Row]:
        """Add numbered events, and return those that are rows of history."""
        rows = []
        for line, event in events:
            self._has_begun = True
            kind = event.pop(wire.EVENT, None)
            origin = event.pop(wire.ORIGIN, None)
            if kind is not None:
                self.finishes.add(kind, event, origin)
            init = self._init(event, origin)
            if kind is None:
                rows.append(self._row(line, event, init))
            elif kind == "summary" and isinstance(event.get("summary"), dict):
                self._replace(event["summary"], init)
            elif kind == "define_metric" and isinstance(event.get("name"), str):
                self._define(event["name"], event, init)
            elif kind == "preempting":
                self.is_preempting = True
            elif kind == "init":
                self._begin(event, init)
        return rows

    def _init(self, event: dict[str, JSON], origin: JSON) -> str | None:
        """Return which `init()` an event is of, and take that out of it; None if it is not said."""
        init = event.pop(wire.INIT, None)
        if init is None and origin not in self._copied_from:
            init = origin  # each of W&B's logs is of one
        return init if isinstance(init, str) else None

    def _begin(self, event: Mapping[str, JSON], init: str | None) -> None:
        if isinstance(event.get("client"), str):
            self.client = event["client"]
        self._descriptions.add(event, init)
        if init is None and self._value:
            self._value.shared_steps.begin()

    def _row(self, line: int, event: dict[str, JSON], init: str | None) -> Row:
        self.has_rows = True
        step = event.pop(wire.STEP, None)
        if isinstance(step, bool) or not isinstance(step, int) or abs(step) > LARGEST_STEP:
            step = self._next_step
        self._next_step = step + 1
        at = finite(event.pop(wire.TIMESTAMP, None))
        for key, value in leaves(event):
            self._summary.add(key, value)
            if self._value and key in self._value.names:
                self._value.add(key, value, max(step, 0), init)
        return Row(line, step, at, event)

    def _replace(self, values: Mapping[str, JSON], init: str | None) -> None:
        for key, value in leaves(values):
            self._summary.values[key] = value
            if self._value:
                self._value.summarise(key, value, max(self._next_step - 1, 0), init)

    def _define(self, name: str, said: Mapping[str, JSON], init: str | None) -> None:
        self._summary.define(name, said)
        if self._value:
            self._value.define(name, said, init)


def value_of_history(
    metric: Metric, attempts: Iterable[Iterable[tuple[int, JSON]]]
) -> float | None:
    """Return the value of a run that is over, of the (step, value) that each attempt has logged.

    A history does not say which `init()` logged what: all is of one.
    """
    shown = Progress()
    for logged in attempts:
        tally = Tally(metric._replace(over_inits=None), shown)
        rows = ({wire.STEP: step, metric.name: value} for step, value in logged)
        tally.add(enumerate(rows))
        shown = tally.progress
    return shown.value
