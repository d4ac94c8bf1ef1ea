"""Which number counts: the value of a run, of all that its attempts have shown of the metric.

The curve that early termination judges is not made here: that is the history as it was logged.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from sweepcli.records import Progress
from sweepcli.runs.metrics.inits import SharedSteps
from sweepcli.runs.metrics.series import Found, Series
from sweepcli.runs.metrics.summary import Summary
from sweepcli.values import finite, mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sweepcli.records import JSON, Metric


class RunValue:
    """The metric in one attempt at a run, on top of what those before it have shown.

    With `metric.over`, each `init()` is judged by its own values and its own summary.
    """

    def __init__(self, metric: Metric, before: Progress, summary: Summary) -> None:
        self.shared_steps = SharedSteps()
        self.count = 0  # how many finite values were logged, summaries apart
        self._metric = metric
        self.names = metric.name, metric.name.rpartition(".")[0]  # and what it may be a figure of
        self._before = before
        self._all = Series(metric, summary)
        self._inits: dict[str, Series] = {}  # in the order in which they began to log

    @property
    def is_figure(self) -> bool:
        """Whether the metric is a figure that the script has asked for with `define_metric`."""
        return self._all.is_figure

    def define(self, name: str, said: Mapping[str, JSON], init: str | None) -> None:
        """Take note of how a metric is summarised."""
        if self._metric.over_inits:
            self._of(init).summary.define(name, said)

    def add(self, key: str, value: JSON, step: int, init: str | None) -> None:
        """Add a logged value of one of `names`, which is in the run's summary already."""
        is_metric = key == self._metric.name
        if self._metric.over_inits:
            self._of(init).summary.add(key, value)
        found = finite(value)
        if found is None or not (is_metric or self.is_figure):
            return
        self.count += is_metric
        self.shared_steps.add(step, init)
        for series in self._both(init):
            if is_metric:
                series.add(found, step, init)
            series.look(step)

    def summarise(self, key: str, value: JSON, step: int, init: str | None) -> None:
        """Take what the script has put into its summary; the run's has it already."""
        if key != self._metric.name:
            return
        if self._metric.over_inits:
            self._of(init).summary.values[key] = value
        for series in self._both(init):
            series.summarise(value, step)
            series.look(step)

    def progress(self) -> Progress:
        """Return what is known of the metric, without a summary."""
        before = self._before
        value, step = self._found() or Found(before.value, before.value_step)
        step = None if value is None else step
        if self.is_figure:
            return Progress(value=value, value_step=step, worst=value, latest=value, best=value)
        return Progress(
            value=value,
            value_step=step,
            worst=self._worst(),
            latest=before.latest if self._all.latest is None else self._all.latest,
            best=self._best().value,
        )

    def _best(self) -> Found:
        """Return the best value that any attempt has shown."""
        here, before = self._all, self._before
        known = before.value if before.best is None else before.best
        if here.best is not None and self._metric.goal.is_better(here.best, known):
            return Found(here.best, here.best_step)
        return Found(known, before.value_step)

    def _worst(self) -> float | None:
        here, before = self._all.worst, self._before.worst
        if here is None or (before is not None and self._metric.goal.is_better(here, before)):
            return before
        return here

    def _found(self) -> Found | None:
        if self._metric.over_inits:
            return self._joined()
        if self._metric.value == "best" and not self.is_figure:
            return self._best()
        found = self._all.found()
        is_old = found is not None and found.step is None and self._metric.value == "final"
        if found is not None and is_old and found.value == self._before.value:
            return Found(found.value, self._before.value_step)  # in the summary since then
        return found

    def _joined(self) -> Found | None:
        """Return the values of all `init()` that logged the metric as one.

        One that has no number leaves none: without it the others would look better than they are.
        """
        every = [series.found() for series in self._inits.values() if series.has_metric]
        found = [(each.value, each.step) for each in every if each and each.value is not None]
        if not every:
            return None
        if self._metric.over_inits == "last":
            return every[-1] or Found(None, None)
        if len(found) < len(every):
            return Found(None, None)
        if len(found) == 1:
            return Found(*found[0])
        if self._metric.over_inits == "mean":
            return Found(mean([value for value, _ in found]), None)
        choose = min if self._metric.over_inits == "min" else max
        return Found(*choose(found, key=itemgetter(0)))

    def _of(self, init: str | None) -> Series:
        known = self._inits.get(init or "")
        if known is None:
            known = self._inits[init or ""] = Series(self._metric, Summary({}))
        return known

    def _both(self, init: str | None) -> Sequence[Series]:
        return (self._all, self._of(init)) if self._metric.over_inits else (self._all,)
