"""Evenly spaced numbers with exact decimals, and the cells of finite distributions.

A float is read as the decimal number that the user wrote (its shortest text), and the sums
are done in integers: three steps of 0.1 are 0.3, and 0.6 is a multiple of 0.2. Pure.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from sweepcli.records import JSON

# Listing more cells of unequal weight than this would be felt at every suggestion.
MOST_WEIGHED = 10_000


class Cells(NamedTuple):
    """The values of a finite distribution; cell i is computed when asked for."""

    size: int
    at: Callable[[int], JSON]
    weights: tuple[float, ...] | None = None  # None: all equally likely; never 0


def listed(values: Sequence[JSON]) -> Cells:
    """Return the values as they are listed, all equally likely."""
    return Cells(len(values), values.__getitem__)


def combinations(axes: Iterable[Cells]) -> int:
    """Return how many combinations there are of one value of each."""
    return math.prod(axis.size for axis in axes)


class Lattice(NamedTuple):
    """The numbers `steps[i] / scale`."""

    steps: range
    scale: int
    whole: bool  # its numbers are ints

    @property
    def size(self) -> int:
        """How many there are; `len` of a range ends at 2^63."""
        return max(0, -((self.steps.start - self.steps.stop) // self.steps.step))

    def at(self, index: int) -> int | float:
        """Return number `index`, the float nearest to the decimal."""
        return _number(self.steps[index], self.scale, whole=self.whole)


def spaced(low: float, high: float, q: float) -> Lattice:
    """Return low, low + q, low + 2q, …, with `high` if it is one of them."""
    (first, last, step), scale = _scaled(low, high, q)
    whole = isinstance(low, int) and isinstance(q, int)
    return Lattice(range(first, last + 1, step), scale, whole)


def multiples(low: float, high: float, q: float) -> Lattice:
    """Return the multiples of `q` from `low` to `high`, both included."""
    (first, last, step), scale = _scaled(low, high, q)
    return Lattice(range(-(-first // step) * step, last + 1, step), scale, isinstance(q, int))


def quantise(value: float, q: float, bounds: tuple[float, float] | None = None) -> int | float:
    """Return the multiple of `q` nearest to `value`, of those inside the bounds if any is."""
    count = value / q
    if not math.isfinite(count):
        return value
    nearest = round(count)
    if bounds is None:
        (step,), scale = _scaled(q)
        return _number(nearest * step, scale, whole=isinstance(q, int))
    inside = multiples(*bounds, q)
    step, first = inside.steps.step, inside.steps.start
    if inside.size == 0:
        multiple = _number(nearest * step, inside.scale, whole=inside.whole)
        return _clamp(multiple, *bounds, whole=inside.whole)
    return inside.at(min(max(nearest - first // step, 0), inside.size - 1))


def quantised_cells(
    q: float, bounds: tuple[float, float], cdf: Callable[[float], float]
) -> Cells | None:
    """Return what `quantise` makes of a distribution; None if that is too much to list."""
    low, high = bounds
    inside = multiples(low, high, q)
    if inside.size > MOST_WEIGHED:
        return None
    if inside.size == 0:
        # Between two neighbouring multiples: the nearer one decides the bound.
        half = (inside.steps.start - inside.steps.step / 2) / inside.scale
        ends = [_clamp(bound, low, high, whole=inside.whole) for bound in bounds]
        return weighed(ends, [cdf(half), 1 - cdf(half)])
    step, scale = inside.steps.step, inside.scale
    edges = [0.0, *(cdf((n + step / 2) / scale) for n in inside.steps[:-1]), 1.0]
    weights = [right - left for left, right in pairwise(edges)]
    return _with_weight([inside.at(i) for i in range(inside.size)], weights)


def weighed(values: Sequence[JSON], weights: Sequence[float]) -> Cells:
    """Return the distinct values that have a weight; that of equal values adds up."""
    merged: dict[Hashable, float] = {}
    for value, weight in zip(values, weights, strict=True):
        merged[identity(value)] = merged.get(identity(value), 0.0) + weight
    return _with_weight(distinct(values), list(merged.values()))


def distinct(values: Iterable[JSON]) -> list[JSON]:
    """Return the values without repetitions: the place of the first, the form of the last."""
    return list({identity(value): value for value in values}.values())


def identity(value: JSON) -> Hashable:
    """Return what identifies a value, as in W&B: 1 is 1.0, but True, "1" and None differ.

    Inside lists and mappings 1 and 1.0 differ too; the order of a mapping does not matter.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number", value
    return _content(value)


def _content(value: JSON) -> Hashable:
    if isinstance(value, dict):
        return "mapping", frozenset((key, _content(item)) for key, item in value.items())
    if isinstance(value, list | tuple):
        return "list", tuple(_content(item) for item in value)
    return type(value).__name__, value


def _with_weight(values: Sequence[JSON], weights: Sequence[float]) -> Cells:
    kept = [value for value, weight in zip(values, weights, strict=True) if weight > 0]
    masses = tuple(weight for weight in weights if weight > 0)
    return Cells(len(kept), kept.__getitem__, None if len(set(masses)) == 1 else masses)


def _scaled(*numbers: float) -> tuple[list[int], int]:
    parts = [_decimal(number) for number in numbers]
    places = max(place for _, place in parts)
    return [digits * 10 ** (places - place) for digits, place in parts], 10**places


def _decimal(number: float) -> tuple[int, int]:
    """Return digits and places so that the number reads digits / 10^places."""
    mantissa, _, exponent = repr(number).partition("e")
    whole, _, fraction = mantissa.partition(".")
    places = len(fraction) - int(exponent or 0)
    digits = int(whole + fraction)
    return (digits, places) if places >= 0 else (digits * 10**-places, 0)


def _number(step: int, scale: int, *, whole: bool) -> int | float:
    return step // scale if whole else step / scale


def _clamp(value: float, low: float, high: float, *, whole: bool) -> int | float:
    clamped = min(max(value, low), high)
    return clamped if whole else float(clamped)
