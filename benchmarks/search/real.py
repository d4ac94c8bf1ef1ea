"""Real tuning tasks: errors of scikit-learn's models, read from the table of `tabulate.py`.

Between the tabulated values of a number the error is interpolated, in the logarithm where the
axis is logarithmic; the lowest error is therefore the lowest of the table.
"""

from __future__ import annotations

import itertools
import json
import math
import os
from bisect import bisect_right
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TABLES = os.path.join(os.path.dirname(__file__), "real_tasks.json")


class Table:
    """The errors of one task over a grid."""

    def __init__(self, axes: Mapping[str, Sequence[Any]], errors: Sequence[float]) -> None:
        self._axes = axes
        self._errors = errors
        self.best = min(errors)

    @property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """The space of the task, as a sweep config has it."""
        return {name: _parameter(values) for name, values in self._axes.items()}

    def __call__(self, at: Mapping[str, Any]) -> float:
        """Return the error at some settings."""
        corners = [_corners(values, at[name]) for name, values in self._axes.items()]
        total = 0.0
        for corner in itertools.product(*corners):
            index, weight = 0, 1.0
            for values, (place, share) in zip(self._axes.values(), corner, strict=True):
                index = index * len(values) + place
                weight *= share
            total += weight * self._errors[index]
        return total


@cache
def tables() -> dict[str, Table]:
    """Return all tasks by their names."""
    with open(TABLES, encoding="utf-8") as file:
        read: dict[str, Any] = json.load(file)
    return {name: Table(each["axes"], each["errors"]) for name, each in read.items()}


def _is_number(values: Sequence[Any]) -> bool:
    """Return whether an axis goes through all that is between its values."""
    return len(values) > 2 and all(type(value) in (int, float) for value in values)


def _is_log(values: Sequence[float]) -> bool:
    return isinstance(values[0], float) and values[-1] / values[0] > 50


def _parameter(values: Sequence[Any]) -> dict[str, Any]:
    if not _is_number(values):
        return {"values": list(values)}
    bounds = {"min": values[0], "max": values[-1]}
    if all(type(value) is int for value in values):
        return {"distribution": "int_uniform", **bounds}
    return {"distribution": "log_uniform_values" if _is_log(values) else "uniform", **bounds}


def _corners(values: Sequence[Any], value: Any) -> list[tuple[int, float]]:  # noqa: ANN401 -- the user's business
    """Return the places around a value on an axis, each with its share."""
    if not _is_number(values):
        return [(next(i for i, v in enumerate(values) if v is value or v == value), 1.0)]
    at = [math.log(v) for v in values] if _is_log(values) else [float(v) for v in values]
    x = math.log(value) if _is_log(values) else float(value)
    left = min(max(bisect_right(at, x) - 1, 0), len(at) - 2)
    share = min(max((x - at[left]) / (at[left + 1] - at[left]), 0.0), 1.0)
    return [(left, 1 - share), (left + 1, share)]
