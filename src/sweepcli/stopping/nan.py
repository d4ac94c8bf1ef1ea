"""Ends a run whose metric is no longer a number, or beyond a limit.

It ends once its last `patience` (1) values were all nan or infinite, or worse than `worse_than`
if the config has that.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sweepcli.stopping import Settings, Stop

if TYPE_CHECKING:
    from sweepcli.records import Goal
    from sweepcli.stopping import Curves


def decide(settings: Settings, curves: Curves, running: Curves) -> list[Stop]:  # noqa: ARG001 -- as every rule
    """Return the running runs that have diverged."""
    patience, limit = settings.get("patience", 1), settings.get("worse_than")
    stops = []
    for run_id, curve in running.items():
        last = curve.points[-patience:]
        if len(last) == patience and all(_is_lost(p.value, limit, curve.goal) for p in last):
            step, value = last[-1]
            bound = f", worse than {limit:.4g}" if math.isfinite(value) else ""
            stops.append(Stop(run_id, f"stopped at step {step}: the metric is {value:.4g}{bound}"))
    return stops


def first_check(settings: Settings) -> int:
    """Return after how many values a run may end."""
    patience: int = settings.get("patience", 1)
    return patience


def _is_lost(value: float, limit: float | None, goal: Goal) -> bool:
    if limit is None or not math.isfinite(value):
        return not math.isfinite(value)
    return goal.is_better(limit, value)
