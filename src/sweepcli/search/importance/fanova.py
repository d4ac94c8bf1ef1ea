"""Functional analysis of variance of a forest (Hutter, Hoos and Leyton-Brown, 2014).

What a forest expects of a point of the space is a sum of a mean, of one function of each
parameter (its marginal, less the mean), and of a rest that needs several parameters. The parts
do not correlate, so that their variances add up. The marginals are exact; the variance of the
rest is taken over points at random. Two things are other than in the paper:

- The variances are those of the forest's mean, and not of each tree by itself: a single tree
  follows the noise of its runs, which would count as interactions.
- A second forest learns what the first has left of the runs that it had not seen, and is
  added as far as it predicts that. Forests are cautious: they show weak effects as weaker still.

Notation: T trees; n runs; M points at random; p axes. Places (p, n) lie in [0, 1].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.search.importance import forest, marginals
from sweepcli.search.numeric import np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sweepcli.search.axes import Axis
    from sweepcli.search.importance.forest import Column, Forest

    Array = NDArray[np.float64]

TREES = 32  # of each forest
FORESTS = 2
POINTS = 1_024
SEED = 1
NOTHING = 1e-20  # of the variance of the values: rounding


class Parts(NamedTuple):
    """The shares of the variance, and how much of the runs' variance the forests predict."""

    shares: list[float]  # of the axes, in their order
    interactions: float
    explained: float


class _Learned(NamedTuple):
    """A forest, how its trees see the axes, and what it predicts for runs that it has not seen."""

    grown: Forest
    seen: list[Column]
    predicted: Array  # (n,)

    def at(self, points: Array) -> Array:
        """Return what it expects at points (p, M)."""
        leaves = self.grown.reached(_positions(self.seen, points))
        return np.asarray(self.grown.value[leaves].mean(axis=0))


def decompose(axes: Sequence[Axis], places: Array, values: Array) -> Parts | None:
    """Return the parts of the variance; None if the forests are constant.

    Of the runs, places (p, n) and values (n,), which have mean 0 and variance 1.
    """
    rng = np.random.default_rng(SEED)
    points = rng.random((len(axes), POINTS))
    rest, left = np.zeros(POINTS), values
    mains = [marginals.flat(axis) for axis in axes]
    for number in range(FORESTS):
        learned = _learn(axes, places, left, rng)
        weight = _weight(learned.predicted, left) if number else 1.0
        left = left - weight * learned.predicted
        rest += weight * learned.at(points)
        more = marginals.of(learned.grown, learned.seen, weight / TREES)
        mains = [marginals.add(main, new) for main, new in zip(mains, more, strict=True)]
    for axis, main, place in zip(axes, mains, points, strict=True):
        rest -= main.at(place, axis)
    variances = [main.variance for main in mains]
    between = float(rest.var()) if len(axes) > 1 else 0.0
    total = sum(variances) + between
    if total < NOTHING:
        return None
    explained = max(0.0, 1.0 - float(np.square(left).mean()))
    return Parts([each / total for each in variances], between / total, explained)


def _learn(
    axes: Sequence[Axis], places: Array, values: Array, rng: np.random.Generator
) -> _Learned:
    """Grow a forest, each tree of as many runs as there are, drawn with replacement."""
    seen = [forest.column(axis, TREES, rng) for axis in axes]
    drawn = rng.integers(0, len(values), (TREES, len(values)))
    positions = _positions(seen, places)
    of_trees = np.take_along_axis(positions, drawn[None], axis=2)
    whole = np.array([not axis.is_line for axis in axes])
    grown = forest.grow(of_trees, values[drawn], whole, rng)
    without = np.ones(drawn.shape, dtype=bool)
    without[np.arange(TREES)[:, None], drawn] = False
    unseen = grown.value[grown.reached(positions)] * without
    return _Learned(grown, seen, unseen.sum(axis=0) / np.maximum(without.sum(axis=0), 1))


def _positions(seen: Sequence[Column], places: Array) -> Array:
    """Return where points lie for each tree: (p, T, m)."""
    return np.stack([c.positions(row, TREES) for c, row in zip(seen, places, strict=True)])


def _weight(predicted: Array, values: Array) -> float:
    """Return how many times a forecast comes nearest to the values: from 0 to 1."""
    length = float(predicted @ predicted)
    return min(1.0, max(0.0, float(predicted @ values) / length)) if length else 0.0
