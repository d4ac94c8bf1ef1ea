"""What is odd about parameters that can be sampled: warnings, never errors."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from sweepcli.sweep_config import lattice
from sweepcli.sweep_config.problems import shown

if TYPE_CHECKING:
    from collections.abc import Hashable

    from sweepcli.records import JSON
    from sweepcli.sweep_config.problems import Path, Report

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")  # W&B's
_LARGEST_EXPONENT = math.log(1.7e308)
_EXPONENTS = {
    "log_uniform": "log_uniform_values",
    "q_log_uniform": "q_log_uniform_values",
    "inv_log_uniform": "log_uniform_values",
}


def on_name(name: str, path: Path, report: Report) -> None:
    """Warn of a parameter name that command lines and W&B have trouble with."""
    if not _NAME.fullmatch(name):
        fix = "use letters, digits, `_`, `.` and `-`, with a letter first"
        report.warn(path, "is an odd name for a parameter", fix)


def on_leaf(settings: dict[str, JSON], path: Path, report: Report) -> None:
    """Warn of settings that are allowed and hardly meant."""
    form = settings["distribution"]
    if form in _EXPONENTS:
        _on_exponents(form, settings, path, report)
    if "values" in settings:
        _on_values(settings["values"], (*path, "values"), report)
    if "q" in settings and "min" in settings:
        low, high = _ends(form, settings)
        if settings["q"] > high - low:
            text = f"the step {settings['q']} is larger than the range {low:g} to {high:g}"
            report.warn((*path, "q"), text, "make q smaller")
    if settings.get("sigma") == 0:
        text = "is 0, so every run gets the same value"
        report.warn((*path, "sigma"), text, "write `value:` instead, or a larger sigma")


def on_inferred(
    settings: dict[str, JSON], path: Path, exponents: frozenset[Path], report: Report
) -> None:
    """Warn of bounds that W&B's client refuses without a distribution and we take as uniform."""
    low, high = settings.get("min"), settings.get("max")
    if low is None or high is None:
        return
    odd = [key for key in ("min", "max") if (*path, key) in exponents]
    if type(low) is not type(high) or odd:
        wide = low > 0 and high / low >= 1000
        name = "log_uniform_values" if wide else "uniform"
        text = f"{shown(low)} to {shown(high)} without a distribution is taken as uniform"
        report.warn(path, text, f"write `distribution: {name}`")


def on_sum(settings: dict[str, JSON], path: Path, report: Report, *, refuse: bool) -> None:
    """Warn of probabilities that do not sum to 1; where W&B refuses them, so do we."""
    total = sum(settings["probabilities"])
    if not math.isclose(total, 1, rel_tol=1e-5, abs_tol=1e-8):
        say = report.error if refuse else report.warn
        say((*path, "probabilities"), f"sum to {total:g}, not to 1", "make them sum to 1")


def _ends(form: str, settings: dict[str, JSON]) -> tuple[float, float]:
    low, high = settings["min"], settings["max"]
    if form != "q_log_uniform":
        return low, high
    return _exp(low), _exp(high)


def _exp(exponent: float) -> float:
    return math.exp(exponent) if exponent < _LARGEST_EXPONENT else math.inf


def _on_exponents(form: str, settings: dict[str, JSON], path: Path, report: Report) -> None:
    low, high = settings["min"], settings["max"]
    ends = (-high, -low) if form == "inv_log_uniform" else (low, high)
    first, last = (_exp(end) for end in ends)
    text = f"{form} takes exponents: this samples from {first:g} to {last:g}"
    if low > 0 and (high <= 1 or last > 1e6):
        fix = f"bounds look like values: use `distribution: {_EXPONENTS[form]}`"
    else:
        fix = (
            f"deprecated: use `distribution: {_EXPONENTS[form]}`, min: {first:.6g}, max: {last:.6g}"
        )
    report.warn((*path, "distribution"), text, fix)


def _on_values(values: list[JSON], path: Path, report: Report) -> None:
    texts = [value for value in values if isinstance(value, str)]
    if any(text.startswith("(") and ")" not in text for text in texts):
        # https://github.com/wandb/wandb/issues/1493
        fix = "write each tuple as a list, [3, 3], or in quotes"
        report.warn(path, "YAML has no tuples: these were cut at their commas", fix)
        return
    first: dict[Hashable, int] = {}
    for index, value in enumerate(values):
        found = first.setdefault(lattice.identity(value), index)
        if found != index:
            text = f"{shown(value)} stands at position {found + 1} of the list already"
            report.warn((*path, index), text, "remove one of them")
