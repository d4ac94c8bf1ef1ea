"""A forest of randomised regression trees, of which all trees grow at once, level by level.

The trees are those of Geurts, Ernst and Wehenkel (2006): in each node every parameter proposes
one threshold at random between its smallest and largest position, and the best of these is
taken. Each tree has its own draw of the runs.

Notation: T trees of m runs and p parameters; a level has k open nodes with A runs in all, those
of a node side by side. Positions lie in [0, 1] for a line; those of a parameter with finitely
many values are whole numbers from 0 on, and so are the boundaries between them. Values without
an order have a random one in each tree, so that a tree's cut parts them into two subsets, and
another tree's into others.
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
    Booleans = NDArray[np.bool_]

LEAST_TO_CUT = 5  # a node with fewer runs is a leaf
BORDER = -1  # instead of a node: a box that reaches the border of the space


class Column(NamedTuple):
    """An axis as the trees see it: the positions of its V values; a line has no such table."""

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


class Boxes(NamedTuple):
    """Nodes, and the parts of the space that they cover."""

    nodes: Integers  # (k,)
    begins: Integers  # (k, p): the node whose cut a box begins at along an axis, or BORDER
    ends: Integers  # (k, p)

    def where(self, chosen: Booleans) -> Boxes:
        """Return those that are chosen."""
        return Boxes(self.nodes[chosen], self.begins[chosen], self.ends[chosen])


class Forest(NamedTuple):
    """The nodes of all trees.

    The first T nodes are the roots. A node's right child follows its left one; a leaf is its
    own left child, with an infinite threshold, so that walking on from it stays there.
    """

    feature: Integers  # of each node, as are the next four
    threshold: Array  # positions below it are in the left child
    left: Integers
    value: Array  # mean of the node's runs
    tree: Integers
    leaves: Boxes

    def reached(self, positions: Array) -> Integers:
        """Return the leaves (T, M) that points with positions (p, T, M) are in."""
        _, trees, count = positions.shape
        flat = positions.reshape(-1)
        found = np.repeat(np.arange(trees), count)
        place = np.arange(trees * count)
        is_cut = self.is_cut
        while len(place):  # of the points that are not yet in a leaf
            node = found[place]
            seen = flat[self.feature[node] * (trees * count) + place]
            found[place] = after = self.left[node] + (seen >= self.threshold[node])
            place = place[is_cut[after]]
        return found.reshape(trees, count)

    @property
    def is_cut(self) -> Booleans:
        """Whether a node is no leaf."""
        return np.isfinite(self.threshold)


class _Level(NamedTuple):
    boxes: Boxes  # (k,)
    counts: Integers  # (k,)
    positions: Array  # (p, A)
    values: Array  # (A,)

    @property
    def starts(self) -> Integers:
        return np.cumsum(self.counts) - self.counts


class _Cuts(NamedTuple):
    """The best cut of each node of a level."""

    feature: Integers  # (k,), as are the next four
    threshold: Array
    left_counts: Integers
    left_sums: Array
    is_cut: Booleans  # False: no cut parts the node's runs
    sums: Array
    goes_left: Booleans  # (A,)


def grow(positions: Array, values: Array, whole: Booleans, rng: np.random.Generator) -> Forest:
    """Grow a tree for each draw of runs: positions (p, T, m), values (T, m), m > 0.

    `whole` (p,) marks the parameters that have whole positions.
    """
    features, trees, runs = positions.shape
    border = np.full((trees, features), BORDER)
    boxes = Boxes(np.arange(trees), border, border)
    flat = positions.reshape(features, -1)
    level = _Level(boxes, np.full(trees, runs), flat, values.reshape(-1))
    forest = _roots(boxes, 2 * trees * runs)
    forest.value[:trees] = values.mean(axis=1)
    closed: list[Boxes] = []
    used = trees
    while len(level.counts):
        cuts = _cuts(level, whole, rng)
        children, is_open = _children(forest, level, cuts, used)
        closed += [level.boxes.where(~cuts.is_cut), children.where(~is_open)]
        level = _next(level, cuts, children.where(is_open), is_open)
        used += len(is_open)
    return Forest(
        feature=forest.feature[:used],
        threshold=forest.threshold[:used],
        left=forest.left[:used],
        value=forest.value[:used],
        tree=forest.tree[:used],
        leaves=Boxes(*(np.concatenate(parts) for parts in zip(*closed, strict=True))),
    )


def _roots(boxes: Boxes, room: int) -> Forest:
    """Return a forest of roots alone, with room for more nodes."""
    return Forest(
        feature=np.zeros(room, dtype=np.intp),
        threshold=np.full(room, np.inf),
        left=np.arange(room),
        value=np.zeros(room),
        tree=np.arange(room) % len(boxes.nodes),
        leaves=boxes,
    )


def _cuts(level: _Level, whole: Booleans, rng: np.random.Generator) -> _Cuts:
    """Draw a threshold for each node and parameter, and choose each node's best parameter."""
    positions, values, counts, starts = level.positions, level.values, level.counts, level.starts
    least = np.minimum.reduceat(positions, starts, axis=1)
    span = np.maximum.reduceat(positions, starts, axis=1) - least
    drawn = rng.random(span.shape) * span
    thresholds = least + np.where(whole[:, None], np.floor(drawn) + 1, drawn)
    is_left = positions < np.repeat(thresholds, counts, axis=1)
    left_counts = np.add.reduceat(is_left.view(np.int8), starts, axis=1, dtype=np.int32)
    left_sums = np.add.reduceat(is_left * values, starts, axis=1)
    sums = np.add.reduceat(values, starts)
    parts = (left_counts > 0) & (left_counts < counts)
    # The squared error that a cut takes away, but for what is the same for all cuts of a node.
    gains = left_sums**2 / np.maximum(left_counts, 1)
    gains += (sums - left_sums) ** 2 / np.maximum(counts - left_counts, 1)
    best = np.where(parts, gains, -1.0).argmax(axis=0)
    node = np.arange(len(counts))
    differ = np.minimum.reduceat(values, starts) < np.maximum.reduceat(values, starts)
    of_run = np.repeat(best, counts)
    return _Cuts(
        best,
        thresholds[best, node],
        left_counts[best, node].astype(np.intp),
        left_sums[best, node],
        parts[best, node] & differ,
        sums,
        is_left[of_run, np.arange(len(values))],
    )


