"""Runs of several metrics: which of them no other run beats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.values import finite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import Metric, Run, SweepConfig


def values(run: Run, metrics: Sequence[Metric]) -> list[float] | None:
    """Return what a run's summary says of each metric; None unless all are finite numbers."""
    found = [finite(run.summary.get(metric.name)) for metric in metrics]
    numbers = [value for value in found if value is not None]
    return numbers if len(numbers) == len(metrics) else None


def objectives(config: SweepConfig, run: Run) -> list[float] | None:
    """Return what a run has shown of all that its sweep optimises; None if it lacks some."""
    if config.metrics:
        return values(run, config.metrics)
    return None if run.value is None else [run.value]


def front(runs: Sequence[Run], metrics: Sequence[Metric]) -> list[Run]:
    """Return the runs that no other is better than in one metric and as good in the rest.

    They come in the order of the first metric, the best first; equal ones are all there.
    """
    signs = [metric.goal.sign for metric in metrics]
    losses = [
        (tuple(sign * value for sign, value in zip(signs, found, strict=True)), run)
        for run in runs
        if (found := values(run, metrics)) is not None
    ]
    kept: list[tuple[tuple[float, ...], Run]] = []
    # In this order, nobody is beaten by one who comes later.
    for loss, run in sorted(losses, key=lambda each: (each[0], each[1].number)):
        if not any(_beats(other, loss) for other, _ in kept):
            kept.append((loss, run))
    return [run for _, run in kept]


def _beats(one: Sequence[float], other: Sequence[float]) -> bool:
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))
