"""How many claims a second a store serves, and how fairly: ours beside SQLite's own lock.

`python -m benchmarks.claims`. Both run the same statements on the same schema; the peer lets
SQLite's busy handler order the writers, ours queues them at a lock file.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import measuring, programs
from benchmarks.measuring import Figure
from sweepcli import stores
from sweepcli.stores import sqlite
from sweepcli.stores.lock_files import WriteLock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sweepcli.stores import Store

WINDOWS_S = {1: 0.4, 8: 0.8, 64: 2.0}  # by the number of processes; many need time to be fair
ROUNDS = 5
RUNS = 20_000  # for one window; a fast machine may use them up in the longest


@dataclass(frozen=True, slots=True)
class Served:
    """What the clients got in one window."""

    per_s: float
    least: float
    most: float


class Unordered(sqlite.SqliteDatabase):
    """SQLite as it comes: writers wait in its busy handler."""

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Leave the order to SQLite."""
        yield


def main() -> list[Figure]:
    """Measure and print claims per second and their spread over the clients."""
    figures = []
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        sweep_id = _fill(folder)
        for clients in WINDOWS_S:
            found = _in_turn(folder, sweep_id, clients)
            rows += [_row(name, clients, served) for name, served in found.items()]
            figures += _figures(clients, found[OURS])
    headings = ["", "processes", "claims/s", "least", "most"]
    measuring.show("Claims, and how many each process got", headings, rows)
    return figures


def _fill(folder: str) -> str:
    """Keep a sweep with many runs to claim; return its id."""
    sweep = programs.new_sweep(folder, ["true"])
    with closing(stores.open_existing(folder)) as store:
        programs.suggest(store, sweep, RUNS)
        store.add_agent(programs.AGENT)
    return sweep.id


def _in_turn(folder: str, sweep_id: str, clients: int) -> dict[str, Served]:
    found: dict[str, list[Served]] = {name: [] for name in PEERS}
    for _ in range(ROUNDS):
        for name in PEERS:
            with tempfile.TemporaryDirectory() as copy:
                shutil.copytree(folder, copy, dirs_exist_ok=True)
                found[name].append(_serve(name, copy, sweep_id, clients))
    return {
        name: Served(
            median(one.per_s for one in rounds),
            median(one.least for one in rounds),
            median(one.most for one in rounds),
        )
        for name, rounds in found.items()
    }


def _serve(peer: str, results: str, sweep_id: str, clients: int) -> Served:
    """Let clients claim for a while, all at once, and count."""
    ready_read, ready_write = os.pipe()
    start_read, start_write = os.pipe()
    for number in range(clients):
        if os.fork() == 0:
            os.close(start_write)
            with closing(PEERS[peer](results)) as store:
                os.write(ready_write, b".")
                os.read(start_read, 1)  # nothing comes; it ends when all may begin
                answer = os.path.join(results, f"client-{number}")
                _claim(store, sweep_id, WINDOWS_S[clients], answer)
            os._exit(0)
    for _ in range(clients):
        os.read(ready_read, 1)
    begin = time.perf_counter()
    os.close(start_write)
    for _ in range(clients):
        os.wait()
    took_s = time.perf_counter() - begin
    for descriptor in (ready_read, ready_write, start_read):
        os.close(descriptor)
    counts = [_count(results, number) for number in range(clients)]
    return Served(sum(counts) / took_s, min(counts), max(counts))


def _claim(store: Store, sweep_id: str, window_s: float, answer: str) -> None:
    count = 0
    until = time.monotonic() + window_s
    while time.monotonic() < until and store.claim_run(sweep_id, programs.AGENT.id, 0.0):
        count += 1
    with open(answer, "w", encoding="utf-8") as file:
        file.write(str(count))


def _count(results: str, number: int) -> int:
    with open(os.path.join(results, f"client-{number}"), encoding="utf-8") as file:
        return int(file.read())


def open_unordered(folder: str) -> Store:
    path = os.path.join(folder, sqlite.FILE_NAME)
    connection = sqlite3.connect(path, timeout=sqlite.BUSY_TIMEOUT_S, isolation_level=None)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    lock = WriteLock(f"{path}.lock")
    return stores.Store(Unordered(connection, lock, path, sqlite.BUSY_TIMEOUT_S))


def _row(name: str, clients: int, served: Served) -> list[str]:
    counts = [f"{served.per_s:,.0f}", f"{served.least:.0f}", f"{served.most:.0f}"]
    return [name, str(clients), *counts]


def _figures(clients: int, served: Served) -> list[Figure]:
    rate = Figure(f"claims, {clients} processes", served.per_s, 5000, "/s", is_minimum=True)
    if clients == 1:
        return [rate]
    spread = served.most / max(served.least, 1)
    return [rate, Figure(f"most to least claims, {clients} processes", spread, 5, "x")]


OURS = "sweepcli (flock)"
PEERS: dict[str, Callable[[str], Store]] = {
    "SQLite busy_timeout": open_unordered,
    OURS: stores.open_store,
}

if __name__ == "__main__":
    main()
