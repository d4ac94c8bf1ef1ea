"""What a run costs: the `agent` command beside a loop that only starts processes.

`python -m benchmarks.run_cost`. The loop is Python's cheapest, `os.posix_spawn` and `waitpid`,
over the same empty program. A slope between two numbers of runs sets the fixed start apart.
"""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import closing
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import measuring, parts, programs
from benchmarks.measuring import Figure, Usage
from sweepcli import stores

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FEW, MANY = 20, 220
ROUNDS = 5
LONG = 1000
LOOP = """
import os, sys
for _ in range(int(sys.argv[1])):
    os.waitpid(os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ), 0)
"""


def main() -> list[Figure]:
    """Measure and print what a run costs."""
    with tempfile.TemporaryDirectory() as folder:
        empty, clock = programs.empty(folder), programs.clock(folder)
        slopes = _slopes(empty, folder)
        starts = _starts(clock, folder)
        first, last = _first_and_last(empty, folder)
        over = slopes["agent"] - slopes["loop"]
        _show_slopes(slopes, over)
        _show_starts(starts)
        _show_length(first, last)
        parts.show_parts(parts.of_runs(empty))
    return [
        Figure("a run, over a bare spawn", over.wall_s * 1e3, 3, "ms"),
        Figure("agent: first program started after", starts["agent"] * 1e3, 60, "ms"),
        Figure(f"run {LONG} against run 1", last / first, 1.3, "x"),
    ]


def _slopes(program: Sequence[str], folder: str) -> dict[str, Usage]:
    return measuring.in_turn(
        {
            "loop": lambda: _slope(lambda n: _loop(program, n)),
            "agent": lambda: _slope(lambda n: _agent(program, n, folder)),
        },
        rounds=ROUNDS,
    )


def _slope(run: Callable[[int], Usage]) -> Usage:
    few = run(FEW)
    return (run(MANY) - few) / (MANY - FEW)


def _loop(program: Sequence[str], count: int) -> Usage:
    return measuring.command([sys.executable, "-I", "-S", "-c", LOOP, str(count), *program])


def _agent(program: Sequence[str], count: int, folder: str) -> Usage:
    # Removed with everything else at the end: a disk that still forgets the files of the last
    # round is slow to make those of the next.
    results = tempfile.mkdtemp(dir=folder)
    sweep = programs.new_sweep(results, [*program, "${args}"])
    argv = [programs.installed("agent"), "--count", str(count), sweep.path]
    return measuring.command(argv, programs.environment(results))


def _starts(clock: Sequence[str], folder: str) -> dict[str, float]:
    """Return the seconds from starting a command to the first line of the program it runs."""
    found: dict[str, list[float]] = {"loop": [], "agent": []}
    for _ in range(2 * ROUNDS):
        found["loop"].append(_loop_start(clock))
        found["agent"].append(_agent_start(clock, folder))
    return {name: median(values) for name, values in found.items()}


def _loop_start(clock: Sequence[str]) -> float:
    with tempfile.NamedTemporaryFile() as output:
        argv = ["sh", "-c", f'exec "$@" > {output.name}', "sh"]
        loop = [sys.executable, "-I", "-S", "-c", LOOP, "1", *clock]
        begin = time.time()
        measuring.command([*argv, *loop])
        return float(output.read()) - begin


def _agent_start(clock: Sequence[str], folder: str) -> float:
    results = tempfile.mkdtemp(dir=folder)
    sweep = programs.new_sweep(results, list(clock))
    return programs.first_start_s(results, sweep)


def _first_and_last(program: Sequence[str], folder: str) -> tuple[float, float]:
    """Return the seconds of each of the first and of the last 100 runs of a long agent."""
    results = tempfile.mkdtemp(dir=folder)
    sweep = programs.new_sweep(results, [*program, "${args}"])
    argv = [programs.installed("agent"), "--count", str(LONG), sweep.path]
    measuring.command(argv, programs.environment(results))
    with closing(stores.open_existing(results)) as store:
        began = [run.started_at or 0.0 for run in store.runs(sweep.id)]
    took = [after - before for before, after in pairwise(began)]
    return median(took[:100]), median(took[-100:])


def _show_slopes(slopes: dict[str, Usage], over: Usage) -> None:
    floor = slopes["loop"]
    rows = [
        ["posix_spawn loop", *measuring.milliseconds(floor), "1.00 x"],
        [
            "agent",
            *measuring.milliseconds(slopes["agent"]),
            measuring.ratio(slopes["agent"], floor),
        ],
        ["agent over the loop", *measuring.milliseconds(over), ""],
    ]
    title = f"One run of an empty program (slope from {FEW} to {MANY} runs), ms"
    measuring.show(title, ["", "wall", "CPU", "ratio"], rows)


def _show_starts(starts: dict[str, float]) -> None:
    rows = [
        [name, f"{starts[name] * 1e3:.1f}", f"{starts[name] / starts['loop']:.1f} x"]
        for name in ("loop", "agent")
    ]
    measuring.show("From the command to the first program's start, ms", ["", "wall", "ratio"], rows)


def _show_length(first: float, last: float) -> None:
    rows = [
        ["first 100", f"{first * 1e3:.2f}", "1.00 x"],
        ["last 100", f"{last * 1e3:.2f}", f"{last / first:.2f} x"],
    ]
    measuring.show(f"Runs of an agent that makes {LONG}, median ms", ["", "wall", "ratio"], rows)


if __name__ == "__main__":
    main()
