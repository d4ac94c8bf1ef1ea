"""Functions to minimise whose best value is known.

The classical ones are those of Surjanovic and Bingham's *Virtual library of simulation
experiments*; their optima are moved away from the middle, where a search may look first anyway.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Params = Mapping[str, Any]

HARTMANN_A3 = ((3.0, 10, 30), (0.1, 10, 35), (3.0, 10, 30), (0.1, 10, 35))
HARTMANN_P3 = (
    (0.3689, 0.117, 0.2673),
    (0.4699, 0.4387, 0.747),
    (0.1091, 0.8732, 0.5547),
    (0.0381, 0.5743, 0.8828),
)
HARTMANN_A6 = (
    (10, 3, 17, 3.5, 1.7, 8),
    (0.05, 10, 17, 0.1, 8, 14),
    (3, 3.5, 1.7, 10, 17, 8),
    (17, 8, 0.05, 10, 0.1, 14),
)
HARTMANN_P6 = (
    (0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886),
    (0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991),
    (0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665),
    (0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381),
)
HARTMANN_WEIGHTS = (1.0, 1.2, 3.0, 3.2)


def branin(x: Sequence[float]) -> float:
    """Return Branin's function of two numbers, at least 0.397887."""
    a, b = x
    valley = b - 5.1 / (4 * math.pi**2) * a * a + 5 / math.pi * a - 6
    return valley**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(a) + 10


def hartmann(x: Sequence[float]) -> float:
    """Return Hartmann's function of 3 or 6 numbers in [0, 1]: at least -3.86278 or -3.32237."""
    slopes, places = (HARTMANN_A3, HARTMANN_P3) if len(x) == 3 else (HARTMANN_A6, HARTMANN_P6)
    return -sum(
        weight * math.exp(-sum(s * (v - c) ** 2 for s, v, c in zip(slope, x, place, strict=True)))
        for weight, slope, place in zip(HARTMANN_WEIGHTS, slopes, places, strict=True)
    )


def rosenbrock(x: Sequence[float]) -> float:
    """Return Rosenbrock's curved valley, at least 0, which is at (1, …, 1)."""
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in pairwise(x))


def levy(x: Sequence[float]) -> float:
    """Return Levy's function, at least 0, which is at (1, …, 1)."""
    w = [1 + (v - 1) / 4 for v in x]
    inner = sum((v - 1) ** 2 * (1 + 10 * math.sin(math.pi * v + 1) ** 2) for v in w[:-1])
    last = (w[-1] - 1) ** 2 * (1 + math.sin(2 * math.pi * w[-1]) ** 2)
    return math.sin(math.pi * w[0]) ** 2 + inner + last


def ackley(x: Sequence[float]) -> float:
    """Return Ackley's function, at least 0, which is at (0, …, 0)."""
    spread = math.sqrt(sum(v * v for v in x) / len(x))
    waves = sum(math.cos(2 * math.pi * v) for v in x) / len(x)
    return -20 * math.exp(-0.2 * spread) - math.exp(waves) + 20 + math.e


def network(at: Params) -> float:
    """Return what a training might show: a valley of rates, worse by size, noise and choices."""
    depth, width, batch = float(at["depth"]), math.log2(at["width"]), math.log2(at["batch"])
    shift = {"sgd": 1.0, "momentum": 0.0, "adam": -1.2}[at["optimizer"]]
    rate = math.log10(at["lr"]) - (shift - 1.5 - 0.25 * (depth - 3) + 0.15 * (batch - 5))
    fit = 1 - math.exp(-(rate**2) / (0.5 if rate > 0 else 1.5))
    size = 0.03 * (width - 8) ** 2 / 4 + 0.04 * (depth - 3) ** 2 / 3
    regular = 0.6 * (float(at["dropout"]) - 0.05 * (width - 4)) ** 2
    choice = {"sgd": 0.04, "momentum": 0.02, "adam": 0.0}[at["optimizer"]]
    return fit + size + regular + choice + 0.01 * (batch - 5) ** 2


