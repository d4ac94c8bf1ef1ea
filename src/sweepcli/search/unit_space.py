"""The space of a model-based search: a unit cube with one axis for each varying parameter.

Notation: m points u (m, p) in the cube; what the model sees of them is x (m, d), in g groups.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sweepcli.search.axes import Axis
from sweepcli.search.numeric import np
from sweepcli.sweep_config import parameters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sweepcli.records import JSON, Parameter, Params

    Array = NDArray[np.float64]


class Space:
    """The axes of a config's parameters, together."""

    def __init__(self, leaves: Sequence[Parameter]) -> None:
        self._leaves = leaves
        self._all = [Axis(parameter) for parameter in leaves]
        self.axes = [axis for axis in self._all if axis.size != 1]
        self.lines = np.array([axis.is_line for axis in self.axes], dtype=bool)
        middle = np.full((1, len(self.axes)), 0.5)
        widths = [[part.shape[1] for part in parts] for parts in self._parts(self.snapped(middle))]
        # Of each group its axis, of each coordinate its group, of each line its coordinate.
        self.axis_of = [number for number, parts in enumerate(widths) for _ in parts]
        flat = [width for parts in widths for width in parts]
        self.groups = np.repeat(np.arange(len(flat)), flat)
        first = np.cumsum([0, *(sum(parts) for parts in widths)])[:-1]
        self.of_lines = first[self.lines]

    @property
    def combinations(self) -> int | None:
        """How many points there are, None if they cannot be counted."""
        return None if self.lines.any() else math.prod(axis.size for axis in self.axes)

    def snapped(self, u: Array) -> Array:
        """Return the nearest points that stand for values."""
        columns = [axis.snapped(u[:, number]) for number, axis in enumerate(self.axes)]
        return np.stack(columns, axis=1) if columns else u

    def coordinates(self, u: Array) -> Array:
        """Return what a model sees of points: x (m, d)."""
        return np.concatenate([part for parts in self._parts(u) for part in parts], axis=1)

    def _parts(self, u: Array) -> list[list[Array]]:
        return [axis.coordinates(u[:, number]) for number, axis in enumerate(self.axes)]

    def squared_distances(self, x: Array) -> Array:
        """Return those of all pairs within each group (g, n, n)."""
        found = np.empty((len(self.axis_of), len(x), len(x)))
        for group in range(len(found)):
            part = x[:, self.groups == group]
            if part.shape[1] == 1:
                found[group] = np.square(part - part.T)
            else:
                found[group] = np.round(1 - 2 * (part @ part.T))  # of choices: 0 or 1
        return found

    def place(self, params: Params) -> list[float] | None:
        """Return the point of a run's params; None if they do not fit the space."""
        point = []
        for axis in self._all:
            value: JSON = params
            for name in axis.path:
                if not isinstance(value, dict) or name not in value:
                    return None
                value = value[name]
            place = axis.place(value)
            if place is None:
                return None
            if axis.size != 1:
                point.append(place)
        return point

    def params(self, u: Array) -> Params:
        """Return the params that a point (p,) stands for."""
        places = iter(u.tolist())
        values = [
            axis.values[0] if axis.size == 1 else axis.value(next(places)) for axis in self._all
        ]
        return parameters.nest(self._leaves, values)

    def cell(self, u: Array) -> int:
        """Return the number of a point (p,) among all `combinations`."""
        number = 0
        for axis, place in zip(self.axes, u, strict=True):
            number = number * axis.size + int(axis.cells(place))
        return number

    def points_of(self, numbers: Sequence[int]) -> Array:
        """Return the points (m, p) with these numbers."""
        found = []
        for cell in numbers:
            rest, digits = cell, []
            for axis in reversed(self.axes):
                rest, digit = divmod(rest, axis.size)
                digits.append(axis.middles[digit])
            found.append(digits[::-1])
        return np.array(found).reshape(len(numbers), len(self.axes))
