"""What a PostgreSQL server has to bear from agents whose runs train: real agents, in a hurry.

An agent whose times are all a hundred times shorter asks for as much as a hundred agents; the
runs of the others stand in the store, as they would. What counts is the server's CPU time.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections import Counter
from contextlib import closing, contextmanager
from statistics import mean
from typing import TYPE_CHECKING, NamedTuple

import psycopg

from benchmarks import measuring
from benchmarks.scale import agents, kinds, sweeps
from benchmarks.scale.agents import Ticks
from benchmarks.scale.crowd import Crowd
from sweepcli import stores
from sweepcli.records import Agent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.scale.kinds import Databases
    from sweepcli.records import Sweep

PROCESSES = 4
HURRY = 20.0  # of the agent whose statements are told
STATEMENT = re.compile(
    r"LOG:  (?:statement|execute [^:]*): (.*?)(?=^\d{4}-)", re.DOTALL | re.MULTILINE
)
HELD = """SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()
    AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""


class Sizes(NamedTuple):
    """How large a measurement is."""

    crowds: tuple[int, ...] = (100, 1000)  # agents whose load is repeated
    window_s: float = 10.0
    real: int = 100  # agents that really are there
    herd: int = 100  # twice as many as there is room for
    settle_s: float = 3.0  # before anything is measured


def main(databases: Databases, sizes: Sizes) -> None:
    """Measure and print."""
    _show_statements(databases, sizes.settle_s)
    rows = [
        _borne(databases, crowd, heartbeat_s, sizes)
        for crowd in sizes.crowds
        for heartbeat_s in (agents.HEARTBEAT_S, 3 * agents.HEARTBEAT_S)
    ]
    headings = ["agents", "heartbeat s", "ticks/s", "of wanted", "ms a tick", "cores", "agents' ms"]
    title = f"A server's CPU time for agents whose runs train, {sweeps.load_now()}"
    measuring.show(title, headings, rows)
    _show_connections(databases, sizes)
    if sizes.herd:
        _show_herd(sizes)


def _show_statements(databases: Databases, window_s: float) -> None:
    """Print what one agent really asks for while its run trains."""
    address, sweep = _filled(databases, 1, others=0)
    name = address.rpartition("/")[2]
    databases.tell(f"ALTER DATABASE {name} SET log_statement = 'all'")
    with _agents(address, sweep, 1, HURRY) as (crowd, _):
        crowd.begin()
        agents.wait_for_runs(address, sweep, 1)
        begin = databases.log_size()
        time.sleep(window_s)
        text = databases.log_from(begin)
        crowd.end()
    asked = Counter(" ".join(each.split())[:96] for each in STATEMENT.findall(text))
    beats = asked[next((each for each in asked if "SET heartbeat_at" in each), "")] or 1
    rows = [[each, f"{count / beats:.1f}"] for each, count in asked.items() if count > beats / 2]
    measuring.show("What an agent asks for in a heartbeat", ["statement", "times"], rows)
    databases.drop(address)


def _filled(databases: Databases, count: int, *, others: int) -> tuple[str, Sweep]:
    """Make a database with a sweep, runs to be taken, and runs at work under other agents."""
    address = databases.new()
    sweep = sweeps.new_sweep(address, command=agents.PROGRAM)
    sweeps.make_ready(address, sweep, count + others)
    with closing(stores.open_store(address)) as store:
        for index in range(others):
            # Process 0 is of nobody who could be found dead.
            store.add_agent(Agent(f"other{index}", f"host{index // 8}", 0, 1.0, time.time()))
            run = store.claim_run(sweep.id, f"other{index}", time.time())
            if run is not None:
                rows = sweeps.rows_from(0, 1)
                store.save_progress(run, rows, sweeps.shown_by(rows))
    databases.tidy(address)
    return address, sweep


