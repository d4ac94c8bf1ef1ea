from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from support import a_sweep, an_agent, claimed, end, holding, suggestions
from sweepcli import stores
from sweepcli.errors import IdTaken, StoreError, UnknownSweep
from sweepcli.records import Progress, Row, RunState
from sweepcli.stores import Store, migrations, sqlite
from sweepcli.stores.migrations import MIGRATIONS
from sweepcli.stores.sql import CLAIM

# Begins a change of two statements, says so, and waits in the middle of it.
HALF_A_CHANGE = """
import sys
from sweepcli.stores.sqlite import connect
database = connect(sys.argv[1])
with database.transaction():
    database.change("UPDATE sweeps SET state = 'canceled'")
    database.change("DELETE FROM runs")
    print("in the middle", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with a sweep and an agent."""
    with closing(stores.open_store(str(tmp_path))) as opened:
        opened.add_sweep(a_sweep())
        opened.add_agent(an_agent())
        yield opened


def raw(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "sweeps.db")) as connection:
        found = connection.execute(sql).fetchall()
        connection.commit()
        return found


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "sweeps.db").touch()

    store = stores.open_store(str(tmp_path))
    store.add_sweep(a_sweep())
    store.close()

    assert raw(tmp_path, "SELECT name FROM migrations") == [(name,) for name in MIGRATIONS]
    assert raw(tmp_path, "PRAGMA journal_mode") == [("wal",)]


def test_migrations_run_once(tmp_path: Path) -> None:
    stores.open_store(str(tmp_path)).close()
    before = raw(tmp_path, "SELECT name, at FROM migrations")

    stores.open_store(str(tmp_path)).close()

    assert raw(tmp_path, "SELECT name, at FROM migrations") == before


def test_a_store_of_an_older_version_keeps_what_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = next(iter(MIGRATIONS))
    with monkeypatch.context() as older:
        older.setattr(migrations, "MIGRATIONS", {first: MIGRATIONS[first]})
        sqlite.connect(str(tmp_path)).close()
    raw(tmp_path, "INSERT INTO sweeps VALUES ('s1', 'e', 'p', NULL, 'running', '{}', 1.0)")
    raw(tmp_path, "INSERT INTO agents VALUES ('a1', 'there', 7, 1.0, 1.0, NULL, 3)")
    raw(
        tmp_path,
        """INSERT INTO runs
        (id, sweep_id, number, key, state, params, attempt, agent_id, created_at, started_at)
        VALUES ('r0', 's1', 1, '0', 'running', '{}', 1, 'a1', 1.0, 1.5)""",
    )

    raw(tmp_path, "INSERT INTO attempts VALUES ('r0', 1, 'a1', 'running', 1.5, NULL, NULL, NULL)")

    store = stores.open_store(str(tmp_path))

    [(run, agent)] = store.running("s1")
    assert (run.id, run.attempt, agent.pid, agent.pid_started, agent.place) == (
        *("r0", 1, 7, 3, None),
    )
    [attempt] = store.attempts("r0")
    assert end(store, run)
    assert store.attempts("r0") == [
        attempt._replace(state=RunState.FINISHED, ended_at=9.0, exit_code=0)
    ]
    store.close()


def test_a_claim_walks_past_no_run(tmp_path: Path) -> None:
    # Each place where it looks has an index that holds nothing else.
    stores.open_store(str(tmp_path)).close()

    claim = CLAIM.format(skip_locked="").replace("?", "'x'")
    plan = raw(tmp_path, "EXPLAIN QUERY PLAN " + claim)

    used = [str(row[3]).removeprefix("SEARCH runs USING INDEX ").split(" ")[0] for row in plan]
    assert [name for name in used if name.startswith("runs_")] == [
        *("runs_to_resume", "runs_to_start", "runs_to_retry"),
    ]


def test_a_store_of_a_newer_version_is_refused_unchanged(tmp_path: Path) -> None:
    stores.open_store(str(tmp_path)).close()
    raw(tmp_path, "INSERT INTO migrations VALUES ('999_from_the_future', 1.0)")

    with pytest.raises(StoreError, match=r"newer version.*999_from_the_future.*upgrade"):
        stores.open_store(str(tmp_path))

    assert len(raw(tmp_path, "SELECT name FROM migrations")) == len(MIGRATIONS) + 1


