"""A run's metrics over its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.values import as_float, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sweepcli.records import JSON, Metric, Row, Run
    from sweepcli.stores import Store

MOST_ROWS = 4_000  # of history that are read for a run, over all its attempts


class Curve(NamedTuple):
    """One metric of one run: a value for each step at which it was logged, in order."""

    steps: list[int]
    values: list[float]  # NaN and the infinities as they are


def of_run(store: Store, run: Run, most: int = MOST_ROWS) -> dict[str, Curve]:
    """Return all curves of a run by the dotted name of the metric, from about `most` rows.

    Attempts go on from each other: where several logged a step, the last one counts.
    """
    numbers = range(1, run.attempt + 1)
    share = max(1, most // max(1, len(numbers)))
    return of_attempts(store.history_sample(run.id, number, share) for number in numbers)


def of_metric(store: Store, run: Run, metric: Metric | None, most: int = MOST_ROWS) -> Curve | None:
    """Return the curve of one metric of a run, if there is a metric and it was logged."""
    return of_run(store, run, most).get(metric.name) if metric else None


def of_attempts(attempts: Iterable[Sequence[Row]]) -> dict[str, Curve]:
    """Return the curves that the rows of attempts make, the attempts in their order."""
    found: dict[str, dict[int, float]] = {}
    for rows in attempts:
        for row in rows:
            for name, value in leaves(row.values):
                number = as_float(value)
                if number is not None:
                    found.setdefault(name, {})[row.step] = number
    return {name: _curve(points) for name, points in found.items()}


def _curve(points: Mapping[int, float]) -> Curve:
    steps = sorted(points)
    return Curve(steps, [points[step] for step in steps])


def thinned(curve: Curve, most: int) -> Curve:
    """Return a curve of at most `most` points (4 or more) that looks the same.

    Of each stretch of steps the least and the greatest value are kept, in their order.
    """
    n = len(curve.steps)
    if n <= most:
        return curve
    stretches = most // 2
    kept = []
    for number in range(stretches):
        places = range(number * n // stretches, (number + 1) * n // stretches)
        least = min(places, key=lambda place: _rank(curve.values[place]))
        greatest = max(places, key=lambda place: _rank(curve.values[place]))
        kept += sorted({least, greatest})
    return Curve([curve.steps[place] for place in kept], [curve.values[place] for place in kept])


def records(found: Mapping[str, Curve], most: int) -> dict[str, JSON]:
    """Return curves as plain JSON, each of at most `most` points."""
    return {name: thinned(curve, most)._asdict() for name, curve in found.items()}


def _rank(value: float) -> float:
    return value if value == value else float("-inf")  # noqa: PLR0124 -- NaN is none
