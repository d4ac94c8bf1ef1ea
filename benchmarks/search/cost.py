"""What one suggestion costs in a fresh process that is given n finished runs."""

from __future__ import annotations

from contextlib import closing
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.search.engines import Talk
from benchmarks.search.functions import network
from benchmarks.search.tasks import NETWORK
from sweepcli.search import random
from sweepcli.sweep_config import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.search.engines import Engine

COUNTS = (10, 100, 1_000, 5_000)
ROUNDS = 3


def cold(engines: Sequence[Engine]) -> list[list[str]]:
    """Return the milliseconds of CPU until each engine's first suggestion, and of one after n runs.

    The first is that after 20 runs, with all that has to be imported. The runs are random points
    of the network's space; what they show lies in a bowl.
    """
    config = parse.parse({"method": "random", "parameters": NETWORK, "seed": 5})
    points = [each.params for each in random.suggest(config, [], COUNTS[-1])]
    runs = [[params, network(params)] for params in points]
    rows = []
    for engine in engines:
        firsts: list[float] = []
        cells: list[str] = []
        for count in COUNTS:
            if count > engine.most_runs:
                cells.append("-")
                continue
            measured = [_once(engine, runs[:20], runs[:count]) for _ in range(ROUNDS)]
            firsts += [first for first, _ in measured]
            cells.append(f"{median(ms for _, ms in measured):,.1f}")
        rows.append([engine.name, f"{median(firsts):,.0f}", *cells])
    return rows


def _once(engine: Engine, few: Sequence[object], runs: Sequence[object]) -> tuple[float, float]:
    """Return the milliseconds until a first suggestion, and of one after all runs."""
    with closing(Talk(engine)) as talk:
        talk("start", parameters=NETWORK, seed=2, budget=10_000)
        first = talk("cold", runs=few)
        talk("start", parameters=NETWORK, seed=1, budget=10_000)
        return first["import_ms"] + first["cpu_ms"], talk("cold", runs=runs)["cpu_ms"]
