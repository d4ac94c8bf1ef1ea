"""What the benchmarks run: programs that do next to nothing, and sweeps over them."""

from __future__ import annotations

import os
import shutil
import sys
import time
from contextlib import closing, nullcontext
from typing import TYPE_CHECKING

from benchmarks import measuring
from sweepcli import env, folders, stores
from sweepcli.records import Agent
from sweepcli.sweeps import controller
from sweepcli.sweeps.create import create_sweep

if TYPE_CHECKING:
    from sweepcli.records import JSON, Sweep
    from sweepcli.stores import Store

EMPTY = "int main(void) { return 0; }"
CLOCK = r"""
#include <stdio.h>
#include <time.h>
int main(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    printf("%ld.%09ld\n", (long) now.tv_sec, now.tv_nsec);
    return 0;
}
"""
# A grid far larger than any benchmark, of four parameters as a real sweep has.
PARAMETERS = {name: {"min": 1, "max": 100} for name in ("batch_size", "depth", "epochs", "width")}
AGENT = Agent("benchmark", "here", os.getpid(), started_at=0.0, heartbeat_at=0.0)


def installed(name: str) -> str:
    """Return the command that was installed beside the running Python."""
    return os.path.join(os.path.dirname(sys.executable), name)


def empty(folder: str) -> list[str]:
    """Return the command line of a program that does nothing."""
    return _compiled(folder, "empty", EMPTY) or ["/bin/true"]


def clock(folder: str) -> list[str]:
    """Return the command line of a program that prints when it started."""
    return _compiled(folder, "clock", CLOCK) or ["date", "+%s.%N"]


def new_sweep(results: str, command: list[str], store: Store | None = None, **more: JSON) -> Sweep:
    """Create a sweep over a command in a results directory of its own, or in a store."""
    # Not for the process that times the parts of a run: yaml and jsonschema make it far larger
    # than an agent, and starting programs slower.
    from sweepcli.sweep_config import load  # noqa: PLC0415 -- as said above

    data = {"method": "grid", "parameters": PARAMETERS, "command": command, **more}
    opened = nullcontext(store) if store else closing(stores.open_store(results))
    with opened as found:
        return create_sweep(
            found, load.load_mapping(data), results=results, entity="me", project="benchmarks"
        )


def suggest(store: Store, sweep: Sweep, count: int) -> None:
    """Make so many runs ready to be claimed."""
    while (missing := count - store.number_of_runs(sweep.id)) > 0:
        controller.top_up(store, sweep, wanted=missing, now=0.0)


def first_start_s(results: str, sweep: Sweep, *options: str) -> float:
    """Return how long it takes from the command of an agent to the start of its one run.

    The sweep's program prints the time at which it starts.
    """
    argv = [installed("agent"), *options, "--count", "1", sweep.path]
    begin = time.time()
    measuring.command(argv, environment(results))
    with closing(stores.open_existing(results)) as store:
        (run,) = store.runs(sweep.id)
    attempt = folders.attempt_folder(results, sweep, run.id, run.attempt)
    with open(os.path.join(attempt, folders.OUTPUT), encoding="utf-8") as file:
        return float(file.read()) - begin


def environment(results: str) -> dict[str, str]:
    """Return the environment of commands that work on a results directory."""
    return {**os.environ, env.DIR: results}


def _compiled(folder: str, name: str, source: str) -> list[str] | None:
    if shutil.which("cc") is None:
        return None
    program = os.path.join(folder, name)
    with open(f"{program}.c", "w", encoding="utf-8") as file:
        file.write(source)
    # Static, so that the dynamic linker's work does not hide what is to be measured.
    try:
        measuring.command(["cc", "-O1", "-static", "-o", program, f"{program}.c"])
    except RuntimeError:
        return None
    return [program]
