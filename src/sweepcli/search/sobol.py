"""Sobol points: spread more evenly than random ones, whatever their number.

The direction numbers are those of Joe and Kuo (2008, `new-joe-kuo-6.21201`); each axis is
scrambled by a shift of its bits that depends on the seed and the parameter's name, and axes
beyond the table are drawn at random. A point depends on (seed, index) alone.

A space of at most MOST_ORDERED points is walked without repetition: in the order in which the
sequence comes to its points, then through those that it has not come to.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sweepcli.records import JSON, Suggestion
from sweepcli.search import random
from sweepcli.sweep_config import lattice, parameters
from sweepcli.sweep_config.distributions import DISTRIBUTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import Run, SweepConfig

AHEAD = random.AHEAD
LEARNS = False
BITS = 30
MOST_ORDERED = 1_000

# For the second axis and those after it: the inner bits of its primitive polynomial, and its
# first direction numbers, as many as the polynomial's degree.
_DIRECTIONS: tuple[tuple[int, tuple[int, ...]], ...] = (
    (0, (1,)),
    (1, (1, 3)),
    (1, (1, 3, 1)),
    (2, (1, 1, 1)),
    (1, (1, 1, 3, 3)),
    (4, (1, 3, 5, 13)),
    (2, (1, 1, 5, 5, 17)),
    (4, (1, 1, 5, 5, 5)),
    (7, (1, 1, 7, 11, 19)),
    (11, (1, 1, 5, 1, 1)),
    (13, (1, 1, 1, 3, 11)),
    (14, (1, 3, 5, 5, 31)),
    (1, (1, 3, 3, 9, 7, 49)),
    (13, (1, 1, 1, 15, 21, 21)),
    (16, (1, 3, 1, 13, 27, 49)),
    (19, (1, 1, 1, 15, 7, 5)),
    (22, (1, 3, 1, 15, 13, 25)),
    (25, (1, 1, 5, 5, 19, 61)),
    (1, (1, 3, 7, 11, 23, 15, 103)),
    (4, (1, 3, 7, 13, 13, 15, 69)),
    (7, (1, 1, 3, 13, 7, 35, 63)),
    (8, (1, 3, 5, 9, 1, 25, 53)),
    (14, (1, 3, 1, 13, 9, 35, 107)),
    (19, (1, 3, 1, 5, 27, 61, 31)),
    (21, (1, 1, 5, 11, 19, 41, 61)),
    (28, (1, 3, 5, 3, 3, 13, 69)),
    (31, (1, 1, 7, 13, 1, 19, 1)),
    (32, (1, 3, 7, 5, 13, 19, 59)),
    (37, (1, 1, 3, 9, 25, 29, 41)),
    (41, (1, 3, 5, 13, 23, 1, 55)),
    (42, (1, 3, 7, 3, 13, 59, 17)),
    (50, (1, 3, 1, 3, 5, 53, 69)),
    (55, (1, 1, 5, 5, 23, 33, 13)),
    (56, (1, 1, 7, 7, 1, 61, 123)),
    (59, (1, 1, 7, 9, 13, 61, 49)),
    (62, (1, 3, 3, 5, 3, 55, 33)),
    (14, (1, 3, 1, 15, 31, 13, 49, 245)),
    (21, (1, 3, 5, 15, 31, 59, 63, 97)),
    (22, (1, 3, 1, 11, 11, 11, 77, 249)),
)


def suggest(config: SweepConfig, runs: Sequence[Run], n: int) -> list[Suggestion]:
    """Return the next points; fewer than `n` once a small finite space is used up."""
    first = len(runs)
    order = _order(config)
    if order is not None:
        chosen = order[first : first + n]
    else:
        chosen = [_values(config, index) for index in range(first, first + n)]
    return [
        Suggestion(str(first + place), parameters.nest(config.parameters, values))
        for place, values in enumerate(chosen)
    ]


def size(config: SweepConfig) -> int | None:
    """Return the number of points of a small finite space, None for any other."""
    axes = [DISTRIBUTIONS[p.distribution].cells(p.settings) for p in config.parameters]
    finite = [axis for axis in axes if axis is not None]
    count = lattice.combinations(finite)
    return count if len(finite) == len(axes) and count <= MOST_ORDERED else None


def point(seed: int, index: int, paths: Sequence[tuple[str, ...]]) -> list[float]:
    """Return the scrambled point `index`, inside (0, 1), for parameters of these paths."""
    return [
        (bits(index, axis) ^ _shift(seed, path)) / 2**BITS + 2 ** -(BITS + 1)
        if axis <= len(_DIRECTIONS)
        else random.uniform(seed, index, path)
        for axis, path in enumerate(paths)
    ]


def bits(index: int, axis: int) -> int:
    """Return coordinate `axis` of point `index` of the sequence, times 2^BITS."""
    found = 0
    gray = index ^ index >> 1
    for direction in _directions(axis):
        if gray & 1:
            found ^= direction
        gray >>= 1
    return found


@cache
def _directions(axis: int) -> tuple[int, ...]:
    """Return the direction numbers of an axis, times 2^BITS."""
    if axis == 0:
        return tuple(1 << (BITS - 1 - i) for i in range(BITS))
    inner, first = _DIRECTIONS[axis - 1]
    degree = len(first)
    found = [m << (BITS - 1 - i) for i, m in enumerate(first)]
    for i in range(degree, BITS):
        new = found[i - degree] ^ found[i - degree] >> degree
        for k in range(1, degree):
            if inner >> (degree - 1 - k) & 1:
                new ^= found[i - k]
        found.append(new)
    return tuple(found)


@cache
def _shift(seed: int, path: tuple[str, ...]) -> int:
    return int(random.uniform(seed, 0, ("sobol", *path)) * 2**BITS)


def _values(config: SweepConfig, index: int) -> list[JSON]:
    u = point(config.seed, index, [p.path for p in config.parameters])
    return [
        DISTRIBUTIONS[p.distribution].ppf(x, p.settings)
        for p, x in zip(config.parameters, u, strict=True)
    ]


def _order(config: SweepConfig) -> list[list[JSON]] | None:
    """Return all points of a small finite space in their order."""
    count = size(config)
    if count is None:
        return None
    axes = [DISTRIBUTIONS[p.distribution].cells(p.settings) for p in config.parameters]
    walked = [_values(config, index) for index in range(2 * count)]
    rest: list[list[JSON]] = [[]]
    for axis in axes:
        rest = [[*head, axis.at(i)] for head in rest for i in range(axis.size)] if axis else rest
    found = {tuple(map(lattice.identity, values)): values for values in walked + rest}
    return list(found.values())
