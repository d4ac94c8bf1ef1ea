"""From games to tables: normalised regret with its confidence interval, and ranks.

The regret of a search is how far what it found is from the best there is, in units of the mean
distance that random search has at the same budget: 0 is the best there is, 1 is random. Where
random search nearly always finds the best, the unit is tiny: a task counts with at most MOST.
"""

from __future__ import annotations

from random import Random
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.search.play import BUDGETS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks.search.play import Game
    from benchmarks.search.tasks import Task

RESAMPLES = 2_000
MOST = 2.0
BASELINE = "random"

ByTask = dict[str, float]  # the mean over the seeds of a task


class Interval(NamedTuple):
    """A mean over tasks, with the bounds that hold 95 of 100 resamples of the tasks."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.2f} ({self.low:.2f}-{self.high:.2f})"


def regrets(games: Iterable[Game], tasks: Mapping[str, Task]) -> dict[tuple[str, int, int], ByTask]:
    """Return the mean regret by (engine, pending, budget) and task."""
    found: dict[tuple[str, int, int, str], list[float]] = {}
    for game in games:
        for budget in BUDGETS:
            if str(budget) in game.found:
                distance = max(game.found[str(budget)] - tasks[game.task].best, 0.0)
                key = game.engine, game.pending, budget, game.task
                found.setdefault(key, []).append(distance)
    means = {key: fmean(distances) for key, distances in found.items()}
    table: dict[tuple[str, int, int], ByTask] = {}
    for (engine, pending, budget, task), mean in means.items():
        unit = means.get((BASELINE, 1, budget, task))
        if unit:
            regret = min(mean / unit, MOST)
            table.setdefault((engine, pending, budget), {})[task] = regret
    return table


def interval(values: Sequence[float]) -> Interval:
    """Return the mean of values, and its bounds by resampling them."""
    draw = Random(0)
    means = sorted(fmean(draw.choices(values, k=len(values))) for _ in range(RESAMPLES))
    cut = RESAMPLES // 40
    return Interval(fmean(values), means[cut], means[-cut - 1])


def ranks(by_engine: Mapping[str, ByTask]) -> dict[str, float]:
    """Return the mean rank of each engine over the tasks that all have played; 1 is best."""
    common = set.intersection(*(set(by_task) for by_task in by_engine.values()))
    places: dict[str, list[float]] = {engine: [] for engine in by_engine}
    for task in common:
        for engine, by_task in by_engine.items():
            others = [other[task] for name, other in by_engine.items() if name != engine]
            before = sum(other < by_task[task] for other in others)
            equal = sum(other == by_task[task] for other in others)
            places[engine].append(1 + before + equal / 2)
    return {engine: fmean(each) for engine, each in places.items() if each}


def behind(ours: ByTask, theirs: ByTask) -> Interval:
    """Return by how much we are behind another engine over the tasks that both have played."""
    return interval([ours[task] - theirs[task] for task in ours if task in theirs])
