"""Where to look next: the point with the largest log expected improvement.

Notation: best is the value to improve on; where the model has mean m and deviation s, the
expected improvement is s h(t), t = (best - m) / s, h(t) = φ(t) + t Φ(t) (Jones, Schonlau and
Welch 1998). Its logarithm keeps an order and a slope where h underflows (Ament et al. 2023).
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.search.numeric import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sweepcli.search.axes import Axis
    from sweepcli.search.gaussian_process import Posterior
    from sweepcli.search.unit_space import Space

    Array = NDArray[np.float64]

LOSS = 20.0  # of log improvement, for a point at no distance to another
_EVERYWHERE, _NEAR, _NEARER = 400, 400, 160  # points looked at: at first, and in each round
_REACHES = (0.25, 0.1, 0.04)  # how far from the best ones each round looks
_KEPT = 8
_CLIMBS = 12
_FIRST_CLIMB = 0.02
_DIGITS = 4  # of a log improvement that count; those after them depend on the machine


class Improvement(NamedTuple):
    """The log expected improvement of points, less where others are too near to show more."""

    model: Posterior
    space: Space
    best: float
    caution: float  # what the model's deviations are multiplied with
    taken: Array  # (k, p), points that are tried or in flight
    reach: Array  # (k,), how near to each of them is too near

    def at(self, u: Array) -> Array:
        """Return it (m,) at points `u` (m, p)."""
        mean, deviation = self.model.predict(self.space.coordinates(u))
        deviation = deviation * self.caution
        log, _ = log_h((self.best - mean) / deviation)
        return np.log(deviation) + log - self._nearness(u)

    def with_slope(self, u: Array) -> tuple[Array, Array]:
        """Return it, and its slope (m, number of lines) along the lines."""
        x = self.space.coordinates(u)
        mean, deviation, mean_slope, deviation_slope = self.model.predict_with_slopes(x)
        deviation, deviation_slope = deviation * self.caution, deviation_slope * self.caution
        t = (self.best - mean) / deviation
        log, ratio = log_h(t)
        slope = (1 - ratio * t)[:, None] * deviation_slope - ratio[:, None] * mean_slope
        slope = (slope / deviation[:, None])[:, self.space.of_lines]
        return np.log(deviation) + log - self._nearness(u), slope

    def _nearness(self, u: Array) -> Array:
        """Return what points lose that are too near to another, 0 for others."""
        squares = (u * u).sum(1)[:, None] + (self.taken**2).sum(1) - 2 * (u @ self.taken.T)
        nearest = np.argmin(squares / self.reach**2, axis=1)
        # Of points side by side, only their difference is exact.
        distance = np.sqrt(np.square(u - self.taken[nearest]).sum(1)) / self.reach[nearest]
        loss: Array = LOSS * np.maximum(1 - distance, 0)
        return loss


def log_h(t: Array) -> tuple[Array, Array]:
    """Return log h(t) and its slope Φ(t) / h(t), to 5 digits: from a table, beyond it by limits."""
    places, logs, ratios = _table()
    log, ratio = np.interp(t, places, logs), np.interp(t, places, ratios)
    low, high = t < places[0], t > places[-1]
    v = t[low]
    log[low] = -v * v / 2 - math.log(2 * math.pi) / 2 - 2 * np.log(-v)
    ratio[low] = -v - 2 / v
    log[high], ratio[high] = np.log(t[high]), 1 / t[high]
    return log, ratio


@cache
def _table() -> tuple[Array, Array, Array]:
    t = np.linspace(-30, 10, 4001)
    tail = np.array([math.erfc(-v / math.sqrt(2)) / 2 for v in t.tolist()])
    h = np.exp(-t * t / 2) / math.sqrt(2 * math.pi) + t * tail
    return t, np.log(h), tail / h


def maximise(
    improvement: Improvement, around: Array, scales: Array, rng: np.random.Generator
) -> Array:
    """Return some points (m, p) in which the improvement is large, the best first.

    `around` (b, p) are points to look near to; `scales` (p,) are the distances on each axis at
    which another value is to be expected. Everywhere first, then nearer and nearer to the best,
    at last up the slope: with many parameters this ends in a trust region around the best runs.
    """
    space = improvement.space
    anywhere = rng.random((_EVERYWHERE, len(space.axes)))
    near = _moved(space, around, _NEAR, 0.5 * scales, rng)
    u, values = _leading(improvement, space.snapped(np.concatenate([anywhere, near])))
    for reach in _REACHES:
        nearer = space.snapped(_moved(space, u, _NEARER, reach * scales, rng))
        u, values = _leading(improvement, np.concatenate([u, nearer]))
    if space.lines.any():
        u, values = _climbed(improvement, u, scales[space.lines])
    return space.snapped(u[best_first(values)])


def best_first(values: Array) -> NDArray[np.intp]:
    """Return the order of log improvements, the largest first; of equal ones, the first."""
    return np.argsort(-np.round(values, _DIGITS), kind="stable")


def _leading(improvement: Improvement, u: Array) -> tuple[Array, Array]:
    values = improvement.at(u)
    order = best_first(values)[:_KEPT]
    return u[order], values[order]


def _moved(
    space: Space, around: Array, count: int, widths: Array, rng: np.random.Generator
) -> Array:
    """Return `count` points that differ from one of `around` on some axes.

    Where there are many axes, few of them change at a time (Regis and Shoemaker 2013).
    """
    p = len(space.axes)
    u = around[rng.integers(len(around), size=count)]
    share = rng.choice([min(1.0, 2 / p), min(1.0, 5 / p), 1.0], size=(count, 1))
    changes = rng.random((count, p)) < share
    changes[np.arange(count), rng.integers(p, size=count)] = True
    step = rng.standard_normal((count, p)) * widths * np.exp2(-4 * rng.random((count, 1)))
    moved = np.clip(u + step, 0, 1)
    for number, axis in enumerate(space.axes):
        if axis.is_choice:
            moved[:, number] = rng.random(count)
            changes[:, number] &= rng.random(count) < 0.5
        elif not axis.is_line:
            moved[:, number] = _stepped(axis, u[:, number], step[:, number])
    return np.where(changes, moved, u)


def _stepped(axis: Axis, places: Array, step: Array) -> Array:
    """Return places moved by `step`, and by at least one value."""
    cells = axis.cells(places) + np.where(step < 0, -1, 1)
    next_one = axis.middles[np.clip(cells, 0, axis.size - 1)]
    is_far = np.abs(step) > np.abs(next_one - places)
    return np.where(is_far, np.clip(places + step, 0, 1), next_one)


def _climbed(improvement: Improvement, u: Array, scales: Array) -> tuple[Array, Array]:
    """Go up the slope from all points at once, each with a step length of its own."""
    space = improvement.space
    low, high = np.array([axis.ends for axis in space.axes])[space.lines].T
    values, slope = improvement.with_slope(u)
    length = np.full(len(u), _FIRST_CLIMB)
    for _ in range(_CLIMBS):
        direction = slope * scales
        direction /= np.sqrt((direction**2).sum(1, keepdims=True)) + 1e-300
        there = u.copy()
        there[:, space.lines] += length[:, None] * direction * scales
        there[:, space.lines] = np.clip(there[:, space.lines], low, high)
        values_there, slope_there = improvement.with_slope(there)
        better = values_there > values + 10.0**-_DIGITS
        u = np.where(better[:, None], there, u)
        slope = np.where(better[:, None], slope_there, slope)
        values = np.where(better, values_there, values)
        length *= np.where(better, 1.6, 0.35)
    return u, values
