"""Clients of a store in many processes; `together` returns when all have come so far."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from functools import partial
from multiprocessing.synchronize import Barrier

from support import PATIENCE_S, a_sweep, an_agent, end
from sweepcli.records import Suggestion
from sweepcli.stores import Store, open_store

Client = Callable[[Callable[[], Store], int, Callable[[], object]], list[str]]


def in_processes(number: int, work: Client, address: str) -> list[list[str]]:
    """Call `work(connect, index, together)` in that many processes."""
    connect = partial(open_store, address)
    context = multiprocessing.get_context("spawn")
    with context.Pool(number, _meet_at, (context.Barrier(number),)) as pool:
        tasks = [(work, connect, index) for index in range(number)]
        found = pool.map(_work, tasks, chunksize=1)
        pool.close()
        pool.join()
    return found


_meeting: list[Barrier] = []


def _meet_at(barrier: Barrier) -> None:
    _meeting.append(barrier)


def _work(task: tuple[Client, Callable[[], Store], int]) -> list[str]:
    work, connect, index = task
    return work(connect, index, lambda: _meeting[0].wait(PATIENCE_S))


def create(connect: Callable[[], Store], index: int, together: Callable[[], object]) -> list[str]:
    """Open a store that may not be there yet, and use it."""
    together()
    store = connect()
    store.add_sweep(a_sweep(sweep_id=f"s{index}"))
    together()
    found = sorted(sweep.id for sweep in store.sweeps())
    store.close()
    return found


def suggest(connect: Callable[[], Store], index: int, together: Callable[[], object]) -> list[str]:
    """Suggest 40 runs under a cap of 50, every other one known to all clients."""
    store = connect()
    keys = [str(i) if i % 2 else f"{index}-{i}" for i in range(40)]
    together()
    for key in keys:
        one = (f"{index}-{key}", Suggestion(key, {}))
        store.suggest("s1", [one], run_cap=50, now=1.0)
    store.close()
    return keys


def claim_all(
    connect: Callable[[], Store], index: int, together: Callable[[], object]
) -> list[str]:
    """Claim and finish runs until there are none."""
    store = connect()
    store.add_agent(an_agent(f"a{index}"))
    ids = []
    together()
    while run := store.claim_run("s1", f"a{index}", 2.0):
        ids.append(run.id)
        assert end(store, run)
    store.close()
    return ids


def look(connect: Callable[[], Store], _index: int, together: Callable[[], object]) -> list[str]:
    """Open a store that is there, and look at it."""
    together()
    store = connect()
    found = [sweep.id for sweep in store.sweeps()]
    store.close()
    return found
