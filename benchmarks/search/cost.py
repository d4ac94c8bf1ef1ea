"""What one suggestion costs in a fresh process that is given n finished runs."""

from __future__ import annotations

from contextlib import closing
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.search.engines import Talk
from benchmarks.search.tasks import NETWORK
from sweepcli.search import random
from sweepcli.sweep_config import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.search.engines import Engine

COUNTS = (10, 100, 1_000, 5_000)
ROUNDS = 3


def cold(engines: Sequence[Engine]) -> list[list[str]]:
    """Return the milliseconds of CPU of each engine's import, and of a suggestion after n runs.

    The runs are random points of the network's space; what they show lies in a bowl.
    """
    from benchmarks.search.functions import network  # noqa: PLC0415 -- beside its space

    config = parse.parse({"method": "random", "parameters": NETWORK, "seed": 5})
    points = [each.params for each in random.suggest(config, [], COUNTS[-1])]
    runs = [[params, network(params)] for params in points]
    rows = []
    for engine in engines:
        cells: list[str] = []
        imports: list[float] = []
        for count in COUNTS:
            if count > engine.most_runs:
                cells.append("-")
                continue
            answers = [_once(engine, runs[:count]) for _ in range(ROUNDS)]
            imports += [answer["import_ms"] for answer in answers]
            cells.append(f"{median(answer['cpu_ms'] for answer in answers):,.1f}")
        rows.append([engine.name, f"{median(imports):,.0f}", *cells])
    return rows


def _once(engine: Engine, runs: Sequence[object]) -> dict[str, float]:
    with closing(Talk(engine)) as talk:
        talk("start", parameters=NETWORK, seed=1, budget=10_000)
        return talk("cold", runs=runs)
