"""Grid search: every combination once, cell i decoded from its index.

The order is W&B's: parameters sorted by name at every nesting level, the first slowest, the
last fastest, values as listed. The product is never built: a grid of 10^12 cells starts at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.errors import ConfigError
from sweepcli.records import Suggestion
from sweepcli.sweep_config import lattice, parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sweepcli.records import JSON, Parameter, Run, SweepConfig

AHEAD = 32  # suggestions worth making at once
LEARNS = False


def suggest(config: SweepConfig, runs: Sequence[Run], n: int) -> list[Suggestion]:
    """Return the next cells; each run so far, whatever became of it, used up one."""
    axes = [_axis(parameter) for parameter in config.parameters]
    last = min(len(runs) + n, lattice.combinations(axes))
    return [
        Suggestion(str(cell), parameters.nest(config.parameters, _decode(cell, axes)))
        for cell in range(len(runs), last)
    ]


def size(config: SweepConfig) -> int:
    """Return the number of cells."""
    return lattice.combinations([_axis(parameter) for parameter in config.parameters])


def _decode(cell: int, axes: Sequence[lattice.Cells]) -> list[JSON]:
    """Return the values of one cell: its index is a number whose digits have these bases."""
    values = []
    for axis in reversed(axes):
        cell, digit = divmod(cell, axis.size)
        values.append(axis.at(digit))
    return values[::-1]


def _axis(parameter: Parameter) -> lattice.Cells:
    if parameter.distribution not in _AXES:
        raise ConfigError(
            f"parameters.{parameter.name}: method grid cannot list the values of "
            f"{parameter.distribution}; use values, int_uniform or q_uniform, or method: random"
        )
    return _AXES[parameter.distribution](parameter.settings)


def _spaced(settings: dict[str, JSON]) -> lattice.Cells:
    points = lattice.spaced(settings["min"], settings["max"], settings.get("q", 1))
    return lattice.Cells(points.size, points.at)


_AXES: dict[str, Callable[[dict[str, JSON]], lattice.Cells]] = {
    "constant": lambda s: lattice.listed([s["value"]]),
    "categorical": lambda s: lattice.listed(lattice.distinct(s["values"])),
    "int_uniform": _spaced,
    "q_uniform": _spaced,
}