@contextmanager
def _agents(
    address: str, sweep: Sweep, count: int, hurry: float = 1.0
) -> Iterator[tuple[Crowd, Ticks]]:
    """Yield agents that are ready to begin, and what counts their ticks."""
    ticks = Ticks(count)
    with (
        tempfile.TemporaryDirectory() as results,
        Crowd(count, agents.Job(address, sweep, results, ticks, hurry)) as crowd,
    ):
        yield crowd, ticks


def _borne(databases: Databases, crowd: int, heartbeat_s: float, sizes: Sizes) -> list[str]:
    """Return a row: how much of the load the server takes, and at what cost."""
    address, sweep = _filled(databases, PROCESSES, others=crowd - PROCESSES)
    wanted = crowd / heartbeat_s
    hurry = wanted / PROCESSES * agents.HEARTBEAT_S
    with _agents(address, sweep, PROCESSES, hurry) as (at_work, ticks):
        at_work.begin()
        agents.wait_for_runs(address, sweep, crowd)
        time.sleep(sizes.settle_s)
        before, count, theirs = databases.cpu_s(), ticks.total(), at_work.cpu_s()
        time.sleep(sizes.window_s)
        cpu_s, count = databases.cpu_s() - before, max(1, ticks.total() - count)
        theirs = at_work.cpu_s() - theirs
        at_work.end()
    databases.drop(address)
    per_s, each_s = count / sizes.window_s, cpu_s / count
    return [
        *(f"{crowd:,}", f"{heartbeat_s:g}", f"{per_s:.0f}", f"{per_s / wanted:.2f} x"),
        *(f"{each_s * 1e3:.1f}", f"{each_s * wanted:.2f}", f"{theirs / count * 1e3:.1f}"),
    ]


def _show_connections(databases: Databases, sizes: Sizes) -> None:
    """Print how many connections real agents hold at a time."""
    address, sweep = _filled(databases, sizes.real, others=0)
    with _agents(address, sweep, sizes.real) as (crowd, _):
        crowd.begin()
        agents.wait_for_runs(address, sweep, sizes.real)
        time.sleep(sizes.settle_s + sizes.window_s / 2)
        before, begin = databases.cpu_s(), time.monotonic()
        held = _sampled(address, 2 * sizes.window_s)
        cores = (databases.cpu_s() - before) / (time.monotonic() - begin)
        crowd.end()
    databases.drop(address)
    row = [f"{sizes.real}", f"{mean(held):.0f}", f"{max(held)}", f"{cores:.2f}"]
    title = f"Connections of real agents, heartbeat {agents.HEARTBEAT_S:g} s, {sweeps.load_now()}"
    measuring.show(title, ["agents", "held, mean", "most", "server's cores"], [row])


def _sampled(address: str, window_s: float) -> list[int]:
    found = []
    until = time.monotonic() + window_s
    with psycopg.connect(address, autocommit=True) as connection:
        while time.monotonic() < until:
            [(count,)] = connection.execute(HELD).fetchall()
            found.append(int(count))
            time.sleep(0.05)
    return found


def _show_herd(sizes: Sizes) -> None:
    """Print how long it takes until agents that start at once all have a run."""
    with kinds.server(max_connections=str(sizes.herd // 2)) as small:
        if small is None:
            return
        address, sweep = _filled(small, sizes.herd, others=0)
        with _agents(address, sweep, sizes.herd) as (crowd, _):
            begin = crowd.begin()
            agents.wait_for_runs(address, sweep, sizes.herd)
            with closing(stores.open_existing(address)) as store:
                waits = [(run.started_at or 0.0) - begin for run in store.runs(sweep.id)]
            crowd.end()
    row = [f"{sizes.herd}", *sweeps.milliseconds([each / 1e3 for each in waits])]
    title = f"Agents that start at once, room for half of them, {sweeps.load_now()}"
    measuring.show(title, ["agents", "a run after s: p50", "p99", "the last"], [row])
