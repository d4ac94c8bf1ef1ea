"""A parameter that varies, as an axis from 0 to 1.

An axis is a line, on which every place is a value; or steps, where a parameter with finitely
many values has them at the middles of their shares; or choices, the same without an order.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sweepcli.search.numeric import np
from sweepcli.sweep_config import lattice
from sweepcli.sweep_config.distributions import DISTRIBUTIONS, UNORDERED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sweepcli.records import JSON, Parameter

    Array = NDArray[np.float64]

MOST_STEPS = 2_000  # a parameter with more values is a line that is rounded
_UNBOUNDED = ("normal", "q_normal", "log_normal", "q_log_normal")
_DIGITS = 6  # of a place on a line; those after them depend on the machine
_TAIL = 0.001  # at each end of an unbounded distribution, not searched


class Axis:
    """One parameter; one whose values are all the same has an axis of size 1."""

    def __init__(self, parameter: Parameter) -> None:
        self.path = parameter.path
        self.is_choice = parameter.distribution in UNORDERED
        self.values: list[JSON] = []  # none: a line
        self.middles = self.ranks = np.zeros(0)
        tail = _TAIL if parameter.distribution in _UNBOUNDED else 0.0
        self.ends = (tail, 1 - tail)
        self._row, self._settings = DISTRIBUTIONS[parameter.distribution], parameter.settings
        cells = self._row.cells(parameter.settings)
        if cells is not None and (cells.size <= MOST_STEPS or self.is_choice):
            self._list(cells)

    def _list(self, cells: lattice.Cells) -> None:
        self.values = [cells.at(i) for i in range(cells.size)]
        weights = np.array(cells.weights or [1.0] * cells.size)
        upper = np.cumsum(weights) / weights.sum()
        self._edges = upper[:-1]
        self.middles = upper - weights / weights.sum() / 2
        self._index = {lattice.identity(value): i for i, value in enumerate(self.values)}
        if self.is_choice and cells.size > 2 and all(map(is_number, self.values)):
            order = np.argsort(np.array(self.values, dtype=float), kind="stable")
            self.ranks = np.empty(cells.size)
            self.ranks[order] = (np.arange(cells.size) + 0.5) / cells.size

    @property
    def size(self) -> int:
        """How many values it has; 0 for a line."""
        return len(self.values)

    @property
    def is_line(self) -> bool:
        """Whether every place is a value."""
        return not self.values

    @property
    def weights(self) -> Array:
        """The share of the axis that each value has."""
        return np.diff([0.0, *self._edges, 1.0])

    def place(self, value: JSON) -> float | None:
        """Return where a value lies, None if the parameter cannot have it."""
        if not self.is_line:
            index = self._index.get(lattice.identity(value))
            return None if index is None else float(self.middles[index])
        if not is_number(value) or not math.isfinite(value):
            return None
        place = self._row.cdf(value, self._settings)
        back = self.value(place)
        return place if math.isclose(back, value, rel_tol=1e-6, abs_tol=1e-9) else None

    def value(self, place: float) -> JSON:
        """Return the value at a place."""
        if self.is_line:
            return self._row.ppf(place, self._settings)
        return self.values[int(np.searchsorted(self._edges, place))]

    def cells(self, places: Array) -> NDArray[np.intp]:
        """Return the indices of the values at places."""
        return np.searchsorted(self._edges, places)

    def snapped(self, places: Array) -> Array:
        """Return the places of the values nearest to places."""
        if self.is_line:
            return np.clip(np.round(places, _DIGITS), *self.ends)
        return self.middles[self.cells(places)]

    def coordinates(self, places: Array) -> list[Array]:
        """Return what a model sees of places (m,): groups of coordinates (m, width).

        A line and steps: the place. Choices: for each value √½ where it is chosen, so that
        different values are at distance 1. Numbers that are listed have a group for their rank
        besides: a model learns whether their order matters.
        """
        if not self.is_choice:
            return [places[:, None]]
        cells = self.cells(places)
        chosen = (cells[:, None] == np.arange(self.size)) * math.sqrt(0.5)
        return [chosen, self.ranks[cells][:, None]] if len(self.ranks) else [chosen]


def is_number(value: JSON) -> bool:
    """Return whether a value is a number, which a boolean is not."""
    return isinstance(value, int | float) and not isinstance(value, bool)
