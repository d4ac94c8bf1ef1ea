"""From a program's exit to the next one's start: the agent beside a loop of bare processes.

`python -m benchmarks.turnaround`. The program prints the time and ends at once, so the time
between two such lines is what passes between an exit and the next start, and nothing else.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import closing
from itertools import pairwise
from statistics import median, quantiles
from typing import TYPE_CHECKING

from benchmarks import measuring, programs
from benchmarks.measuring import Figure
from benchmarks.run_cost import LOOP
from sweepcli import folders, stores

if TYPE_CHECKING:
    from collections.abc import Sequence

RUNS = 300
ROUNDS = 3


def main() -> list[Figure]:
    """Measure and print how long a machine idles between two runs."""
    gaps: dict[str, list[float]] = {"loop": [], "agent": []}
    with tempfile.TemporaryDirectory() as folder:
        clock = programs.clock(folder)
        for _ in range(ROUNDS):
            gaps["loop"] += _gaps(_loop(clock))
            gaps["agent"] += _gaps(_agent(clock, folder))
    rows = []
    for name, seconds in gaps.items():
        middle, late = median(seconds) * 1e3, quantiles(seconds, n=100)[98] * 1e3
        rows.append([name, f"{middle:.2f}", f"{late:.2f}"])
    measuring.show("From an exit to the next start, ms", ["", "median", "99 %"], rows)
    return [Figure("from an exit to the next start", median(gaps["agent"]) * 1e3, 3, "ms")]


def _gaps(times: Sequence[str]) -> list[float]:
    return [float(later) - float(earlier) for earlier, later in pairwise(times)]


def _loop(clock: Sequence[str]) -> list[str]:
    argv = [sys.executable, "-I", "-S", "-c", LOOP, str(RUNS), *clock]
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True).stdout.split()


def _agent(clock: Sequence[str], folder: str) -> list[str]:
    results = tempfile.mkdtemp(dir=folder)
    sweep = programs.new_sweep(results, list(clock))
    argv = [programs.installed("agent"), "--quiet", "--count", str(RUNS), sweep.path]
    measuring.command(argv, programs.environment(results))
    with closing(stores.open_existing(results)) as store:
        runs = store.runs(sweep.id)
    places = [folders.attempt_folder(results, sweep, run.id, 1) for run in runs if run.attempt]
    return [_text(os.path.join(place, folders.OUTPUT)) for place in places]


def _text(path: str) -> str:
    with open(path, encoding="ascii") as file:
        return file.read().strip()


if __name__ == "__main__":
    main()
