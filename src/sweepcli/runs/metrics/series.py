"""The figures of a series of values: the metric, as one attempt or one `init()` in it has shown it.

Of a long series only the figures are kept, and the last few values.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.runs.metrics.summary import Mean
from sweepcli.values import finite, mean

if TYPE_CHECKING:
    from sweepcli.records import JSON, Metric
    from sweepcli.runs.metrics.summary import Summary


class Found(NamedTuple):
    """A value, and the step that it is from: None for a mean."""

    value: float | None
    step: int | None


class Series:
    """The values of the metric that belong together, and the summary beside them."""

    def __init__(self, metric: Metric, summary: Summary) -> None:
        self.summary = summary
        self.best: float | None = None  # of history and summary
        self.best_step: int | None = None
        self.worst: float | None = None
        self._metric = metric
        self._recent: deque[float] = deque(maxlen=metric.last_of)
        self._place: tuple[object, int] | None = None  # the `init()` and step of the last one
        self._earlier = Mean()  # of all but the last one, which its step's next row replaces
        self._said: Found | None = None  # what the script has put into its summary
        self._final_step: int | None = None  # of what the summary has
        self._figure = Found(None, None)

    @property
    def latest(self) -> float | None:
        """The last finite value of the history; the summary's if there is none."""
        if self._recent:
            return self._recent[-1]
        return self._said.value if self._said else None

    @property
    def is_figure(self) -> bool:
        """Whether the metric is a figure that the script has asked for with `define_metric`."""
        return self.summary.kind(self._metric.name) is not None

    @property
    def has_metric(self) -> bool:
        """Whether the metric was shown, if only as NaN."""
        return self.latest is not None or self._metric.name in self.summary.values

    def add(self, value: float, step: int, init: object) -> None:
        """Add a finite value that was logged."""
        if self._recent:
            if self._place == (init, step):  # rows of one step are one row
                self._recent.pop()
            else:
                self._earlier.add(self._recent[-1])
        self._recent.append(value)
        self._place = init, step
        self._final_step = step
        self._compare(value, step)

    def summarise(self, value: JSON, step: int) -> None:
        """Take what the script has put into its summary."""
        self._final_step = step
        found = finite(value)
        if found is not None:
            self._said = Found(found, step)
            self._compare(found, step)

    def look(self, step: int) -> None:
        """Look at the figure that the metric is, if it is one: it may have changed."""
        kind = self.summary.kind(self._metric.name)
        if kind is None:
            return
        value = finite(self.summary.values.get(self._metric.name))
        if kind == "mean":
            self._figure = Found(value, None)
        elif kind == "last" or value != self._figure.value:
            self._figure = Found(value, step)

    def found(self) -> Found | None:
        """Return the value as the config counts it; None if nothing was shown of the metric."""
        if self.is_figure:
            return self._figure
        if self._metric.value == "best":
            return None if self.best is None else Found(self.best, self.best_step)
        return self._chosen()

    def _chosen(self) -> Found | None:
        values = self.summary.values
        if self._metric.value == "final" and self._metric.name in values:
            return Found(finite(values[self._metric.name]), self._final_step)
        if not self._recent:
            return self._said
        if self._metric.value == "mean":
            return Found(finite(self._earlier.value(self._recent[-1])), None)
        if self._metric.last_of > 1:
            return Found(mean(self._recent), None)
        return Found(self._recent[-1], self._place[1] if self._place else None)

    def _compare(self, value: float, step: int) -> None:
        if self.best is None or self.worst is None:
            self.best, self.best_step, self.worst = value, step, value
        elif self._metric.goal.is_better(value, self.best):
            self.best, self.best_step = value, step
        elif self._metric.goal.is_better(self.worst, value):
            self.worst = value
