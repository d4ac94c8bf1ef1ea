"""Claims and whole cycles of a run, as many a second as a store gives to so many agents.

The floor of PostgreSQL is the least that a durable change costs there: each client updates a
row of its own. SQLite's peer is its own way to order writers, its busy handler.
"""

from __future__ import annotations

import time
from contextlib import closing
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import psycopg

from benchmarks import claims, measuring
from benchmarks.measuring import Figure
from benchmarks.scale import crowd, sweeps
from benchmarks.scale.kinds import POSTGRES, SQLITE
from sweepcli import stores
from sweepcli.agents import recovery
from sweepcli.records import Ending, RunState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.scale.kinds import Kind
    from sweepcli.records import Run
    from sweepcli.stores import Store

    Deed = Callable[[Store, str, str], object]

ROWS = 4  # that a run logs in a cycle
MOST_A_S = {SQLITE: 30_000, POSTGRES: 6_000}  # runs that are ready, for a second
CLAIM, CYCLE = "claim", f"claim, {ROWS} rows, end"
LEAST = {SQLITE: 5_000, POSTGRES: 1_000}  # claims a second, of 64
MOST_UNFAIR = 5.0
FLOORS = {SQLITE: "claim, SQLite's busy handler", POSTGRES: "floor: UPDATE of a row of one's own"}


class Sizes(NamedTuple):
    """How much is measured."""

    agents: tuple[int, ...] = (1, 8, 16, 64)
    window_s: float = 3.0
    rounds: int = 3


class Served(NamedTuple):
    """What the clients got in one window."""

    per_s: float
    waits: Sequence[float]  # of all clients
    least: int
    most: int


def main(found: Sequence[Kind], sizes: Sizes) -> list[Figure]:
    """Measure and print how many a second, how long each takes, and how even the shares are."""
    figures = []
    for kind in found:
        rows = []
        for count in sizes.agents:
            served = _in_turn(kind, count, sizes)
            floor = served[FLOORS[kind.name]].per_s
            rows += [_row(name, count, each, floor) for name, each in served.items()]
            figures += _figures(kind, count, served[CLAIM]) if count == max(sizes.agents) else []
        headings = ["", "agents", "a second", "floor", *("p50 ms", "p99", "worst", "least..most")]
        measuring.show(f"{kind.name}, {sweeps.load_now()}", headings, rows)
    return figures


def _in_turn(kind: Kind, count: int, sizes: Sizes) -> dict[str, Served]:
    """Return of each work the round in which the rate was the median."""
    filled = kind.new()
    sweep = sweeps.new_sweep(filled)
    sweeps.make_ready(filled, sweep, int(MOST_A_S[kind.name] * sizes.window_s))
    works = _works(kind, sweep.id, sizes.window_s)
    found: dict[str, list[Served]] = {name: [] for name in works}
    for _ in range(sizes.rounds):
        for name, work in works.items():
            address = kind.copy(filled)
            if name == FLOORS[POSTGRES]:
                _make_floor(address, count)
            waits = crowd.at_once(count, partial(work, address))
            found[name].append(_served(waits, sizes.window_s))
            kind.drop(address)
    kind.drop(filled)
    return {
        name: sorted(served, key=lambda each: each.per_s)[len(served) // 2]
        for name, served in found.items()
    }


def _works(kind: Kind, sweep_id: str, window_s: float) -> dict[str, Callable[..., list[float]]]:
    claim = partial(_client, stores.open_store, _claim, sweep_id, window_s)
    cycle = partial(_client, stores.open_store, _cycle, sweep_id, window_s)
    floor = partial(_update, window_s)
    if kind.name == SQLITE:
        floor = partial(_client, claims.open_unordered, _claim, sweep_id, window_s)
    return {FLOORS[kind.name]: floor, CLAIM: claim, CYCLE: cycle}


def _client(
    opened: Callable[[str], Store],
    deed: Deed,
    sweep_id: str,
    window_s: float,
    address: str,
    index: int,
    begin: Callable[[], None],
) -> list[float]:
    with closing(opened(address)) as store:
        agent = f"agent{index}"
        store.add_agent(recovery.this_agent(agent))
        begin()
        return _repeated(lambda: deed(store, sweep_id, agent), window_s)


def _repeated(deed: Callable[[], object], window_s: float) -> list[float]:
    """Do it again and again; return how long each took."""
    took = []
    before = time.perf_counter()
    until = before + window_s
    while before < until and deed():
        now = time.perf_counter()
        took.append(now - before)
        before = now
    return took


def _claim(store: Store, sweep_id: str, agent: str) -> Run | None:
    return store.claim_run(sweep_id, agent, 1.0)


def _cycle(store: Store, sweep_id: str, agent: str) -> bool:
    run = store.claim_run(sweep_id, agent, 1.0)
    if run is None:
        return False
    rows = sweeps.rows_from(0, ROWS)
    progress = sweeps.shown_by(rows)
    store.save_progress(run, rows, progress)
    ending = Ending(RunState.FINISHED, 0, None, 2.0)
    return store.end_attempt(run, ending, [], progress, RunState.FINISHED)


def _make_floor(address: str, count: int) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE floor (id BIGINT PRIMARY KEY, n BIGINT)")
        connection.execute(f"INSERT INTO floor SELECT n, 0 FROM generate_series(0, {count}) AS n")  # noqa: S608 -- a number


def _update(window_s: float, address: str, index: int, begin: Callable[[], None]) -> list[float]:
    with psycopg.connect(address, autocommit=True) as connection:
        begin()
        sql = "UPDATE floor SET n = n + 1 WHERE id = %s"
        return _repeated(lambda: connection.execute(sql, (index,)).rowcount, window_s)


def _served(found: Sequence[Sequence[float]], window_s: float) -> Served:
    counts = [len(waits) for waits in found]
    return Served(sum(counts) / window_s, list(chain(*found)), min(counts), max(counts))


def _row(name: str, count: int, served: Served, floor: float) -> list[str]:
    rate = [f"{served.per_s:,.0f}", f"{served.per_s / floor:.2f} x"]
    waits = sweeps.milliseconds(served.waits)
    return [name, str(count), *rate, *waits, f"{served.least}..{served.most}"]


def _figures(kind: Kind, count: int, served: Served) -> list[Figure]:
    name = f"{kind.name}, claims of {count} agents"
    unfair = served.most / max(1, served.least)
    return [
        Figure(name, served.per_s, LEAST[kind.name], "/s", is_minimum=True),
        Figure(f"{name}: most to least", unfair, MOST_UNFAIR, "x"),
    ]