def conditional(at: Params) -> float:
    """Return the error of one of three models, each of which has two settings of its own."""
    c, gamma = math.log10(at["C"]), math.log10(at["gamma"])
    svm = 0.1 + 0.03 * (c - 1.5) ** 2 + 0.05 * (gamma + 2 + 0.3 * c) ** 2
    trees, depth = float(at["trees"]), float(at["depth"])
    forest = 0.14 + 0.3 * math.exp(-trees / 60) + 0.004 * (depth - 9) ** 2
    linear = 0.2 + 0.02 * (math.log10(at["alpha"]) + 1) ** 2 + (0.05 if at["l1"] else 0.0)
    return min({"svm": svm, "forest": forest, "linear": linear}[at["model"]], 1.0)


class Choices:
    """Three choices that depend on each other, and three numbers whose best depends on them."""

    def __init__(self, counts: Sequence[int], seed: int) -> None:
        draw = Random(seed)
        self._alone = [[draw.random() for _ in range(count)] for count in counts]
        self._pair = [[draw.random() for _ in range(counts[1])] for _ in range(counts[0])]
        self._centre = [[draw.uniform(0.15, 0.85) for _ in range(count)] for count in counts]
        self.best = min(
            self._base((i, j, k))
            for i in range(counts[0])
            for j in range(counts[1])
            for k in range(counts[2])
        )

    def _base(self, chosen: Sequence[int]) -> float:
        alone = sum(each[index] for each, index in zip(self._alone, chosen, strict=True))
        return alone + self._pair[chosen[0]][chosen[1]]

    def __call__(self, chosen: Sequence[int], x: Sequence[float]) -> float:
        """Return the value of three choices, by their indices, and three numbers in [0, 1]."""
        centres = (each[index] for each, index in zip(self._centre, chosen, strict=True))
        return self._base(chosen) + 3 * sum((v - c) ** 2 for v, c in zip(x, centres, strict=True))


class Ellipsoid:
    """A bowl that is narrow in some directions, with its lowest point, 0, at a drawn place."""

    def __init__(self, axes: int, seed: int, *, mixing: float = 0.3, waves: float = 0.0) -> None:
        draw = Random(seed)
        self.centre = [draw.uniform(0.1, 0.9) for _ in range(axes)]
        self._weights = [10 ** (-1.5 * i / max(axes - 1, 1)) for i in range(axes)]
        self._mixing = [draw.uniform(-mixing, mixing) for _ in range(axes)]
        self._waves = waves

    def __call__(self, x: Sequence[float]) -> float:
        """Return the value at a point of the unit cube."""
        away = [v - c for v, c in zip(x, self.centre, strict=True)]
        turned = [
            d + m * e for d, m, e in zip(away, self._mixing, away[1:] + away[:1], strict=True)
        ]
        waves = sum(1 - math.cos(12 * math.pi * d) for d in away)
        bowl = sum(w * d * d for w, d in zip(self._weights, turned, strict=True))
        return bowl + self._waves * waves


@dataclass(frozen=True, slots=True)
class Split:
    """An inner node of a tree: one side if x[axis] is below, else the other."""

    axis: int
    below: float
    sides: tuple[Split | float, Split | float]


class Forest:
    """The mean of random trees: flat pieces with jumps between them, in [0, 1]^axes."""

    def __init__(self, axes: int, seed: int, *, trees: int = 25, depth: int = 4) -> None:
        draw = Random(seed)
        bowl = Ellipsoid(axes, seed)
        self._trees = [_grown(draw, bowl, [(0.0, 1.0)] * axes, depth) for _ in range(trees)]

    def __call__(self, x: Sequence[float]) -> float:
        """Return the value at a point of the unit cube."""
        return sum(_value(tree, x) for tree in self._trees) / len(self._trees)


def _grown(
    draw: Random, bowl: Ellipsoid, box: list[tuple[float, float]], depth: int
) -> Split | float:
    if depth == 0:  # as in a real forest, a leaf has the trend of its box, and an error
        return bowl([(low + high) / 2 for low, high in box]) + draw.gauss(0, 0.15)
    axis = draw.randrange(len(box))
    low, high = box[axis]
    below = draw.uniform(low + 0.2 * (high - low), high - 0.2 * (high - low))
    left, right = list(box), list(box)
    left[axis], right[axis] = (low, below), (below, high)
    return Split(
        axis, below, (_grown(draw, bowl, left, depth - 1), _grown(draw, bowl, right, depth - 1))
    )


def _value(node: Split | float, x: Sequence[float]) -> float:
    while isinstance(node, Split):
        node = node.sides[x[node.axis] >= node.below]
    return node
