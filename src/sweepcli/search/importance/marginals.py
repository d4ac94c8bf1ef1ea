"""What a forest expects along one axis, all others averaged: exact, from its leaves' boxes.

Where a box begins or ends, the marginal of its tree rises or falls by the leaf's value times
the box's extent along the other axes.

Notation: T trees; l leaves of all trees; V values of an axis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.search.importance import forest
from sweepcli.search.numeric import np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sweepcli.search.axes import Axis
    from sweepcli.search.importance.forest import Column, Forest

    Array = NDArray[np.float64]
    Integers = NDArray[np.intp]

TINY = 1e-300  # rounding may leave nothing of a box


class Marginal(NamedTuple):
    """A function of one axis that is constant on pieces of it; an axis's values are pieces."""

    starts: Array  # of the pieces of a line, the first left out
    values: Array
    weights: Array  # how much of the axis each piece is

    @property
    def centred(self) -> Array:
        """The values less their mean."""
        return np.asarray(self.values - self.weights @ self.values)

    @property
    def variance(self) -> float:
        """How much it varies over the axis."""
        return float(self.weights @ self.centred**2)

    def at(self, places: Array, axis: Axis) -> Array:
        """Return the centred values at places of its axis."""
        if axis.is_line:
            return self.centred[np.searchsorted(self.starts, places, side="right")]
        return self.centred[axis.cells(places)]


def flat(axis: Axis) -> Marginal:
    """Return one that is 0 everywhere."""
    if axis.is_line:
        return Marginal(np.zeros(0), np.zeros(1), np.ones(1))
    return Marginal(np.zeros(0), np.zeros(axis.size), axis.weights)


def add(one: Marginal, other: Marginal) -> Marginal:
    """Return the sum of two marginals of one axis."""
    if not len(one.starts) + len(other.starts):
        return one._replace(values=one.values + other.values)
    steps = np.concatenate([np.diff(one.values), np.diff(other.values)])
    return _stairs(
        one.values[0] + other.values[0], np.concatenate([one.starts, other.starts]), steps
    )


def of(grown: Forest, seen: Sequence[Column], weight: float) -> list[Marginal]:
    """Return the marginal along each axis of the sum of the trees, times a weight."""
    tree = grown.tree[grown.leaves.nodes]
    boxes = [_box(grown, column, number) for number, column in enumerate(seen)]
    extents = np.stack(
        [
            column.before(last, tree) - column.before(first, tree)
            for column, (first, last) in zip(seen, boxes, strict=True)
        ]
    )
    extents = np.maximum(extents, TINY)
    heights = weight * grown.value[grown.leaves.nodes] * extents.prod(axis=0) / extents
    return [
        _along_line(grown, number, heights[number])
        if column.axis.is_line
        else _along_values(column, tree, boxes[number], heights[number])
        for number, column in enumerate(seen)
    ]


def _box(grown: Forest, column: Column, number: int) -> tuple[Array, Array]:
    """Return the positions at which the leaves' boxes begin and end along an axis."""
    begins, ends = grown.leaves.begins[:, number], grown.leaves.ends[:, number]
    first = np.where(begins == forest.BORDER, 0.0, grown.threshold[begins])
    last = np.where(ends == forest.BORDER, column.farthest, grown.threshold[ends])
    return first, last


def _along_line(grown: Forest, number: int, heights: Array) -> Marginal:
    begins, ends = grown.leaves.begins[:, number], grown.leaves.ends[:, number]
    steps = _by_node(grown, begins, heights) - _by_node(grown, ends, heights)
    nodes = np.flatnonzero((grown.feature == number) & grown.is_cut)
    first = float(heights[begins == forest.BORDER].sum())
    return _stairs(first, grown.threshold[nodes], steps[nodes])


def _by_node(grown: Forest, nodes: Integers, heights: Array) -> Array:
    inner = nodes != forest.BORDER
    return np.bincount(nodes[inner], heights[inner], len(grown.value)).astype(float)


def _stairs(first: float, starts: Array, steps: Array) -> Marginal:
    """Return the function on [0, 1] that begins with a value and takes steps at places."""
    order = np.argsort(starts, kind="stable")
    starts = starts[order]
    values = first + np.cumsum(np.concatenate([[0.0], steps[order]]))
    return Marginal(starts, values, np.diff(starts, prepend=0.0, append=1.0))


def _along_values(
    column: Column, tree: Integers, box: tuple[Array, Array], heights: Array
) -> Marginal:
    trees, size = column.position.shape
    rises, falls = (tree * (size + 1) + end.astype(np.intp) for end in box)
    room = trees * (size + 1)
    steps = np.bincount(rises, heights, room) - np.bincount(falls, heights, room)
    by_position = np.cumsum(steps.reshape(trees, size + 1), axis=1)
    values = np.take_along_axis(by_position, column.position, axis=1).sum(axis=0)
    return Marginal(np.zeros(0), values, column.axis.weights)
