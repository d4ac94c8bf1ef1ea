"""The median rule of Google's Vizier (Golovin et al. 2017).

A run ends if the best value that it has shown is worse than the median, over the other runs that
have come as far, of their mean value up to there. `min_iter` (5) is the number of values before
the first comparison, `min_runs` (3) how many others must have come as far.
"""

from __future__ import annotations

from statistics import fmean, median
from typing import TYPE_CHECKING

from sweepcli.stopping import Settings, Stop, after

if TYPE_CHECKING:
    from sweepcli.stopping import Curves


def decide(settings: Settings, curves: Curves, running: Curves) -> list[Stop]:
    """Return the running runs whose best is worse than the median of the others' means."""
    first, min_runs = first_check(settings), settings.get("min_runs", 3)
    stops = []
    for run_id, curve in running.items():
        count = len(curve.losses)
        if count < first:
            continue
        others = (other.losses for other in curves.values() if other is not curve)
        means = [fmean(losses[:count]) for losses in others if len(losses) >= count]
        if len(means) < min_runs:
            continue
        best, bar = curve.best_place(count), median(means)
        if curve.losses[best] > bar:
            what = f"the median of {len(means)} runs {after(count)}"
            stops.append(Stop(run_id, curve.reason(best, bar, what, best_of=count)))
    return stops


def first_check(settings: Settings) -> int:
    """Return after how many values runs are compared."""
    first: int = settings.get("min_iter", 5)
    return first
