"""What a run's cost is made of: a real agent whose functions are timed while it works.

Runs as a process of its own, no larger than an agent: `of_runs` starts it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from typing import TYPE_CHECKING

from benchmarks import measuring, programs
from sweepcli import stores
from sweepcli.agents import loop
from sweepcli.agents.options import AgentOptions
from sweepcli.agents.wakeup import Wakeup
from sweepcli.runs import attempt, prepare, processes
from sweepcli.stores import Store
from sweepcli.sweeps import controller
from sweepcli.views import reporter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RUNS = 300
WHOLE = "the whole run"
REST = "loop, messages, what is left"
START = "start the program"
FOLDER = "command line, folder, files"
LAUNCH = "environment, output file"
# What is timed, where the agent finds it, and its name in the table.
TIMED = (
    (controller, "top_up", "suggest, in batches"),
    (Store, "claim_run", "claim"),
    (prepare, "prepare", FOLDER),
    (prepare, "start", LAUNCH),
    (processes, "start", START),
    (Wakeup, "wait", "wait for its end"),
    (attempt.RunningAttempt, "collect", "read events"),
    (Store, "end_attempt", "finish"),
)


def of_runs(program: Sequence[str]) -> dict[str, float]:
    """Return the seconds that each part of a run takes on average, the whole run last."""
    with tempfile.TemporaryDirectory() as results:
        sweep = programs.new_sweep(results, [*program, "${args}"])
        argv = [sys.executable, "-m", "benchmarks.parts", results, sweep.id]
        answer = subprocess.run(argv, check=True, stdout=subprocess.PIPE)
    parts: dict[str, float] = json.loads(answer.stdout)
    return parts


def main() -> None:
    """Time the parts of a sweep's runs: `RESULTS SWEEP_ID`; print them as JSON."""
    results, sweep_id = sys.argv[1:]
    took = {name: 0.0 for _, _, name in TIMED}
    for owner, function, name in TIMED:
        _time(owner, function, name, took)
    with closing(stores.open_existing(results)) as store:
        sweep = store.sweep(sweep_id)
        told = reporter.StderrReporter(
            {sweep_id: sweep.config},
            where="",
            folder_of=lambda run: run.id,
            is_quiet=True,
            is_verbose=False,
            shows_tails=False,
        )
        begin = time.perf_counter()
        loop.run_agent(store, [sweep], AgentOptions(RUNS, launcher=_start), told, results=results)
        whole = time.perf_counter() - begin
    took[LAUNCH] -= took[START]  # which it calls
    parts = {**took, REST: whole - sum(took.values()), WHOLE: whole}
    print(json.dumps({name: seconds / RUNS for name, seconds in parts.items()}))


def _start(argv: Sequence[str], environ: Mapping[str, str], output_fd: int) -> processes.Process:
    """Start a program by what `processes.start` is by now: a function that is timed."""
    return processes.start(argv, environ, output_fd)


def _time(owner: object, function: str, name: str, took: dict[str, float]) -> None:
    """Let a function of the agent's add up its own time."""
    original = getattr(owner, function)

    def timed(*args: object, **kwargs: object) -> object:
        begin = time.perf_counter()
        try:
            return original(*args, **kwargs)
        finally:
            took[name] += time.perf_counter() - begin

    setattr(owner, function, timed)


def show_parts(parts: dict[str, float]) -> None:
    """Print the parts with their shares."""
    shown = [[name, f"{s * 1e3:.2f}", f"{s / parts[WHOLE]:.0%}"] for name, s in parts.items()]
    measuring.show("What an agent's run is made of, ms", ["", "wall", "share"], shown)


if __name__ == "__main__":
    main()
