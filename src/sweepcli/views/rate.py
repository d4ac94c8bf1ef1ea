"""How fast the runs of a sweep end, and how long the rest will take at that rate. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.views import render

if TYPE_CHECKING:
    from collections.abc import Iterable

WINDOW_S = 3600.0  # how far back ends count
LEAST = 3  # ends that make a rate


class Pace(NamedTuple):
    """Runs an hour, and the seconds that are left where the number of runs is known."""

    per_hour: float
    left_s: float | None


def of(ends: Iterable[float], left: int | None, now: float) -> Pace | None:
    """Return the pace of the latest ends; None if there are too few to tell.

    The time since the last end counts, so a sweep that hangs becomes slower as one looks on.
    """
    recent = sorted(end for end in ends if now - WINDOW_S < end <= now)
    if len(recent) < LEAST or now <= recent[0]:
        return None
    per_s = (len(recent) - 1) / (now - recent[0])
    return Pace(per_s * render.HOUR_S, None if left is None else left / per_s)
