"""Which parameters seem to matter, in milliseconds: for the order of columns, not for figures.

The forest of `importance.of`, with numpy, takes a quarter of a second. Here the runs are put into
groups with like values of one parameter after the other. The one that explains most of the ranks
of the metric is taken, then the one that explains most of what is left, as long as it is more than
chance explains. What parameters do together is not seen.

Notation: n runs in k groups, η² the share of the variance between the groups; chance is taken off
as from R², which leaves 1 - (1 - η²)(n - 1)/(n - k).
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from typing import TYPE_CHECKING

from sweepcli.search.importance import CHANCE, LEAST_RUNS, Importance, Share
from sweepcli.values import leaf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON, Run, SweepConfig

GROUPS = 5  # of numbers
MOST = 5  # parameters that are looked for
FEW = 6  # different numbers, each a group of its own


def of(config: SweepConfig, runs: Sequence[Run]) -> Importance:
    """Return the parameters that explain more than chance does, the most important first."""
    seen = [run for run in runs if run.value is not None and math.isfinite(run.value)]
    count = len(seen)
    if count < LEAST_RUNS:
        return Importance((), None, None, count, "too few runs have a value")
    left = _ranks([run.value or 0.0 for run in seen])
    groups = {
        each.name: _groups([leaf(run.params, each.name) for run in seen])
        for each in config.parameters
    }
    found: list[Share] = []
    total = _variance(left)
    while groups and total > 0 and len(found) < MOST:
        shares = {name: _share(theirs, left) for name, theirs in groups.items()}
        name = max(shares, key=lambda each: shares[each])
        if shares[name] < max(CHANCE, count**-0.5):
            break
        found.append(Share(name, shares[name] * _variance(left) / total, None))
        left = _without(groups.pop(name), left)
    return Importance(tuple(found), None, None, count, None)


def _ranks(values: Sequence[float]) -> list[float]:
    """Return the place of each value in their order; equal ones share the middle of theirs."""
    ordered = sorted(values)
    first: dict[float, int] = {}
    last: dict[float, int] = {}
    for place, value in enumerate(ordered):
        first.setdefault(value, place)
        last[value] = place
    return [(first[value] + last[value]) / 2 for value in values]


def _groups(values: Sequence[JSON]) -> list[JSON]:
    """Return for each value the name of its group."""
    numbers = [each for each in values if type(each) in (int, float) and math.isfinite(each)]
    if len(numbers) < len(values) or len({*numbers}) <= FEW:
        return [json.dumps(each) if isinstance(each, dict | list) else each for each in values]
    ordered = sorted(numbers)
    limits = [ordered[len(ordered) * part // GROUPS] for part in range(1, GROUPS)]
    return [bisect_right(limits, each) for each in values]


def _share(groups: Sequence[JSON], values: Sequence[float]) -> float:
    """Return the share of the values' variance between groups, without what chance gives."""
    n, k = len(values), len({*groups})
    total = _variance(values)
    if not 1 < k < n or total <= 0:
        return 0.0
    return 1 - _variance(_without(groups, values)) / total * (n - 1) / (n - k)


def _without(groups: Sequence[JSON], values: Sequence[float]) -> list[float]:
    """Return what is left of values if each group's mean is taken off."""
    sums: dict[JSON, list[float]] = {}
    for group, value in zip(groups, values, strict=True):
        both = sums.setdefault(group, [0.0, 0.0])
        both[0] += value
        both[1] += 1
    means = {group: total / count for group, (total, count) in sums.items()}
    return [value - means[group] for group, value in zip(groups, values, strict=True)]


def _variance(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values)
