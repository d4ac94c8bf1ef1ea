"""Builders that several tests share, and an agent as a process of its own (run as a script)."""

from __future__ import annotations

import json
import math
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict, Unpack

from sweepcli.agents.loop import run_agent
from sweepcli.agents.options import AgentOptions
from sweepcli.agents.report import AgentReport
from sweepcli.records import (
    JSON,
    Agent,
    Ending,
    Progress,
    Row,
    Run,
    RunState,
    Suggestion,
    Sweep,
    SweepState,
)
from sweepcli.runs import process_table, timing
from sweepcli.runs.slots import Slot
from sweepcli.stores import Store, open_store
from sweepcli.sweep_config.parse import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from sweepcli.runs.timing import Timing

NOTHING_SHOWN = Progress()
PATIENCE_S = 60.0  # how long a condition may take on a machine that is busy with other things


# Configs and records


def grid(cells: int, command: Sequence[str] = ("/bin/true",), **more: JSON) -> dict[str, JSON]:
    """Return a grid config as understood, with one parameter `x` from 1 on."""
    axis = {"distribution": "int_uniform", "min": 1, "max": cells}
    return {"method": "grid", "command": list(command), "parameters": {"x": axis}, **more}


RANDOM: dict[str, JSON] = {"method": "random", "parameters": {}}


def shell(script: str) -> list[str]:
    """Return a command that runs a script of the shell."""
    return ["/bin/sh", "-c", script]


def a_sweep(config: dict[str, JSON] | None = None, sweep_id: str = "s1") -> Sweep:
    """Return a new sweep."""
    return Sweep(sweep_id, "someone", "things", SweepState.PENDING, parse(config or grid(3)), 1.0)


def an_agent(agent_id: str = "a1", *, pid: int = 1, heartbeat_at: float = 1.0) -> Agent:
    """Return an agent of another host."""
    return Agent(agent_id, "elsewhere", pid, 1.0, heartbeat_at)


def an_ending(state: RunState = RunState.FINISHED, exit_code: int | None = 0) -> Ending:
    """Return the end of an attempt."""
    return Ending(state, exit_code, None, 9.0)


def suggestions(count: int, prefix: str = "r") -> list[tuple[str, Suggestion]]:
    """Return suggestions with the keys 0, 1, … and ids made from the prefix."""
    return [(f"{prefix}{i}", Suggestion(str(i), {"x": i})) for i in range(count)]


def begin(store: Store, runs: int = 3, config: dict[str, JSON] | None = None) -> None:
    """Keep a new sweep s1, so many runs to take, and an agent a1."""
    store.add_sweep(a_sweep(config))
    store.add_agent(an_agent())
    store.suggest("s1", suggestions(runs), run_cap=None, now=1.0)


def claimed(store: Store, agent_id: str = "a1") -> Run:
    """Return the next run of sweep s1, which must have one."""
    run = store.claim_run("s1", agent_id, 2.0)
    assert run is not None
    return run


def end(
    store: Store,
    run: Run,
    ending: Ending | None = None,
    *,
    progress: Progress = NOTHING_SHOWN,
    rows: Sequence[Row] = (),
    then: RunState | None = None,
) -> bool:
    """End an attempt; its run goes into the state of the ending if no other is named."""
    how = ending or an_ending()
    return store.end_attempt(run, how, rows, progress, then or how.state)


def give_back(store: Store, run: Run) -> bool:
    """End an attempt as the death of an agent does."""
    return end(store, run, an_ending(RunState.CRASHED, None), then=RunState.PREEMPTED)


# Agents in this process


@dataclass
class Told:
    """A reporter that remembers."""

    argvs: list[list[str]] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)

    def started(self, _run: Run, _slot: Slot, argv: Sequence[str]) -> None:
        self.argvs.append(list(argv))

    def ended(self, run: Run, ending: Ending) -> None:
        self.runs.append(run)
        self.endings.append(ending)

    def logged(self, run: Run, rows: Sequence[Row], progress: Progress) -> None:
        pass

    def logs(self, _run: Run, way: str) -> None:
        self.ways.append(way)

    def signaled(self, text: str) -> None:
        self.note(text)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def warn(self, text: str, _run: Run | None = None) -> None:
        self.note(text)

    def refresh(self) -> float:
        return math.inf


class Options(TypedDict, total=False):
    """Those of AgentOptions that tests set."""

    run_limit: int
    slots: Sequence[Slot]
    show_output: bool
    max_time_s: float
    waits: bool
    is_strict: bool
    most_failures: int
    store: str
    timing: Timing


@dataclass
class Place:
    """A results directory with one sweep."""

    results: str
    store: Store
    told: Told = field(default_factory=Told)

    def run(self, *, sweep_id: str = "s1", **options: Unpack[Options]) -> AgentReport:
        """Let an agent of this process run the sweep."""
        return run_agent(
            self.store,
            [self.store.sweep(sweep_id)],
            AgentOptions(**options),
            self.told,
            results=self.results,
        )

    def folder(self, run: Run) -> str:
        """Return the folder of a run's last attempt."""
        parts = ("someone", "things", run.sweep_id, "runs", run.id, str(run.attempt))
        return os.path.join(self.results, *parts)

    def read(self, run: Run, name: str = "output.log") -> bytes:
        """Return a file of the last attempt at a run."""
        with open(os.path.join(self.folder(run), name), "rb") as file:
            return file.read()

    def states(self) -> list[RunState]:
        """Return the state of every run of the sweep."""
        return [run.state for run in self.store.runs("s1")]


