"""What a run's cost is made of: the agent's own functions, each timed over many runs.

Runs as a process of its own, no larger than an agent: `of_runs` starts it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import closing, contextmanager
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import measuring, programs
from sweepcli import live_run, stores
from sweepcli.agent_loop import BATCH
from sweepcli.launchers import local
from sweepcli.sweep_config import parse
from sweepcli.wakeup import Wakeup

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.measuring import Usage
    from sweepcli.live_run import LiveRun
    from sweepcli.records import Run, Sweep
    from sweepcli.stores import Store

RUNS = 300


class Stopwatch:
    """Keeps the seconds that each part took."""

    def __init__(self) -> None:
        self._took: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Time what happens inside."""
        begin = time.perf_counter()
        yield
        self._took[name].append(time.perf_counter() - begin)

    def medians(self) -> dict[str, float]:
        """Return the median of each part."""
        return {name: median(took) for name, took in self._took.items()}


def of_runs(program: Sequence[str]) -> dict[str, float]:
    """Return the seconds that each part of a run takes."""
    with tempfile.TemporaryDirectory() as results:
        sweep = programs.new_sweep(results, [*program, "${args}"])
        argv = [sys.executable, "-m", "benchmarks.parts", results, sweep.id, *program]
        answer = subprocess.run(argv, check=True, stdout=subprocess.PIPE)
    parts: dict[str, float] = json.loads(answer.stdout)
    return parts


def main() -> None:
    """Time the parts of a sweep's runs: `RESULTS SWEEP_ID PROGRAM...`; print them as JSON."""
    results, sweep_id, *program = sys.argv[1:]
    watch = Stopwatch()
    with closing(stores.open_existing(results)) as store, Wakeup() as wakeup:
        sweep = store.sweep(sweep_id)
        store.add_agent(programs.AGENT)
        for number in range(RUNS):
            if number % BATCH == 0:
                with watch.part("suggest"):
                    programs.suggest(store, sweep, BATCH)
            with watch.part("claim"):
                run = store.claim_run(sweep.id, programs.AGENT.id, time.time())
            assert run is not None  # noqa: S101 -- suggested above
            _execute(run, sweep, results, store, wakeup, watch)
            _spawn(program, wakeup, watch)
    print(json.dumps(_separate(watch.medians())))


def _execute(
    run: Run, sweep: Sweep, results: str, store: Store, wakeup: Wakeup, watch: Stopwatch
) -> None:
    config = parse.parse(sweep.config)
    with watch.part("launch and wait"):
        live, _ = live_run.launch(run, sweep, config, results=results, interpreter="python")
        exit_code = _wait(live, wakeup)
    with watch.part("finish"):
        rows, progress = live.collect(ended=True)
        ending = live.ending(exit_code)
        live.close()
        store.finish_run(run, ending, rows, progress)


def _spawn(program: Sequence[str], wakeup: Wakeup, watch: Stopwatch) -> None:
    """Start the program once more, with nothing around it."""
    output_fd = os.open(os.devnull, os.O_RDWR)
    with watch.part("spawn and wait"):
        _wait(local.start(program, os.environ, output_fd), wakeup)
    os.close(output_fd)


def _wait(process: LiveRun | local.Process, wakeup: Wakeup) -> int:
    while (exit_code := process.poll()) is None:
        wakeup.wait(1.0)
    return exit_code


def _separate(took: dict[str, float]) -> dict[str, float]:
    """Take the spawn out of the launch, and spread a batch of suggestions over its runs."""
    return {
        "suggest (a batch, spread)": took["suggest"] / BATCH,
        "claim": took["claim"],
        "command line, folder, files": took["launch and wait"] - took["spawn and wait"],
        "spawn and wait": took["spawn and wait"],
        "read events, finish": took["finish"],
    }


def show_parts(parts: dict[str, float], agent: Usage) -> None:
    """Print the parts beside the whole run of the agent."""
    rest = agent.wall_s - sum(parts.values())
    rows = [*parts.items(), ("loop, messages, what is left", rest), ("the whole run", agent.wall_s)]
    shown = [[name, f"{s * 1e3:.2f}", f"{s / agent.wall_s:.0%}"] for name, s in rows]
    measuring.show("What an agent's run is made of, ms", ["", "wall", "share"], shown)


if __name__ == "__main__":
    main()
