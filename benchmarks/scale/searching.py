"""What a search costs the other agents: 64 of them, each of which wants a run now and then.

An agent takes its run as the product does, by `Assignment.take`: where none waits, it searches
in its turn, outside of any lock. The floor does the same search inside of the transaction that
claims. The search sleeps, as if each agent had a machine of its own, and reads all runs.
"""

from __future__ import annotations

import random
import time
from contextlib import closing
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import measuring
from benchmarks.measuring import Figure
from benchmarks.scale import crowd, sweeps
from sweepcli import stores
from sweepcli.agents import recovery
from sweepcli.agents.assignment import Assignment, Nothing
from sweepcli.agents.code_of_runs import CodeOfRuns
from sweepcli.agents.options import AgentOptions
from sweepcli.agents.recovery import Recovery
from sweepcli.records import NOT_SEEN, Ending, Run, RunState
from sweepcli.stores.sql import CLAIM, run_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.scale.kinds import Kind
    from sweepcli.records import JSON, Sweep, SweepConfig
    from sweepcli.stores import Store

    Take = Callable[[], Run | Nothing | None]

ROWS = 4
INSIDE, OURS = "inside the transaction", "in turns"


class Sizes(NamedTuple):
    """How much is measured."""

    agents: int = 64
    every_s: float = 2.0  # how often each of them wants a run
    window_s: float = 15.0
    searches_ms: tuple[int, ...] = (0, 20, 100)


def main(found: Sequence[Kind], sizes: Sizes) -> list[Figure]:
    """Measure and print the wait for a run, and that for saving what a run has logged."""
    figures = []
    for kind in found:
        rows = []
        for search_ms in sizes.searches_ms:
            for name in (INSIDE, OURS):
                waits, saves = _measured(kind, name, search_ms, sizes)
                rate = len(waits) / sizes.window_s
                times = [*sweeps.milliseconds(waits), *sweeps.milliseconds(saves)[1:]]
                rows.append([f"{search_ms} ms, {name}", f"{rate:.1f}", *times])
                if name == OURS and search_ms == sizes.searches_ms[1]:
                    share = rate / sizes.agents * sizes.every_s
                    text = f"{kind.name}, runs taken of those wanted, search of {search_ms} ms"
                    figures.append(Figure(text, share, 0.9, "x", is_minimum=True))
        pace = f"{sizes.agents} agents, a run each {sizes.every_s:g} s"
        title = f"{kind.name}: {pace}, {sweeps.load_now()}"
        headings = ["search", "runs/s", "p50 ms", "p99", "worst", "saving: p99", "worst"]
        measuring.show(title, headings, rows)
    return figures


def _measured(
    kind: Kind, name: str, search_ms: int, sizes: Sizes
) -> tuple[list[float], list[float]]:
    address = kind.new()
    method = f"benchmarks.scale.searching:search_of_{search_ms}_ms"
    sweep = sweeps.new_sweep(address, method=method)
    if name == INSIDE:
        sweeps.make_ready(
            address, sweep, int(2 * sizes.agents * (sizes.window_s / sizes.every_s + 1))
        )
    work = partial(_client, address, sweep, name, search_ms, sizes)
    pairs = list(chain(*crowd.at_once(sizes.agents, work)))
    kind.drop(address)
    return pairs[::2], pairs[1::2]


def _client(
    address: str,
    sweep: Sweep,
    name: str,
    search_ms: int,
    sizes: Sizes,
    index: int,
    begin: Callable[[], None],
) -> list[float]:
    with closing(stores.open_store(address)) as store:
        agent = f"agent{index}"
        store.add_agent(recovery.this_agent(agent))
        take = _taker(store, sweep, agent, name, search_ms)
        begin()
        return _paced(store, take, sizes, random.Random(index).uniform(0, sizes.every_s))


def _taker(store: Store, sweep: Sweep, agent: str, name: str, search_ms: int) -> Take:
    if name == INSIDE:
        return partial(_take_inside, store, sweep.id, agent, search_ms)
    recovery = Recovery(AgentOptions().timing.lease_s, agent)
    options, code = AgentOptions(), CodeOfRuns(store, agent, print)
    assignment = Assignment(
        store, sweep, recovery, options, code, results="/nowhere", note=lambda _: None
    )
    return partial(assignment.take, agent, None)


def _take_inside(store: Store, sweep_id: str, agent: str, search_ms: int) -> Run | None:
    database = store.database
    claim = CLAIM.format(skip_locked=database.skip_locked)
    with database.transaction(alone=sweep_id):
        time.sleep(search_ms / 1e3)
        found = database.rows(claim, (agent, time.time(), *NOT_SEEN, *[sweep_id] * 4))
    return run_of(found[0]) if found else None


def _paced(store: Store, take: Take, sizes: Sizes, phase_s: float) -> list[float]:
    """Take a run, save its rows, end it, and wait for the next time; return the two waits."""
    found: list[float] = []
    start = time.monotonic()
    due = start + phase_s
    while due < start + sizes.window_s:
        time.sleep(max(0.0, due - time.monotonic()))
        before = time.monotonic()
        run = take()
        now = time.monotonic()
        if not isinstance(run, Run) or now > start + sizes.window_s:
            break
        found += [now - before, _finish(store, run)]
        due = max(due + sizes.every_s, time.monotonic())
    return found


def _finish(store: Store, run: Run) -> float:
    """Save what a run has logged, and end it; return how long the former took."""
    rows = sweeps.rows_from(0, ROWS)
    progress = sweeps.shown_by(rows)
    before = time.monotonic()
    store.save_progress(run, rows, progress)
    took = time.monotonic() - before
    ending = Ending(RunState.FINISHED, 0, None, time.time())
    store.end_attempt(run, ending, [], progress, RunState.FINISHED)
    return took


def _search(seconds: float, runs: Sequence[Run], n: int) -> list[dict[str, JSON]]:
    known = len(list(runs))
    time.sleep(seconds)
    return [sweeps.params_of(known + index) for index in range(n)]


def search_of_0_ms(_config: SweepConfig, runs: Sequence[Run], n: int) -> list[dict[str, JSON]]:
    """Suggest at once."""
    return _search(0.0, runs, n)


def search_of_20_ms(_config: SweepConfig, runs: Sequence[Run], n: int) -> list[dict[str, JSON]]:
    """Suggest as a model of a hundred runs does."""
    return _search(0.02, runs, n)


def search_of_100_ms(_config: SweepConfig, runs: Sequence[Run], n: int) -> list[dict[str, JSON]]:
    """Suggest as a model of a thousand runs does."""
    return _search(0.1, runs, n)
