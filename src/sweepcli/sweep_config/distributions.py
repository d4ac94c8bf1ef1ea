"""Every distribution a parameter can have: one table of W&B's names.

Notation: x in [0, 1] is the share of the probability below a value, v a value, s a parameter's
settings with their defaults. The maps are W&B's (`sweeps` 0.3.0, `params.py`), except that
quantised values stay inside their bounds, decimals are exact, x = 0 and x = 1 give the ends, and
values are plain Python, always finite: where one would be infinite, the largest float, since JSON
has no infinity. Pure; standard library only, since every agent imports it.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.records import JSON, NOTHING
from sweepcli.sweep_config import lattice, quantiles

if TYPE_CHECKING:
    from collections.abc import Callable

Settings = dict[str, JSON]

_ROUNDING = 2.0**-52  # a share that is so near to 0 or 1 is that of an end
UNORDERED = ("categorical", "categorical_w_probabilities")  # their values are choices


class Distribution(NamedTuple):
    """A named map between [0, 1] and values.

    `ppf(x, s)` returns the value that has the share x below it: a choice as it was listed, an int
    from `int_uniform` and from multiples of a whole `q`, else a float. `cdf(v, s)` is its inverse;
    a quantised distribution has that of the unquantised one, as W&B's. The settings have been
    checked. The only error is a ValueError from the cdf of choices, for a value that is none.
    """

    meaning: str  # one line, for the reference
    phrase: str  # the same with a parameter's settings in it
    ppf: Callable[[float, Settings], JSON]
    cdf: Callable[[JSON, Settings], float]
    required: tuple[str, ...] = ()
    defaults: dict[str, JSON] = NOTHING
    # The values and their weights, if they are finitely many and few enough to be listed.
    cells: Callable[[Settings], lattice.Cells | None] = lambda _: None


def exp(exponent: float) -> float:
    """Return e^exponent, at most the largest float."""
    try:
        return math.exp(exponent)
    except OverflowError:
        return sys.float_info.max


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf


def _between(value: float, low: float, high: float) -> float:
    return float(min(max(value, low), high))


def _share(value: float, low: float, high: float) -> float:
    """Return how far a value lies from low to high, 0 below and 1 above."""
    return float(value >= high) if low >= high else _between((value - low) / (high - low), 0, 1)


def _normal_ppf(x: float, s: Settings) -> float:
    largest = sys.float_info.max
    return _between(s["mu"] + s["sigma"] * quantiles.normal_ppf(x), -largest, largest)


def _normal_cdf(v: JSON, s: Settings) -> float:
    if s["sigma"] == 0:
        return float(v >= s["mu"])
    return quantiles.normal_cdf((v - s["mu"]) / s["sigma"])


def _along(x: float, low: float, high: float) -> float:
    """Return the number that is the share x of the way from low to high, these at the ends."""
    if x <= _ROUNDING or x >= 1 - _ROUNDING:
        return low if x < 0.5 else high
    return low + x * (high - low)


def _log_uniform_values_ppf(x: float, s: Settings) -> float:
    if x <= _ROUNDING or x >= 1 - _ROUNDING:
        return float(_along(x, s["min"], s["max"]))  # exp(log(v)) is not always v
    exponent = _along(x, math.log(s["min"]), math.log(s["max"]))
    return _between(exp(exponent), s["min"], s["max"])


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


def _weighted_ppf(x: float, s: Settings) -> JSON:
    """Return the first value whose cumulative probability exceeds x, the last possible at 1."""
    cumulative, chosen = 0.0, s["values"][0]
    for value, probability in zip(s["values"], s["probabilities"], strict=True):
        cumulative += probability
        if probability > 0:
            chosen = value
        if cumulative > x:
            break
    return chosen


def _quantised(
    plain: Distribution, bounds: Callable[[Settings], tuple[float, float] | None]
) -> Distribution:
    """Return the distribution rounded to multiples of `q`, inside its bounds if it has any."""

    def cells(s: Settings) -> lattice.Cells | None:
        ends = bounds(s)
        return ends and lattice.quantised_cells(s["q"], ends, lambda v: plain.cdf(v, s))

    return Distribution(
        meaning=f"{plain.meaning}; rounded to multiples of q",
        phrase=plain.phrase + " in steps of {q}",
        ppf=lambda x, s: lattice.quantise(plain.ppf(x, s), s["q"], bounds(s)),
        cdf=plain.cdf,
        required=plain.required,
        defaults={**plain.defaults, "q": 1.0},
        cells=cells,
    )


_UNIFORM = Distribution(
    "a number between min and max, each equally likely",
    "uniform between {min} and {max}",
    ppf=lambda x, s: _between(_along(x, s["min"], s["max"]), s["min"], s["max"]),
    cdf=lambda v, s: _share(v, s["min"], s["max"]),
    required=("min", "max"),
)
_LOG_UNIFORM_VALUES = Distribution(
    "a number between min and max whose logarithm is uniform",
    "log-uniform between {min} and {max}",
    ppf=_log_uniform_values_ppf,
    cdf=lambda v, s: _share(_log(v), math.log(s["min"]), math.log(s["max"])),
    required=("min", "max"),
)
_LOG_UNIFORM = Distribution(
    "a number between e^min and e^max whose logarithm is uniform (deprecated)",
    "log-uniform between e^{min} and e^{max}",
    ppf=lambda x, s: exp(_along(x, s["min"], s["max"])),
    cdf=lambda v, s: _share(_log(v), s["min"], s["max"]),
    required=("min", "max"),
)
_NORMAL = Distribution(
    "a number of a normal distribution with mean mu and deviation sigma",
    "normal with mean {mu} and deviation {sigma}",
    ppf=_normal_ppf,
    cdf=_normal_cdf,
    defaults={"mu": 0.0, "sigma": 1.0},
)
_LOG_NORMAL = Distribution(
    "a number whose logarithm is normal with mean mu and deviation sigma",
    "log-normal with mean {mu} and deviation {sigma} of the logarithm",
    ppf=lambda x, s: exp(_normal_ppf(x, s)),
    cdf=lambda v, s: _normal_cdf(_log(v), s) if v > 0 else 0.0,
    defaults={"mu": 0.0, "sigma": 1.0},
)
_BETA = Distribution(
    "a number between 0 and 1 of a beta distribution with shapes a and b",
    "beta with shapes {a} and {b}",
    ppf=lambda x, s: quantiles.beta_ppf(x, s["a"], s["b"]),
    cdf=lambda v, s: quantiles.beta_cdf(v, s["a"], s["b"]),
    defaults={"a": 1, "b": 1},
)

DISTRIBUTIONS: dict[str, Distribution] = {
    "constant": Distribution(
        "always the same value",
        "always {value}",
        ppf=lambda _, s: s["value"],
        cdf=lambda _value, _: 1.0,
        required=("value",),
        cells=lambda s: lattice.listed([s["value"]]),
    ),
    "categorical": Distribution(
        "one of the values, each equally likely",
        "one of {values}",
        ppf=lambda x, s: s["values"][_cell_of(x, len(s["values"]))],
        cdf=lambda v, s: (_index(v, s["values"]) + 1) / len(s["values"]),
        required=("values",),
        cells=lambda s: lattice.weighed(s["values"], [1.0] * len(s["values"])),
    ),
    "categorical_w_probabilities": Distribution(
        "one of the values, as likely as probabilities say",
        "one of {values}",
        ppf=_weighted_ppf,
        cdf=lambda v, s: min(math.fsum(s["probabilities"][: _index(v, s["values"]) + 1]), 1.0),
        required=("values", "probabilities"),
        cells=lambda s: lattice.weighed(s["values"], s["probabilities"]),
    ),
    "int_uniform": Distribution(
        "a whole number from min to max, both included, each equally likely",
        "whole number from {min} to {max}",
        ppf=lambda x, s: s["min"] + _cell_of(x, s["max"] - s["min"] + 1),
        cdf=lambda v, s: _between((v - s["min"] + 1) / (s["max"] - s["min"] + 1), 0, 1),
        required=("min", "max"),
        # `len` of a range ends at 2^63.
        cells=lambda s: lattice.Cells(
            s["max"] - s["min"] + 1, range(s["min"], s["max"] + 1).__getitem__
        ),
    ),
    "uniform": _UNIFORM,
    "q_uniform": _quantised(_UNIFORM, lambda s: (s["min"], s["max"])),
    "log_uniform_values": _LOG_UNIFORM_VALUES,
    "q_log_uniform_values": _quantised(_LOG_UNIFORM_VALUES, lambda s: (s["min"], s["max"])),
    "inv_log_uniform_values": _LOG_UNIFORM_VALUES,  # the same by algebra, in W&B too
    "log_uniform": _LOG_UNIFORM,
    "q_log_uniform": _quantised(_LOG_UNIFORM, lambda s: (exp(s["min"]), exp(s["max"]))),
    "inv_log_uniform": Distribution(
        "a number between e^-max and e^-min whose logarithm is uniform (deprecated)",
        "log-uniform between e^-{max} and e^-{min}",
        ppf=lambda x, s: exp(-_along(1 - x, s["min"], s["max"])),
        cdf=lambda v, s: _share(_log(v), -s["max"], -s["min"]),
        required=("min", "max"),
    ),
    "normal": _NORMAL,
    "q_normal": _quantised(_NORMAL, lambda _: None),
    "log_normal": _LOG_NORMAL,
    "q_log_normal": _quantised(_LOG_NORMAL, lambda _: None),
    "beta": _BETA,
    "q_beta": _quantised(_BETA, lambda _: (0, 1)),
}