def _children(forest: Forest, level: _Level, cuts: _Cuts, first: int) -> tuple[Boxes, Booleans]:
    """Write the cuts and the children's values down; return the children's boxes.

    The children are numbered from `first` on, left and right in turn; the second array says
    which may be cut in turn.
    """
    cut = np.flatnonzero(cuts.is_cut)
    parents, feature = level.boxes.nodes[cut], cuts.feature[cut]
    lefts = first + 2 * np.arange(len(cut))
    forest.feature[parents] = feature
    forest.threshold[parents] = cuts.threshold[cut]
    forest.left[parents] = lefts
    counts = _both(cuts.left_counts[cut], level.counts[cut])
    nodes = first + np.arange(2 * len(cut))
    forest.value[nodes] = _both(cuts.left_sums[cut], cuts.sums[cut]) / counts
    forest.tree[nodes] = np.repeat(forest.tree[parents], 2)
    begins = np.repeat(level.boxes.begins[cut], 2, axis=0)
    ends = np.repeat(level.boxes.ends[cut], 2, axis=0)
    ends[lefts - first, feature] = parents
    begins[lefts - first + 1, feature] = parents
    return Boxes(nodes, begins, ends), counts >= LEAST_TO_CUT


def _both(left: NDArray, total: NDArray) -> NDArray:  # type: ignore[type-arg]  # floats or integers
    """Return what the left and the right children have, in turn."""
    return np.stack([left, total - left], axis=1).reshape(-1)


def _next(level: _Level, cuts: _Cuts, boxes: Boxes, is_open: Booleans) -> _Level:
    """Return the level of the open children; the runs of each are put side by side."""
    starts, counts, goes_left = level.starts, level.counts, cuts.goes_left
    before: Integers = np.cumsum(goes_left) - goes_left  # lefts among the runs before each
    rank: Integers = before - np.repeat(before[starts], counts)  # among those of its node
    place = np.arange(len(rank))
    right = place - rank + np.repeat(cuts.left_counts, counts)
    target = np.where(goes_left, np.repeat(starts, counts) + rank, right)
    order = np.empty_like(place)
    order[target] = place
    stays = np.zeros((len(counts), 2), dtype=bool)
    stays[cuts.is_cut] = is_open.reshape(-1, 2)
    sizes = _both(cuts.left_counts, counts)
    order = order[np.repeat(stays.reshape(-1), sizes)]
    positions = level.positions.take(order, axis=1)
    return _Level(boxes, sizes[stays.reshape(-1)], positions, level.values[order])
