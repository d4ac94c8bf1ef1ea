"""A parameter as the trees of a forest see it: a line, or whole positions with boundaries.

Values without an order have a random one in each tree, so that a tree's cut parts them into
two subsets, and another tree's into others.

Notation: T trees; V values of the axis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.search.importance import sample
from sweepcli.search.numeric import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sweepcli.search.axes import Axis

    Array = NDArray[np.float64]
    Integers = NDArray[np.intp]


class Column(NamedTuple):
    """The positions of one axis; for a line there are no orders and boundaries."""

    axis: Axis
    position: Integers  # (T, V): of each value
    boundaries: Array  # (T, V + 1): how much of the axis lies before each

    @property
    def farthest(self) -> int:
        """The position at which the axis ends."""
        return self.axis.size or 1

    def positions(self, places: Array, trees: int) -> Array:
        """Return where places (n,) lie for each tree: (T, n)."""
        if self.axis.is_line:
            return np.broadcast_to(places, (trees, len(places)))
        return self.position[:, self.axis.cells(places)].astype(float)

    def before(self, positions: Array, tree: Integers) -> Array:
        """Return how much of the axis lies before a position, in the order of a tree."""
        if self.axis.is_line:
            return positions
        return self.boundaries[tree, positions.astype(np.intp)]


def column(axis: Axis, trees: int, rng: np.random.Generator) -> Column:
    """Return an axis as so many trees see it."""
    if axis.is_line:
        return Column(axis, np.zeros((0, 0), dtype=np.intp), np.zeros((0, 0)))
    ordered = sample.order(axis)
    if ordered is None:
        orders = rng.permuted(np.tile(np.arange(axis.size), (trees, 1)), axis=1)
    else:
        orders = np.tile(ordered, (trees, 1))
    upper = np.cumsum(axis.weights[orders], axis=1)
    boundaries = np.concatenate([np.zeros((trees, 1)), upper], axis=1)
    return Column(axis, np.argsort(orders, axis=1), boundaries)