@contextmanager
def place(folder: Path, config: dict[str, JSON]) -> Iterator[Place]:
    """Keep a sweep s1 with this config in `folder`, and close the store afterwards."""
    results = os.path.join(folder, "sweep-results")
    store = open_store(results)
    store.add_sweep(a_sweep(config))
    try:
        yield Place(results, store)
    finally:
        for run in store.runs("s1"):
            if run.state is RunState.RUNNING:  # the test failed: leave no process behind
                process_table.kill_leftovers(run.id, run.attempt)
        store.close()


# Agents as processes


class AgentProcess:
    """An agent in a process of its own; its notes are lines of its standard error."""

    def __init__(self, results: str, sweep_id: str, *options: str) -> None:
        self._results = results
        self._log_path = f"{results}.agent-{time.monotonic_ns()}.log"
        with open(self._log_path, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, __file__, results, sweep_id, *options],
                stdout=subprocess.PIPE,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )

    def send(self, number: int) -> None:
        """Send the agent a signal, and wait until it has told what it makes of it."""
        lines = len(self.log())
        self.process.send_signal(number)
        until(lambda: len(self.log()) > lines)

    def log(self) -> list[str]:
        """Return the lines of its standard error."""
        with open(self._log_path, encoding="utf-8") as log:
            return log.read().splitlines()

    def has_signed_on(self) -> bool:
        """Return whether the store knows of it."""
        with closing(sqlite3.connect(f"{self._results}/sweeps.db")) as connection:
            found = connection.execute("SELECT 1 FROM agents WHERE pid = ?", (self.process.pid,))
            return found.fetchone() is not None

    def stop_reading(self) -> None:
        """Close the reading end of its standard output."""
        assert self.process.stdout is not None
        self.process.stdout.close()

    def end(self) -> int:
        """Wait until it has ended, and return its exit code."""
        return self.process.wait(PATIENCE_S)

    def kill(self) -> None:
        """End it at once, whatever it does."""
        self.process.kill()
        self.process.wait()
        self.stop_reading()


@contextmanager
def agents(results: str, sweep_id: str, *options: str, number: int = 1) -> Iterator[AgentProcess]:
    """Start agents of which none outlives the test; yield the first, wait for the others."""
    all_of_them = [AgentProcess(results, sweep_id, *options) for _ in range(number)]
    try:
        yield all_of_them[0]
        for agent in all_of_them[1:]:
            assert agent.end() == 0, agent.log()
    finally:
        for agent in all_of_them:
            agent.kill()


# Says that it is there, and waits for leave to go on.
WAITS = "touch started-$SWEEPCLI_PARAM_x; while [ ! -e go ]; do sleep 0.01; done; "


def has_started(x: int = 1) -> bool:
    """Return whether the run with this x, which waits, is there."""
    return os.path.exists(f"started-{x}")


def go_on() -> None:
    """Give those that wait leave to go on."""
    with open("go", "w", encoding="ascii"):
        pass


@contextmanager
def at_work(
    folder: Path, config: dict[str, JSON], *options: str
) -> Iterator[tuple[Place, AgentProcess]]:
    """Keep a sweep s1 of runs that wait, with an agent whose first one is there."""
    with place(folder, config) as here, agents(here.results, "s1", *options) as agent:
        until(has_started)
        yield here, agent


@contextmanager
def holding(script: str, folder: Path, word: str) -> Iterator[subprocess.Popen[bytes]]:
    """Let a script of Python hold something of a folder until its input is closed.

    It is given the folder, and has said the word by the time that this goes on.
    """
    arguments = [sys.executable, "-c", script, str(folder)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == f"{word}\n".encode()
        yield other


def until(condition: Callable[[], object]) -> None:
    """Return once the condition holds; fail if it takes too long."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


# Trouble with the database


def locked(results: str) -> sqlite3.Connection:
    """Take the write lock as a foreign program does; roll back to let go."""
    connection = sqlite3.connect(f"{results}/sweeps.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    return connection


def fill_disk(store: Store, *, is_full: bool) -> None:
    """Let the database grow by a few pages alone, or as it likes."""
    [(pages,)] = store.database.rows("PRAGMA page_count")
    store.database.rows(f"PRAGMA max_page_count = {pages + (20 if is_full else 100_000)}")


class _OnStderr(Told):
    """Writes notes as lines."""

    def note(self, text: str) -> None:
        sys.stderr.write(text.replace("\n", " ") + "\n")
        sys.stderr.flush()


def main(results: str, sweep_id: str, *words: str) -> int:
    """Be an agent; words are fields of AgentOptions as NAME=JSON, -j=N, or a number of runs."""
    # Ignored where the tests themselves were put into the background by a script.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    options: dict[str, JSON] = {"timing": timing.read(os.environ)}
    for word in words:
        name, _, value = word.rpartition("=")
        if name == "-j":
            options["slots"] = [Slot(number) for number in range(int(value))]
        else:
            options[name or "run_limit"] = json.loads(value)
    store = open_store(results, patience_s=1.0)
    report = run_agent(
        *(store, [store.sweep(sweep_id)], AgentOptions(**options), _OnStderr()), results=results
    )
    store.close()
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
