"""Random search: draw i depends on the seed and i, so any agent makes the same draw.

In a space without end, every parameter's value depends on (seed, i, name) alone: adding a
parameter does not move the others. The numbers come from BLAKE2b, which is the same in every
version of Python, unlike the streams of the `random` module.

A finite space is drawn without replacement and ends when it is used up. Its parameters are of
two kinds: those whose values are all equally likely, E combinations together, and the others,
U combinations. Draws go through the E in a scattered order, U times over, each time in a new
order; and for each of the E there is a weighted order in which its U partners come. So every
combination comes once, every draw has the right distribution given those before it, and no
list of the E is made. A space counts as finite only if U is at most `lattice.MOST_WEIGHED`.
"""

from __future__ import annotations

import hashlib
import math
import struct
from typing import TYPE_CHECKING

from sweepcli.records import JSON, Suggestion
from sweepcli.sweep_config import lattice, parameters
from sweepcli.sweep_config.distributions import DISTRIBUTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import Run, SweepConfig

AHEAD = 32  # suggestions worth making at once
LEARNS = False
_ROUNDS = 8  # of the permutation; with fewer, tiny spaces show a preference


def suggest(config: SweepConfig, runs: Sequence[Run], n: int) -> list[Suggestion]:
    """Return the next draws; fewer than `n` once a finite space is used up."""
    space = _space(config)
    last = len(runs) + n if space is None else min(len(runs) + n, lattice.combinations(space))
    return [
        Suggestion(str(index), parameters.nest(config.parameters, _draw(config, space, index)))
        for index in range(len(runs), last)
    ]


def size(config: SweepConfig) -> int | None:
    """Return the number of distinct draws, None for a space without end."""
    space = _space(config)
    return None if space is None else lattice.combinations(space)


def uniform(seed: int, index: int, path: Sequence[str]) -> float:
    """Return a number inside (0, 1) that depends on its arguments alone."""
    return (_bits(52, seed, index, *path) + 0.5) / 2**52


def _draw(config: SweepConfig, space: list[lattice.Cells] | None, index: int) -> list[JSON]:
    if space is not None:
        return _cell(config.seed, space, index)
    return [
        DISTRIBUTIONS[p.distribution].ppf(uniform(config.seed, index, p.path), p.settings)
        for p in config.parameters
    ]


def _space(config: SweepConfig) -> list[lattice.Cells] | None:
    """Return the values of every parameter if the space is finite."""
    axes = []
    for parameter in config.parameters:
        axis = DISTRIBUTIONS[parameter.distribution].cells(parameter.settings)
        if axis is None:
            return None
        axes.append(axis)
    return axes if lattice.combinations(_uneven(axes)) <= lattice.MOST_WEIGHED else None


def _even(space: list[lattice.Cells]) -> list[lattice.Cells]:
    return [axis for axis in space if axis.weights is None]


def _uneven(space: list[lattice.Cells]) -> list[lattice.Cells]:
    return [axis for axis in space if axis.weights is not None]


def _cell(seed: int, space: list[lattice.Cells], index: int) -> list[JSON]:
    """Return draw `index` of a finite space."""
    evens = lattice.combinations(_even(space))
    lap, place = divmod(index, evens)
    even = _shuffled(place, evens, seed, lap)
    uneven = _nth_partner(lap, seed, even, space)
    values = []
    for axis in reversed(space):
        if axis.weights is None:
            even, digit = divmod(even, axis.size)
        else:
            uneven, digit = divmod(uneven, axis.size)
        values.append(axis.at(digit))
    return values[::-1]


def _shuffled(place: int, count: int, *key: int) -> int:
    """Return where a random permutation of range(count) takes `place`, without building it.

    A Feistel network permutes the numbers of 2w bits; numbers beyond the range are sent
    through it again until they fall inside, which keeps it a permutation of the range.
    """
    half = max(1, ((count - 1).bit_length() + 1) // 2)
    while True:
        left, right = place >> half, place & ((1 << half) - 1)
        for turn in range(_ROUNDS):
            left, right = right, left ^ _bits(half, *key, turn, right)
        place = left << half | right
        if place < count:
            return place


def _nth_partner(n: int, seed: int, even: int, space: list[lattice.Cells]) -> int:
    """Return entry `n` of a weighted order without replacement of the uneven combinations.

    Each waits an exponential time of rate equal to its weight (Efraimidis and Spirakis 2006).
    """
    weights = [1.0]
    for axis in _uneven(space):
        weights = [above * weight for above in weights for weight in axis.weights or ()]
    if len(weights) == 1:
        return 0
    noise = hashlib.shake_128(_text("partner", seed, even)).digest(8 * len(weights))
    waits = [
        -math.log(((bits >> 12) + 0.5) / 2**52) / max(weight, 1e-300)
        for bits, weight in zip(struct.unpack(f"<{len(weights)}Q", noise), weights, strict=True)
    ]
    return sorted(range(len(waits)), key=waits.__getitem__)[n]


def _bits(count: int, *key: str | int) -> int:
    """Return `count` random bits that depend on the key alone."""
    size_in_bytes = (count + 7) // 8
    if size_in_bytes <= hashlib.blake2b.MAX_DIGEST_SIZE:
        noise = hashlib.blake2b(_text(*key), digest_size=size_in_bytes).digest()
    else:
        noise = hashlib.shake_128(_text(*key)).digest(size_in_bytes)
    return int.from_bytes(noise, "little") & ((1 << count) - 1)


def _text(*key: str | int) -> bytes:
    # No name of a parameter holds a NUL, so different keys are different texts.
    return "\0".join(map(str, key)).encode()
