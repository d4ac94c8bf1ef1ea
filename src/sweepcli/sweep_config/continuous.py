"""Distributions of numbers between or without bounds. Pure.

A value that would be infinite becomes the largest float: JSON has no infinity.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

from sweepcli.sweep_config import quantiles

if TYPE_CHECKING:
    from sweepcli.records import JSON

    Settings = dict[str, JSON]


def uniform_ppf(x: float, s: Settings) -> float:
    return _between(s["min"] + x * (s["max"] - s["min"]), s["min"], s["max"])


def uniform_cdf(value: JSON, s: Settings) -> float:
    return _share(value, s["min"], s["max"])


def log_uniform_ppf(x: float, s: Settings) -> float:
    return exp(s["min"] + x * (s["max"] - s["min"]))


def log_uniform_cdf(value: JSON, s: Settings) -> float:
    return _share(_log(value), s["min"], s["max"])


def inv_log_uniform_ppf(x: float, s: Settings) -> float:
    return exp(-(s["min"] + (1 - x) * (s["max"] - s["min"])))


def inv_log_uniform_cdf(value: JSON, s: Settings) -> float:
    return _share(_log(value), -s["max"], -s["min"])


def log_uniform_values_ppf(x: float, s: Settings) -> float:
    low, high = math.log(s["min"]), math.log(s["max"])
    return _between(exp(low + x * (high - low)), s["min"], s["max"])


def log_uniform_values_cdf(value: JSON, s: Settings) -> float:
    return _share(_log(value), math.log(s["min"]), math.log(s["max"]))


def normal_ppf(x: float, s: Settings) -> float:
    return _finite(s["mu"] + s["sigma"] * quantiles.normal_ppf(x))


def normal_cdf(value: JSON, s: Settings) -> float:
    if s["sigma"] == 0:
        return float(value >= s["mu"])
    return quantiles.normal_cdf((value - s["mu"]) / s["sigma"])


def log_normal_ppf(x: float, s: Settings) -> float:
    return exp(normal_ppf(x, s))


def log_normal_cdf(value: JSON, s: Settings) -> float:
    return normal_cdf(_log(value), s) if value > 0 else 0.0


def beta_ppf(x: float, s: Settings) -> float:
    return quantiles.beta_ppf(x, s["a"], s["b"])


def beta_cdf(value: JSON, s: Settings) -> float:
    return quantiles.beta_cdf(value, s["a"], s["b"])


def _share(value: float, low: float, high: float) -> float:
    if low >= high:
        return float(value >= high)
    return _unit((value - low) / (high - low))


def _unit(x: float) -> float:
    return min(max(x, 0.0), 1.0)


def _between(value: float, low: float, high: float) -> float:
    return float(min(max(value, low), high))


def _finite(value: float) -> float:
    return _between(value, -sys.float_info.max, sys.float_info.max)


def exp(exponent: float) -> float:
    try:
        return math.exp(exponent)
    except OverflowError:
        return sys.float_info.max


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf
