"""Asynchronous successive halving, in its stopping form (Li et al. 2020).

Rungs are at `min_iter` (1), `min_iter * eta`, `min_iter * eta²`, … logged values, up to `max_iter`;
`eta` is 4. A run goes on if its best value up to its last rung is among the best 1/eta, rounded
down, of all that have reached that rung, and always if it is the best of them. Hyperband, as
W&B has it, takes the value at the band and rounds up: asha is the stricter of the two.

The paper judges a run once at each rung. Here the rule is a function of the curves alone, so
a run is judged by its last rung until it reaches the next: who comes later raises the bar.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sweepcli.stopping import Settings, Stop, after, best_share

if TYPE_CHECKING:
    from sweepcli.stopping import Curves

_ETA = 4


def decide(settings: Settings, curves: Curves, running: Curves) -> list[Stop]:
    """Return the running runs that are at a rung and not among its best 1/eta."""
    eta = settings.get("eta", _ETA)
    stops = []
    for run_id, curve in running.items():
        rung = last_rung(len(curve.losses), settings)
        if rung == 0:
            continue
        best = curve.best_place(rung)
        each = (other.losses for other in curves.values())
        reached = sorted(min(losses[:rung]) for losses in each if len(losses) >= rung)
        bar = reached[max(int(len(reached) / eta), 1) - 1]
        if curve.losses[best] > bar:
            what = f"the {best_share(eta)} {after(rung)}"
            stops.append(Stop(run_id, curve.reason(best, bar, what, best_of=rung)))
    return stops


def first_check(settings: Settings) -> int:
    """Return the first rung."""
    first: int = settings.get("min_iter", 1)
    return first


def last_rung(count: int, settings: Settings) -> int:
    """Return the largest rung that `count` values reach, 0 if there is none."""
    first, eta = first_check(settings), settings.get("eta", _ETA)
    limit = min(count, settings.get("max_iter", count))
    if limit < first:
        return 0
    near = int(math.log(limit / first, eta))  # it may be off by one where a rung is met exactly
    rungs = (first * eta**power for power in range(max(near - 1, 0), near + 2))
    return max(int(rung) for rung in rungs if rung < limit + 1)
