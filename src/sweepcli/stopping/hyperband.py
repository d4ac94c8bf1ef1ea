"""Hyperband's bands, as W&B's engine decides (Li et al. 2018; `sweeps` 0.3.0).

A band is a number of values that a run has logged. A run that has reached one must be among
the best 1/eta of all runs that have reached it, whatever their state, as they stood there;
ties survive. It is judged again and again, by the largest band that it has reached, since
others raise the bar behind it. With `strict`, what it had shown at the band counts; without, the
best that it has shown up to now.

Otherwise than W&B's pages say, and as its engine does: `strict` is true unless the config says
false, and `max_iter` is no band itself. Only finite values count, and their number, not the
step, is compared with a band. W&B decides every few minutes; here it is at each value.

Otherwise than in W&B's engine, a run that has shown as many values as a whole run is not judged.
"""

from __future__ import annotations

from itertools import accumulate, islice, repeat, takewhile
from operator import mul, truediv
from typing import TYPE_CHECKING

from sweepcli.stopping import Settings, Stop, after, best_share

if TYPE_CHECKING:
    from sweepcli.stopping import Curves

_BANDS = 100
_LARGEST = 10**12  # no run logs more values


def decide(settings: Settings, curves: Curves, running: Curves) -> list[Stop]:
    """Return the running runs that are worse than the best 1/eta at their largest band."""
    eta, strict = settings.get("eta", 3), settings.get("strict", True)
    every_band, thresholds = bands(settings), dict[int, float]()
    stops = []
    for run_id, curve in running.items():
        band = max((band for band in every_band if band <= len(curve.losses)), default=None)
        if band is None:
            continue
        if band not in thresholds:
            thresholds[band] = _threshold(band, eta, curves)
        count, bar = len(curve.losses), thresholds[band]
        place = band - 1 if strict else curve.best_place(count)
        if curve.losses[place] > bar:
            what, best_of = f"the {best_share(eta)} {after(band)}", 1 if strict else count
            stops.append(Stop(run_id, curve.reason(place, bar, what, best_of=best_of)))
    return stops


def first_check(settings: Settings) -> int:
    """Return the first band."""
    return bands(settings)[0]


def bands(settings: Settings) -> list[int]:
    """Return the numbers of values at which runs are compared, ascending."""
    eta = settings.get("eta", 3)
    if "max_iter" in settings and "s" in settings:
        most = min(settings["max_iter"], _LARGEST)
        found = accumulate(repeat(eta, settings["s"]), truediv, initial=most)
        return sorted(
            {int(band) for band in takewhile(lambda band: band >= 1, islice(found, 1, None))}
        )
    first = min(settings["min_iter"], _LARGEST)
    found = accumulate(repeat(eta, _BANDS - 1), mul, initial=first)
    return sorted({int(band) for band in takewhile(lambda band: band <= _LARGEST, found)})


def _threshold(band: int, eta: float, curves: Curves) -> float:
    each = (curve.losses for curve in curves.values())
    reached = sorted(losses[band - 1] for losses in each if len(losses) >= band)
    return reached[int((1 / eta) * len(reached))]