def test_a_file_that_is_no_database_is_refused_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "sweeps.db"
    path.write_text("My results, by hand.\n" * 100)
    before = path.read_bytes()

    with pytest.raises(StoreError, match=r"damaged \(file is not a database\)"):
        stores.open_store(str(tmp_path))

    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be opened"):
        stores.open_store(str(tmp_path / "file" / "inside"))


def test_an_existing_store_is_opened_and_a_missing_one_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(UnknownSweep, match="make one with"):
        stores.open_existing(str(tmp_path))
    assert os.listdir(tmp_path) == []

    stores.open_store(str(tmp_path)).close()
    stores.open_existing(str(tmp_path)).close()


def test_a_process_killed_inside_a_transaction_leaves_nothing_half_written(
    tmp_path: Path, store: Store
) -> None:
    store.suggest("s1", suggestions(2), run_cap=None, now=1.0)
    with holding(HALF_A_CHANGE, tmp_path, "in the middle") as half:
        half.kill()

    assert claimed(store).id == "r0"
    assert (store.sweep("s1").state, store.number_of_runs("s1")) == ("running", 2)
    assert raw(tmp_path, "PRAGMA integrity_check") == [("ok",)]


def test_ctrl_z_waits_until_the_lock_is_free(tmp_path: Path) -> None:
    # A process that is suspended with the lock in its hand would hold up all others.
    suspended = """
import os, signal, sys
from sweepcli.stores.sqlite import connect
database = connect(sys.argv[1])
with database.transaction():
    os.kill(os.getpid(), signal.SIGTSTP)
    print("not yet", flush=True)
"""
    command = [sys.executable, "-c", suspended, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, process_group=0) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"not yet\n"
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)

        with closing(stores.open_store(str(tmp_path))) as store:
            store.add_sweep(a_sweep())
        process.kill()


def test_readers_do_not_wait_for_a_writer(tmp_path: Path, store: Store) -> None:
    with holding(HALF_A_CHANGE, tmp_path, "in the middle") as half:
        seen = store.sweep("s1").state

        half.kill()
    assert seen == "pending"


def test_the_schema_refuses_a_running_run_without_an_agent(tmp_path: Path, store: Store) -> None:
    store.suggest("s1", suggestions(1), run_cap=None, now=1.0)
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        raw(tmp_path, "UPDATE runs SET state = 'running'")


def test_a_refused_change_leaves_the_lock_free(tmp_path: Path, store: Store) -> None:
    with pytest.raises(IdTaken):
        store.add_sweep(a_sweep())

    with closing(stores.open_store(str(tmp_path))) as other:
        other.add_sweep(a_sweep(sweep_id="s2"))
    assert [sweep.id for sweep in store.sweeps()] == ["s1", "s2"]


def test_the_largest_numbers_survive(store: Store) -> None:
    store.suggest("s1", suggestions(1), run_cap=None, now=1.0)
    values = {"big": 10**40, "tiny": 5e-324, "max": sys.float_info.max}
    row = Row(0, 2**62, None, values)

    end(store, claimed(store), rows=[row], progress=Progress(values, 5e-324, 0))

    assert store.history("r0", 1) == [row]
    assert (store.run("r0").summary, store.run("r0").value) == (values, 5e-324)


# Takes the turn of sweep s1, says so, and keeps it until its input ends.
A_TURN = """
import sys
from sweepcli.stores.sqlite import connect
with connect(sys.argv[1]).turn("s1"):
    print("its turn", flush=True)
    sys.stdin.read()
"""


def test_turns_are_taken_one_after_the_other_and_go_on_after_a_kill(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with holding(A_TURN, tmp_path, "its turn") as first:
        with store.database.turn("s2"):  # another sweep's is free
            pass
        pauses: list[float] = []

        def pause(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 3:
                first.kill()
                first.wait()

        monkeypatch.setattr(time, "sleep", pause)
        with store.database.turn("s1", wait_s=600.0):
            assert len(pauses) >= 3


def test_who_has_waited_for_a_turn_in_vain_goes_on(tmp_path: Path, store: Store) -> None:
    with holding(A_TURN, tmp_path, "its turn") as first, store.database.turn("s1", wait_s=0.03):
        assert first.poll() is None


def test_a_turn_needs_no_file_that_cannot_be_made(tmp_path: Path, store: Store) -> None:
    (tmp_path / "sweeps.db.turns").mkdir()
    with store.database.turn("s1"):
        store.add_sweep(a_sweep(sweep_id="s2"))
