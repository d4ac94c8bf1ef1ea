"""What runs show of a metric: where they lie in the search space, and their values.

Notation: n runs, p parameters that vary; places (p, n) lie in [0, 1], one row an axis.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.records import RunState
from sweepcli.search import axes, observations
from sweepcli.search.numeric import np
from sweepcli.search.unit_space import Space

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sweepcli.records import Metric, Parameter, Run
    from sweepcli.search.axes import Axis

    Array = NDArray[np.float64]
    Integers = NDArray[np.intp]

NOT_DONE = (RunState.PENDING, RunState.RUNNING, RunState.PREEMPTED)
FARTHEST = 2.0  # how many times its normal quantile a bad value may be from the middle


class Sample(NamedTuple):
    """Runs that have ended with a value and fit the space, in their order."""

    axes: list[Axis]
    places: Array  # (p, n)
    values: Array  # (n,), less is better
    sign: float  # of the metric, by which its values were multiplied


def observed(
    parameters: Sequence[Parameter], metric: Metric, runs: Sequence[Run], most: int
) -> Sample:
    """Return at most so many of the runs that ended with a value.

    They are drawn at random, the same at every call: every k-th of a grid would have one value
    of its last parameter.
    """
    space = Space(parameters)
    ended = [
        run
        for run in runs
        if run.value is not None and math.isfinite(run.value) and run.state not in NOT_DONE
    ]
    if len(ended) > most:
        rng = np.random.default_rng(most)
        ended = [ended[place] for place in np.sort(rng.choice(len(ended), most, replace=False))]
    sign = float(metric.goal.sign)
    found = [(place, run.value) for run in ended if (place := space.place(run.params)) is not None]
    places = np.array([place for place, _ in found]).reshape(len(found), len(space.axes)).T
    values = np.array([value for _, value in found], dtype=float)
    return Sample(space.axes, places, sign * values, sign)


def evened(values: Array) -> Array:
    """Return the values on a scale where catastrophes do not hide the rest: mean 0, variance 1.

    In units of the better half's spread, no value of the worse half is farther from the middle
    than FARTHEST times the normal quantile of its rank. Values that are spread as a normal or
    uniform distribution are not touched.
    """
    with np.errstate(over="ignore"):  # what is infinitely far is drawn in
        warp = observations.warped(values)
        straight = (values - warp.middle) / warp.unit
    if values.min() < warp.middle:
        z = np.where(warp.z > 0, np.minimum(straight, FARTHEST * warp.z), warp.z)
    else:  # the better half is all equal: there is no unit but that of the quantiles
        z = warp.z
    z = z - z.mean()
    return np.asarray(z / z.std())


def order(axis: Axis) -> Integers | None:
    """Return the indices of an axis's values in their order; None if they have none.

    Of two values without an order, the second of the list counts as the higher one.
    """
    if not axis.is_choice:
        return np.arange(axis.size)
    if all(map(axes.is_number, axis.values)) or all(isinstance(v, bool) for v in axis.values):
        return np.argsort(np.array(axis.values, dtype=float), kind="stable")
    return np.arange(2) if axis.size == 2 else None


def correlations(sample: Sample) -> list[float | None]:
    """Return Spearman's rank correlation of each parameter and the metric, None without one."""
    metric = _ranks(sample.sign * sample.values)
    found = []
    for axis, places in zip(sample.axes, sample.places, strict=True):
        along = places
        if axis.is_choice:
            ordered = order(axis)
            along = np.zeros(0) if ordered is None else np.argsort(ordered)[axis.cells(places)]
        found.append(_pearson(_ranks(along), metric) if len(along) else None)
    return found


def _ranks(values: Array) -> Array:
    """Return the ranks, of equal values their mean."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Array = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return ranks


def _pearson(a: Array, b: Array) -> float | None:
    a, b = a - a.mean(), b - b.mean()
    length = math.sqrt(float(a @ a) * float(b @ b))
    return max(-1.0, min(1.0, float(a @ b) / length)) if length else None
