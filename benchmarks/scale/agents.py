"""Real agents in processes of a crowd: each runs a program that sleeps, and logs for it."""

from __future__ import annotations

import json
import math
import mmap
import os
import time
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders, stores
from sweepcli.agents.loop import run_agent
from sweepcli.agents.options import AgentOptions
from sweepcli.records import RunState
from sweepcli.runs.timing import Timing
from sweepcli.stores import postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sweepcli.records import Ending, Progress, Row, Run, Sweep
    from sweepcli.runs.slots import Slot

ROWS = 4  # that a run logs between two ticks of its agent
HEARTBEAT_S = Timing().heartbeat_s
PROGRAM = ("sleep", "1000")
WORD = 8  # bytes
PATIENCE_S = 120.0


class Logging:
    """A reporter that logs in the place of the run, whenever the agent has been awake."""

    def __init__(self, sweep: Sweep, results: str) -> None:
        self.tick: Callable[[], None] = lambda: None
        self._saved = 0
        self._sweep = sweep
        self._results = results
        self._events = ""
        self._line = 0

    def started(self, run: Run, _slot: Slot, _argv: Sequence[str]) -> None:
        """Take note of where the run logs."""
        folder = folders.attempt_folder(self._results, self._sweep, run.id, run.attempt)
        self._events = os.path.join(folder, folders.EVENTS)

    def refresh(self) -> float:
        """Log some rows if the last ones have been saved."""
        if self._events and self._line == self._saved:
            values = [
                {"loss": 1 / (n + 1), "acc": 0.5, "val_loss": 2 / (n + 1), "epoch": n}
                for n in range(self._line, self._line + ROWS)
            ]
            self._line += ROWS
            with open(self._events, "a", encoding="utf-8") as file:
                file.write("".join(f"{json.dumps(each)}\n" for each in values))
        return math.inf

    def logged(self, _run: Run, rows: Sequence[Row], _progress: Progress) -> None:
        """Count the ticks by what they save."""
        self._saved += len(rows)
        self.tick()

    def ended(self, run: Run, ending: Ending) -> None:
        """Do nothing."""

    def logs(self, run: Run, way: str) -> None:
        """Do nothing."""

    def signaled(self, text: str) -> None:
        """Do nothing."""

    def note(self, text: str) -> None:
        """Do nothing."""

    def warn(self, text: str, run: Run | None = None) -> None:
        """Do nothing."""


class Ticks:
    """How often each of several processes has ticked, for all of them to see."""

    def __init__(self, count: int) -> None:
        self._memory = mmap.mmap(-1, count * WORD)

    def add(self, index: int) -> None:
        """Count a tick of a process; nobody else writes there."""
        place = slice(index * WORD, (index + 1) * WORD)
        count = int.from_bytes(self._memory[place], "little")
        self._memory[place] = (count + 1).to_bytes(WORD, "little")

    def total(self) -> int:
        """Return how many there were."""
        whole = range(0, len(self._memory), WORD)
        return sum(int.from_bytes(self._memory[at : at + WORD], "little") for at in whole)


class Job(NamedTuple):
    """What an agent of a crowd does.

    With `hurry`, all its times are so many times shorter: then it asks a server for as much as
    `hurry` agents do.
    """

    address: str
    sweep: Sweep
    results: str
    ticks: Ticks
    hurry: float = 1.0

    def __call__(self, index: int, begin: Callable[[], None]) -> Sequence[float]:
        """Be an agent until a signal comes."""
        usual = Timing()
        times = usual._replace(
            heartbeat_s=usual.heartbeat_s / self.hurry,
            lease_s=usual.lease_s / self.hurry,
            tick_s=usual.tick_s / self.hurry,
        )
        postgres.LINGER_S /= self.hurry
        postgres.QUIET_S /= self.hurry
        reporter = Logging(self.sweep, self.results)
        reporter.tick = partial(self.ticks.add, index)
        options = AgentOptions(timing=times)
        begin()
        with closing(stores.open_store(self.address)) as store:
            run_agent(store, [self.sweep], options, reporter, results=self.results)
        return []


def wait_for_runs(address: str, sweep: Sweep, count: int) -> None:
    """Return once so many agents have a run; raise TimeoutError if that takes too long."""
    until = time.monotonic() + PATIENCE_S
    with closing(stores.open_existing(address)) as store:
        while store.counts(sweep.id).get(RunState.RUNNING, 0) < count:
            if time.monotonic() > until:
                raise TimeoutError(f"not all of {count} agents have got a run")
            time.sleep(0.1)
