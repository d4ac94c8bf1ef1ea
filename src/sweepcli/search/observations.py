"""What a model-based search learns from its runs: points with values, and points in flight.

Every value is turned so that less is better. A run counts with its value, which is its best
one unless `metric.value` says otherwise, however it ended; so does one that early termination
stopped. One without a value counts as the worst of the runs' values if its program is to blame
(it finished without the metric, failed, or was stopped), and not at all if it was killed or its
machine or agent was lost: it teaches nothing about its params. W&B's `impute`, where the
config says it, replaces this for runs that did not finish.
"""

from __future__ import annotations

import math
import sys
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.records import Run, RunState
from sweepcli.search.numeric import np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sweepcli.records import Metric, SweepConfig

    Array = NDArray[np.float64]

_IN_FLIGHT = (RunState.PENDING, RunState.RUNNING, RunState.PREEMPTED)
_OTHERS_FAULT = (RunState.KILLED, RunState.CRASHED)
_UNFINISHED = (RunState.FAILED, *_OTHERS_FAULT)
_STANDARD = NormalDist()


class Observations(NamedTuple):
    """Runs with what is known of each, in their order."""

    runs: list[Run]
    values: Array  # (n,), less is better
    in_flight: list[Run]


def with_prior(config: SweepConfig, runs: Sequence[Run]) -> Sequence[Run]:
    """Return the runs behind those that were known before, as runs that have finished."""
    if not config.prior_runs:
        return runs
    known = [
        Run("", "", 0, "", RunState.FINISHED, params, value=value, worst=value, latest=value)
        for params, value in config.prior_runs
    ]
    return [*known, *runs]


def observe(runs: Sequence[Run], metric: Metric) -> Observations:
    """Return what the runs have shown of the metric."""
    sign = float(metric.goal.sign)
    shown = (run.worst if metric.value == "best" else run.value for run in runs)
    worst_ever = max((sign * value for value in shown if value is not None), default=None)
    found: list[tuple[Run, float | None]] = []  # None: as bad as the worst of the others
    in_flight = []
    for run in runs:
        counts_early = run.state is RunState.RUNNING and metric.impute_while_running != "false"
        if run.state in _IN_FLIGHT and not counts_early:
            in_flight.append(run)
        elif counts_early:
            found.append((run, _shown(run, sign, metric.impute_while_running, worst_ever)))
        elif metric.impute is not None and run.state in _UNFINISHED:
            found.append((run, _imputed(run, sign, metric.impute, worst_ever)))
        elif run.value is not None:
            found.append((run, sign * run.value))
        elif run.state not in _OTHERS_FAULT:
            found.append((run, None))
    worst = max((value for _, value in found if value is not None), default=0.0)
    values = [worst if value is None else value for _, value in found]
    return Observations([run for run, _ in found], np.array(values), in_flight)


def _shown(run: Run, sign: float, strategy: str, worst_ever: float | None) -> float | None:
    return _imputed(run, sign, strategy, worst_ever) if run.value is None else sign * run.value


def _imputed(run: Run, sign: float, strategy: str, worst_ever: float | None) -> float | None:
    """Return what W&B takes for a run that did not finish; where that is its 0, we take None."""
    if strategy == "worst":
        return worst_ever
    own = run.value if strategy == "best" else run.latest
    return None if own is None else sign * own


def subset(values: Array, most: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return the indices of at most `most` runs: the best, the latest and some at random.

    Two fifths are the best and one fifth the latest; the order is kept.
    """
    n = len(values)
    if n <= most:
        return np.arange(n)
    best = np.argsort(values, kind="stable")[: 2 * most // 5]
    chosen = np.union1d(best, np.arange(n - most // 5, n))
    others = np.setdiff1d(np.arange(n), chosen)
    return np.union1d(chosen, rng.choice(others, most - len(chosen), replace=False))


HUGE = 2.0**560  # the square of the largest number divided by it can be computed


class Warp(NamedTuple):
    """Values on a scale that a model can learn: z (n,), 0 in the middle, less is better.

    The better half keeps its shape: z = (value - middle) / unit. The worse half is replaced
    by normal quantiles, so that neither one catastrophic run nor a few flatten the rest.
    """

    z: Array
    middle: float
    unit: float

    def value(self, z: float) -> float:
        """Return the value that stands for z; of the worse half only the edge is known."""
        return self.middle + self.unit * min(z, 0.0)


def warped(values: Array) -> Warp:
    """Return the values (n,), n > 0, on the model's scale; equal ones stay equal."""
    n = len(values)
    order = np.argsort(values, kind="stable")
    ascending = values[order]
    half = (n + 1) // 2
    middle = float(ascending[half - 1])
    with np.errstate(over="ignore"):
        unit = float(np.sqrt(np.mean((ascending[:half] - middle) ** 2))) or 1.0
    if not math.isfinite(unit):  # beyond 1e154 the squares are not
        smaller = warped(values / HUGE)
        largest = sys.float_info.max
        return Warp(smaller.z, middle, min(smaller.unit * HUGE, largest))
    ascending_z = (ascending - middle) / unit
    for place in range(half, n):
        is_equal = ascending[place] == ascending[place - 1]
        quantile = _STANDARD.inv_cdf((place + 0.5) / n)
        ascending_z[place] = ascending_z[place - 1] if is_equal else quantile
    z = np.empty(n)
    z[order] = ascending_z
    return Warp(z, middle, unit)
