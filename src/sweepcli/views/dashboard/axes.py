"""A parameter as an axis on a screen: its ends, its scale, its values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.sweep_config.distributions import DISTRIBUTIONS, UNORDERED

if TYPE_CHECKING:
    from sweepcli.records import JSON, Parameter

MOST_VALUES = 200  # that an axis lists; one with more is a line


def axis(parameter: Parameter) -> dict[str, JSON]:
    """Return the axis of a parameter; ends that are not bounded are None."""
    row, settings = DISTRIBUTIONS[parameter.distribution], parameter.settings
    cells = row.cells(settings)
    values = None
    if cells is not None and (cells.size <= MOST_VALUES or parameter.distribution in UNORDERED):
        values = [cells.at(place) for place in range(cells.size)]
    low, high = (None, None) if cells is not None and values else _ends(parameter)
    return {
        "name": parameter.name,
        "distribution": parameter.distribution,
        "kind": _kind(parameter, values),
        "scale": "log" if "log" in parameter.distribution.split("_") else "linear",
        "min": low,
        "max": high,
        "values": values,
    }


def _kind(parameter: Parameter, values: list[JSON] | None) -> str:
    if values is None:
        return "line"
    if len(values) == 1:
        return "constant"
    return "choice" if parameter.distribution in UNORDERED else "steps"


def _ends(parameter: Parameter) -> tuple[float | None, float | None]:
    if "mu" in parameter.settings:  # a normal distribution has none
        return None, None
    row = DISTRIBUTIONS[parameter.distribution]
    low, high = (row.ppf(place, parameter.settings) for place in (0.0, 1.0))
    return low, high
