"""Suggests the runs of a sweep again that are not there, though later ones are.

Searches count: what comes next depends on how many runs there are. So a run whose folder was
removed, or which was claimed and never begun, would never be tried.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sweepcli import search
from sweepcli.errors import SearchError, SweepError
from sweepcli.ids import new_id
from sweepcli.records import Run, RunState
from sweepcli.stores.copying import RUNS
from sweepcli.stores.sql import encoded
from sweepcli.sweeps import controller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.records import Sweep
    from sweepcli.stores import Store
    from sweepcli.sweeps.repair.on_disk import Tell

MOST = 100_000  # runs that may be missing in a row: a larger number was not written by us
AT_ONCE = 1000  # suggestions
AGAIN = "{runs} not here: suggested again, to be tried as {new}"
NOT_AGAIN = "{runs} not here, and cannot be suggested again: {error}"


def fill(store: Store, sweep: Sweep, folder: str, tell: Tell) -> None:
    """Suggest what is missing among the numbers of a sweep's runs, and tell."""
    for first, last in _gaps(store, sweep):
        if last - first >= MOST:
            tell(folder, f"no run has the number {last + 1}, which a record says: left out")
            with store.database.transaction():
                store.database.change(
                    "DELETE FROM runs WHERE sweep_id = ? AND number > ?", (sweep.id, last)
                )
            return
        one, two = f"run {first} is", f"runs {first} to {last} are"
        named = one if first == last else two
        try:
            for number in range(first, last + 1, AT_ONCE):
                _suggest(store, sweep, number, min(AT_ONCE, last + 1 - number))
        except SweepError as error:
            tell(folder, NOT_AGAIN.format(runs=named, error=error))
        else:
            tell(folder, AGAIN.format(runs=named, new="a new run" if named == one else "new runs"))


def _gaps(store: Store, sweep: Sweep) -> Iterator[tuple[int, int]]:
    """Yield the first and last number of each gap."""
    sql = "SELECT number FROM runs WHERE sweep_id = ? ORDER BY number"
    expected = 1
    for (number,) in store.database.rows(sql, (sweep.id,)):
        if number > expected:
            yield expected, number - 1
        expected = number + 1


def _suggest(store: Store, sweep: Sweep, first: int, count: int) -> None:
    before = controller.Runs(store, sweep.id, first - 1)
    made = search.method(sweep.config.method)(sweep.config, before, count)
    if len(made) < count:
        raise SearchError("the search has no more suggestions")
    now = time.time()
    runs = [
        Run(
            id=new_id(),
            sweep_id=sweep.id,
            number=number,
            key=suggestion.key,
            state=RunState.PENDING,
            params=suggestion.params,
            created_at=now,
            search_info=suggestion.info,
        )
        for number, suggestion in enumerate(made, first)
    ]
    with store.database.transaction():
        store.database.change_many(RUNS.insertion, [(*encoded(run), 0) for run in runs])
