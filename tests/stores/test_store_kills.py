"""A process that is killed in the middle of a change; run as a script, this file is it."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from mortal import Mortal, die_at_every_point, mortally, run_script
from support import an_ending, begin, claimed, end
from sweepcli import stores
from sweepcli.records import Progress, Row, RunState, Suggestion
from sweepcli.stores import Store

ROWS = [Row(line, line, 5.0, {"loss": 1.0 / (line + 1)}) for line in range(3)]
PROGRESS = Progress({"loss": 0.5}, 0.5, 2)
MORE = [(f"m{number}", Suggestion(f"m{number}", {})) for number in range(3)]

CHANGES: dict[str, Callable[[Store], object]] = {
    "suggest": lambda store: store.suggest("s1", MORE, run_cap=None, now=3.0),
    "claim": claimed,
    "save progress": lambda store: store.save_progress(store.run("r0"), ROWS, PROGRESS),
    "finish": lambda store: end(store, store.run("r0"), rows=ROWS, progress=PROGRESS),
    "give back": lambda store: end(
        store, store.run("r0"), an_ending(RunState.PREEMPTED, 1), rows=ROWS, progress=PROGRESS
    ),
    "retry": lambda store: store.retry("s1", [store.run("r0")]),
}
OF_A_RUNNING_RUN = ("save progress", "finish", "give back")


# The process that is killed


def change(name: str, folder: str, point: int) -> int:
    with mortally():
        store = stores.open_store(folder)
    run = partial(CHANGES[name], store)
    Mortal.left = point
    run()
    return 0


# What it leaves


def prepare(name: str, folder: Path) -> None:
    store = stores.open_store(str(folder))
    begin(store)
    if name in OF_A_RUNNING_RUN:
        claimed(store)
    elif name == "retry":
        end(store, claimed(store), an_ending(RunState.FAILED, 1))
    store.close()


def contents(folder: Path) -> list[str]:
    """Return all that the database holds; fail unless it is intact."""
    with closing(sqlite3.connect(folder / "sweeps.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return list(connection.iterdump())


def made_again(name: str, folder: Path) -> list[str]:
    store = stores.open_store(str(folder))
    CHANGES[name](store)
    store.close()
    return contents(folder)


@pytest.mark.parametrize("name", CHANGES)
def test_a_process_killed_at_any_point_leaves_the_whole_change_or_none_of_it(
    name: str, tmp_path: Path
) -> None:
    prepare(name, tmp_path / "0")
    before = contents(tmp_path / "0")

    run_script(__file__, name, str(tmp_path))

    *killed, whole = sorted(tmp_path.iterdir(), key=lambda folder: int(folder.name))[1:]
    after = contents(whole)
    found = [contents(folder) for folder in killed]
    undone = found.count(before)
    assert found == [before] * undone + [after] * (len(found) - undone)
    assert (undone >= 5, undone < len(found), before != after) == (True, True, True)
    assert all(made_again(name, folder) == after for folder in killed[:undone])


if __name__ == "__main__":
    name, folder = sys.argv[1:]
    sys.exit(die_at_every_point(folder, partial(change, name)))
