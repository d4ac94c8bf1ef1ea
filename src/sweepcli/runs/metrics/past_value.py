"""The value of a run that is over, judged again from its history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli import wire
from sweepcli.records import Progress
from sweepcli.runs.metrics.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sweepcli.records import JSON, Metric


def of(metric: Metric, attempts: Iterable[Iterable[tuple[int, JSON]]]) -> float | None:
    """Return the value of the (step, value) that each attempt has logged of the metric.

    A history does not say which `init()` logged what: all is of one.
    """
    shown = Progress()
    for logged in attempts:
        tally = Tally(metric._replace(over_inits=None), shown)
        rows = ({wire.STEP: step, metric.name: value} for step, value in logged)
        tally.add(enumerate(rows))
        shown = tally.progress
    return shown.value
