"""Distributions over values that can be counted: constants, lists and whole numbers. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sweepcli.sweep_config import lattice

if TYPE_CHECKING:
    from sweepcli.records import JSON

    Settings = dict[str, JSON]


def constant_cells(s: Settings) -> lattice.Cells:
    return lattice.Cells(1, [s["value"]].__getitem__)


def categorical_ppf(x: float, s: Settings) -> JSON:
    return s["values"][_cell_of(x, len(s["values"]))]


def categorical_cdf(value: JSON, s: Settings) -> float:
    return (_index(value, s["values"]) + 1) / len(s["values"])


def categorical_cells(s: Settings) -> lattice.Cells:
    return lattice.weighed(s["values"], [1.0] * len(s["values"]))


def weighted_ppf(x: float, s: Settings) -> JSON:
    """Return the first value whose cumulative probability exceeds x, the last possible at 1."""
    cumulative, chosen = 0.0, s["values"][0]
    for value, probability in zip(s["values"], s["probabilities"], strict=True):
        cumulative += probability
        if probability > 0:
            chosen = value
        if cumulative > x:
            break
    return chosen


def weighted_cdf(value: JSON, s: Settings) -> float:
    reached = math.fsum(s["probabilities"][: _index(value, s["values"]) + 1])
    return min(reached, 1.0)


def weighted_cells(s: Settings) -> lattice.Cells:
    return lattice.weighed(s["values"], s["probabilities"])


def int_uniform_ppf(x: float, s: Settings) -> int:
    low: int = s["min"]
    return low + _cell_of(x, s["max"] - low + 1)


def int_uniform_cdf(value: JSON, s: Settings) -> float:
    reached: float = (value - s["min"] + 1) / (s["max"] - s["min"] + 1)
    return min(max(reached, 0.0), 1.0)


def int_uniform_cells(s: Settings) -> lattice.Cells:
    return lattice.Cells(s["max"] - s["min"] + 1, range(s["min"], s["max"] + 1).__getitem__)


def _cell_of(x: float, count: int) -> int:
    """Return the i of `count` equal cells with i/count < x <= (i + 1)/count, 0 for x = 0."""
    cell = min(max(math.ceil(x * count) - 1, 0), count - 1)
    # x * count may round up over a whole number: i/count is what the cdf gives.
    return cell - 1 if cell > 0 and cell / count >= x else cell


def _index(value: JSON, values: list[JSON]) -> int:
    wanted = lattice.identity(value)
    for index, candidate in enumerate(values):
        if lattice.identity(candidate) == wanted:
            return index
    raise ValueError(f"{value!r} is not one of the values {values!r}")
