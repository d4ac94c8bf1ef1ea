"""What a rule would have stopped in a sweep that is finished, or running."""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import stopping
from sweepcli.stopping.curve import Curve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sweepcli.records import JSON, Goal
    from sweepcli.stopping import Settings


class Logged(NamedTuple):
    """What a run logged of the metric at one time (seconds since the epoch)."""

    at: float
    attempt: int
    step: int
    value: JSON


class Past(NamedTuple):
    """A run as it went."""

    spans: Sequence[tuple[float, float]]  # when each attempt began and ended; inf: still running
    logged: Sequence[Logged]
    is_finished: bool = False  # it ended by itself, and well


class Cut(NamedTuple):
    """Where a rule would have stopped a run."""

    at: float
    reason: str
    best: float | None  # of the metric up to there
    values: int  # of the metric, that it would not have logged
    seconds: float  # that it would not have taken


def replay(
    settings: Settings, goal: Goal, runs: Mapping[str, Past], *, tick_s: float
) -> dict[str, Cut]:
    """Return which runs would have been stopped, by their ids, in the order of time.

    `tick_s` is the time between two judgements.

    The rule sees what was logged, when it was, and nothing of a run beyond its cut. What a
    sweep would have done with the time is not known.
    """
    events = sorted(
        ((logged.at, run_id, logged) for run_id, run in runs.items() for logged in run.logged),
        key=lambda event: event[0],
    )
    curves = {run_id: Curve(goal) for run_id in runs}
    cuts: dict[str, Cut] = {}
    for tick, group in groupby(events, key=lambda event: math.floor(event[0] / tick_s)):
        now = (tick + 1) * tick_s
        for _, run_id, logged in group:
            if run_id not in cuts:
                curves[run_id].add(logged.attempt, logged.step, logged.value)
        running = [i for i in runs if i not in cuts and _is_running(runs[i], now)]
        finished = [i for i in runs if i not in cuts and _has_finished(runs[i], now)]
        for run_id, reason in stopping.decide(settings, curves, running, finished):
            run = runs[run_id]
            unseen = sum(logged.at >= now for logged in run.logged)
            best = curves[run_id].best
            cuts[run_id] = Cut(now, reason, best, unseen, seconds(run, now))
    return cuts


def seconds(run: Past, since: float = -math.inf) -> float:
    """Return how long a run was running, from a time on, as far as that is known."""
    last = max((logged.at for logged in run.logged), default=since)
    spans = ((max(start, since), last if end == math.inf else end) for start, end in run.spans)
    return sum(max(0.0, end - start) for start, end in spans)


def _has_finished(run: Past, now: float) -> bool:
    return run.is_finished and all(end <= now for _, end in run.spans)


def _is_running(run: Past, now: float) -> bool:
    return any(start <= now < end for start, end in run.spans)
