"""A sweep that is copied into any kind of store and out of it is as it was."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from support import a_sweep, an_agent, an_ending, claimed, end, give_back, grid, suggestions
from sweepcli import about, stores
from sweepcli.errors import StoreError, WrongState
from sweepcli.records import JSON, Agent, Progress, Row, RunState, Suggestion, SweepState
from sweepcli.stores import Store, copying
from sweepcli.stores.copying import Amount
from sweepcli.stores.location import is_url
from sweepcli.stores.naming import Naming

Tables = dict[str, list[tuple[str, ...]]]
# Where a float that takes the way over a decimal text might arrive as another.
FLOATS = (0.1 + 0.2, 5e-324, sys.float_info.max, -0.0, 1.7976931348623155e308, 2.0**-1074 * 3)
VALUES: dict[str, JSON] = {
    **{f"f{i}": value for i, value in enumerate(FLOATS)},
    "nan": float("nan"),
    "inf": float("-inf"),
    "big": 10**40,
    "text": "é\u2028\U0001f600\0'\"\\%s?",
}


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Store]:
    """Return a store with a sweep that has been through much, and with another."""
    with closing(stores.open_store(str(tmp_path / "source"))) as store:
        fill(store)
        yield store


@pytest.fixture
def back(tmp_path: Path) -> Iterator[Store]:
    """Return an empty store."""
    with closing(stores.open_store(str(tmp_path / "back"))) as store:
        yield store


def fill(store: Store) -> None:
    config = grid(3, description="ünïcode \u0000 \U0001f600", seed=2**60)
    store.add_sweep(a_sweep(config)._replace(name="a name, 100%?", created_at=1.1))
    store.add_sweep(a_sweep(sweep_id="s2"))
    store.add_agent(Agent("a1", "host é", 2**40, 1.1, 0.1 + 0.2, 9.7, 2**61, "boot pid:[1]"))
    store.add_agent(an_agent("a2"))
    store.add_agent(an_agent("other"))
    store.suggest("s1", suggestions(5), run_cap=None, now=0.1 + 0.7)
    told = Suggestion("told", VALUES, {"expected": {"mean": 0.1 + 0.2, "nan": float("nan")}})
    store.suggest("s1", [("told", told)], run_cap=None, now=3.0)
    store.suggest("s2", suggestions(1, "x"), run_cap=None, now=1.0)
    rows = [Row(line, 2**62 + line, None if line else 5.1, VALUES) for line in range(3)]
    shown = Progress(VALUES, 5e-324, 2**62, sys.float_info.max, -0.0, name="ü", tags=("a", "é"))
    ending = an_ending(RunState.FAILED, -9)._replace(
        reason="ünd?", output="é\n\t100%s\n", at=1e9 / 3
    )
    end(store, claimed(store), ending, rows=rows, progress=shown)
    store.retry("s1", [store.run("r0")])
    end(store, claimed(store, "a2"), rows=rows, progress=shown)
    give_back(store, claimed(store))
    Naming(store.database).say_of_run("r1", partial(about.tagged, tags=["é", "keep"]))
    Naming(store.database).say_of_sweep("s1", partial(about.noted, text="ünïcode"))


def contents(store: Store, sweep_id: str = "s1") -> Tables:
    """Return all that belongs to a sweep, as bits: -0.0 is not 0.0, and 1.0 is not 1."""
    runs = "run_id IN (SELECT id FROM runs WHERE sweep_id = ?)"
    belongs = {
        "sweeps": "id = ?",
        "runs": "sweep_id = ?",
        "snapshots": "sweep_id = ?",
        "agents": f"id IN (SELECT agent_id FROM attempts WHERE {runs})",  # noqa: S608 -- constants
    }
    found = {}
    for table in copying.TABLES:
        where = belongs.get(table.name, runs)
        sql = f"SELECT {', '.join(table.columns)} FROM {table.name} WHERE {where}"  # noqa: S608 -- constants
        found[table.name] = sorted(map(bits, store.database.rows(sql, (sweep_id,))))
    return found


def bits(row: tuple[JSON, ...]) -> tuple[str, ...]:
    return tuple(value.hex() if isinstance(value, float) else repr(value) for value in row)


def copy(source: Store, target: Store, sweep_id: str = "s1") -> Amount | None:
    return copying.copy_sweep(source, target, source.sweep(sweep_id))


def test_a_sweep_goes_into_a_store_and_comes_back_as_it_was(
    source: Store, empty: Store, back: Store
) -> None:
    source.end_agent("a2", 9.9)
    before = contents(source)

    assert copy(source, empty) == (6, 6)
    assert copy(empty, back) == (6, 6)

    assert contents(empty) == before
    assert contents(back) == before
    assert {name: len(rows) for name, rows in before.items()} == {
        "sweeps": 1,
        "snapshots": 0,
        "agents": 2,
        "runs": 6,
        "attempts": 3,
        "history": 6,
    }
    assert empty.run("told").params["text"] == VALUES["text"]


def test_what_is_copied_goes_on_as_it_would_have(source: Store, empty: Store) -> None:
    copy(source, empty)

    assert empty.sweep("s1") == source.sweep("s1")
    taken = [[claimed(store).id for _ in range(5)] for store in (source, empty)]
    assert taken == [["r2", "r3", "r4", "told", "r0"]] * 2
    assert (empty.run("r2").attempt, empty.run("r0").attempt) == (2, 2)
    assert empty.endings(source.run("r0")) == source.endings(source.run("r0"))


def test_the_state_is_the_one_that_is_given(source: Store, empty: Store) -> None:
    copying.copy_sweep(source, empty, source.sweep("s1")._replace(state=SweepState.CANCELED))
    assert empty.sweep("s1").state is SweepState.CANCELED


def test_other_sweeps_stay_where_they_are(source: Store, empty: Store) -> None:
    copy(source, empty)

    assert [sweep.id for sweep in empty.sweeps()] == ["s1"]
    assert empty.database.rows("SELECT id FROM agents ORDER BY id") == [("a1",), ("a2",)]
    assert not empty.has_run("x0")


def test_an_agent_that_lives_on_has_ended_for_the_copy(source: Store, empty: Store) -> None:
    source.heartbeat("a2", 7.5)

    copy(source, empty)

    assert empty.agents("s1") == []
    found = empty.database.rows("SELECT heartbeat_at, ended_at FROM agents WHERE id = 'a2'")
    assert found == [(7.5, 7.5)]


def test_a_sweep_that_is_there_is_left_as_it_is(source: Store, empty: Store) -> None:
    copy(source, empty)
    empty.set_state("s1", SweepState.CANCELED, allowed=tuple(SweepState))

    assert copy(source, empty) is None
    assert empty.sweep("s1").state is SweepState.CANCELED


def test_two_sweeps_may_have_had_the_same_agent(source: Store, empty: Store) -> None:
    run = source.claim_run("s2", "a1", 2.0)
    assert run is not None
    end(source, run)

    copy(source, empty)
    copy(source, empty, "s2")

    assert contents(empty, "s2") == contents(source, "s2")


def test_nothing_is_left_of_a_sweep_that_could_not_be_copied_whole(
    source: Store, empty: Store
) -> None:
    empty.add_sweep(a_sweep(sweep_id="s9"))
    empty.suggest("s9", [("told", Suggestion("k", {}))], run_cap=None, now=1.0)  # its id is taken

    with pytest.raises(StoreError):
        copy(source, empty)

    assert [sweep.id for sweep in empty.sweeps()] == ["s9"]
    assert empty.database.rows("SELECT id FROM agents") == []


def test_nothing_is_copied_of_a_sweep_that_an_agent_works_on(source: Store, empty: Store) -> None:
    claimed(source)

    with pytest.raises(WrongState, match="an agent has claimed a run of someone/things/s1"):
        copy(source, empty)

    assert empty.sweeps() == []


def test_more_rows_than_a_page_arrive_in_all(
    source: Store, empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "PAGE", 2)
    source.suggest("s1", suggestions(9, "more"), run_cap=None, now=1.0)
    run = claimed(source)
    rows = [Row(line, line, None, {"x": line}) for line in range(7)]
    end(source, run, rows=rows)
    source.end_agent("a2", 2.0)

    assert copy(source, empty) == (10, 13)  # the keys of five are known
    assert contents(empty) == contents(source)


def test_every_column_of_every_table_is_copied(address: str, empty: Store) -> None:
    if is_url(address):
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'sweepcli'"
        columns = """SELECT column_name FROM information_schema.columns
            WHERE table_schema = 'sweepcli' AND table_name = ?"""
    else:
        tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
        columns = "SELECT name FROM pragma_table_info(?)"

    found = {
        name: {column for (column,) in empty.database.rows(columns, (name,))}
        for (name,) in empty.database.rows(tables)
    }

    del found["migrations"]
    found.pop("turns", None)  # of a moment
    assert {table.name: set(table.columns) for table in copying.TABLES} == found
