"""What the commands cost before they do anything: beside `python -c "import click"`.

`python -m benchmarks.startup`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from benchmarks import measuring, programs
from benchmarks.measuring import Figure
from sweepcli import folders, stores

if TYPE_CHECKING:
    from benchmarks.measuring import Usage

ROUNDS = 15
FLOOR = "python -c 'import click'"
COMMANDS = ("sweep --help", "agent --help", "sweep --version")
RUNS = 20
# The agent is the parent of what it runs. The kernel's own count, since a resource usage
# as `wait4` gives it starts from the size of whoever spawned the process.
OWN_PARENT = ["sh", "-c", "exec grep VmHWM /proc/$PPID/status"]


def main() -> list[Figure]:
    """Measure and print what the commands cost to start."""
    found = measuring.in_turn(
        {
            FLOOR: lambda: measuring.command([sys.executable, "-c", "import click"]),
            **{text: partial(_command, text) for text in COMMANDS},
        },
        rounds=ROUNDS,
    )
    floor = found[FLOOR]
    rows = [[n, *measuring.milliseconds(u), measuring.ratio(u, floor)] for n, u in found.items()]
    measuring.show("Start-up, ms", ["", "wall", "CPU", "ratio"], rows)
    figures = [
        Figure(text, found[text].wall_s / floor.wall_s, 1.5, "x import click") for text in COMMANDS
    ]
    return [*figures, *_memory()]


def _command(text: str) -> Usage:
    name, *rest = text.split()
    return measuring.command([programs.installed(name), *rest])


def _memory() -> list[Figure]:
    if not os.path.exists("/proc/self/status"):
        return []
    measured = _agent_mb()
    measuring.show("Memory", ["", "MB"], [[f"agent, peak over {RUNS} runs", f"{measured:.1f}"]])
    return [Figure("agent, peak memory", measured, 25, "MB")]


def _agent_mb() -> float:
    """Return the peak resident memory of an agent at its last run."""
    with tempfile.TemporaryDirectory() as results:
        sweep = programs.new_sweep(results, OWN_PARENT)
        argv = [programs.installed("agent"), "--count", str(RUNS), sweep.path]
        measuring.command(argv, programs.environment(results))
        with closing(stores.open_existing(results)) as store:
            run = store.runs(sweep.id)[RUNS - 1]
        folder = folders.attempt_folder(results, sweep, run.id, run.attempt)
        with open(os.path.join(folder, folders.OUTPUT), encoding="utf-8") as file:
            return int(file.read().split()[1]) / 1024


if __name__ == "__main__":
    main()
