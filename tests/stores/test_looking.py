"""A database that is opened only to look: nothing in its folder changes, whatever is there."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from support import a_sweep, holding
from sweepcli import stores
from sweepcli.errors import StoreError, StoreGone
from sweepcli.stores import Store, database_source, one_machine, own_writers
from sweepcli.stores.database_source import How
from sweepcli.stores.migrations import MIGRATIONS

# Adds a sweep, which stays in the -wal, and waits until its input ends, or it is killed.
WRITER = """
import sys
from sweepcli import records, stores
store = stores.open_store(sys.argv[1])
config = records.SweepConfig("random", (), raw={"method": "random"})
store.add_sweep(records.Sweep("s2", "e", "p", records.SweepState.PENDING, config, 2.0))
print("written", flush=True)
sys.stdin.read()
store.close()
"""


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A folder with a database of one sweep, which nobody has open."""
    folder = tmp_path / "results"
    with closing(stores.open_store(str(folder))) as store:
        store.add_sweep(a_sweep())
    return folder


def killed(folder: Path) -> None:
    """Leave what a writer leaves that is killed: its last change is in the -wal alone."""
    with holding(WRITER, folder, "written") as writer:
        writer.send_signal(signal.SIGKILL)
        writer.wait()


def seen(folder: Path) -> list[str]:
    with closing(stores.open_existing(str(folder), looks=True)) as store:
        return [sweep.id for sweep in store.sweeps()]


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {each.name: (each.read_bytes(), each.stat().st_mtime_ns) for each in folder.iterdir()}


def how(path: Path) -> How:
    with closing(database_source.opened(str(path / "sweeps.db"))) as source:
        return source.how


def test_looking_at_a_database_that_nobody_uses_leaves_no_trace(results: Path) -> None:
    before = contents(results)

    assert (seen(results), how(results)) == (["s1"], How.ALONE)
    assert contents(results) == before


def test_looking_shows_what_agents_do_meanwhile(results: Path) -> None:
    with closing(stores.open_existing(str(results), looks=True)) as store:
        assert [sweep.id for sweep in store.sweeps()] == ["s1"]
        with holding(WRITER, results, "written") as writer:
            assert [sweep.id for sweep in store.sweeps()] == ["s1", "s2"]
            assert how(results) is How.SHARED
            store.database.rest()
            writer.communicate()

        assert sorted(os.listdir(results)) == [".gitignore", "sweeps.db", "sweeps.db.lock"]
        assert [sweep.id for sweep in store.sweeps()] == ["s1", "s2"]
        assert how(results) is How.ALONE


@pytest.mark.parametrize("has_shm", [True, False])
def test_looking_after_a_kill_shows_the_last_changes(results: Path, *, has_shm: bool) -> None:
    killed(results)
    if not has_shm:
        (results / "sweeps.db-shm").unlink()
    shm = {"sweeps.db-shm": (b"", 0)}  # its contents are SQLite's own business
    before = contents(results)

    assert how(results) is (How.SHARED if has_shm else How.COPY)
    assert seen(results) == ["s1", "s2"]
    assert {**contents(results), **shm} == {**before, **shm}


def test_a_copy_leaves_nothing_behind_and_follows_what_changes(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    killed(results)
    (results / "sweeps.db-shm").unlink()

    with closing(stores.open_existing(str(results), looks=True)) as store:
        assert store.has_sweep("s2")
        assert os.listdir(tmp_path / "tmp") == []
        with closing(stores.open_store(str(results))) as other:
            other.add_sweep(a_sweep(sweep_id="s3"))
        assert store.has_sweep("s3")


def test_a_store_that_was_opened_to_look_refuses_a_change(results: Path) -> None:
    changes: list[Callable[[Store], object]] = [
        lambda store: store.add_sweep(a_sweep(sweep_id="s3")),
        lambda store: store.claim_run("s1", "a1", 1.0),
        lambda store: store.heartbeat("a1", 1.0),
    ]
    with closing(stores.open_existing(str(results), looks=True)) as store:
        for change in changes:
            with pytest.raises(StoreError, match="opened only to look"):
                change(store)


def test_a_database_of_an_older_version_is_told_as_that_and_not_changed(results: Path) -> None:
    last = list(MIGRATIONS)[-1]
    with closing(sqlite3.connect(results / "sweeps.db")) as connection, connection:
        connection.execute("DELETE FROM migrations WHERE name = ?", (last,))
    before = contents(results)

    with pytest.raises(StoreError, match=f"older version.*lacks {last}.*next agent"):
        stores.open_existing(str(results), looks=True)

    assert contents(results) == before


def test_a_snapshot_stays_as_it_was_while_agents_write(results: Path) -> None:
    with (
        holding(WRITER, results, "written"),
        closing(stores.open_existing(str(results), looks=True)) as store,
        store.database.snapshot(),
    ):
        with closing(stores.open_store(str(results))) as other:
            other.add_sweep(a_sweep(sweep_id="s3"))
        assert [sweep.id for sweep in store.sweeps()] == ["s1", "s2"]


def test_what_was_read_while_somebody_began_to_write_is_read_again(results: Path) -> None:
    with closing(stores.open_existing(str(results), looks=True)) as store:
        source = database_source.opened(str(results / "sweeps.db"))
        assert source.how is How.ALONE
        assert store.has_sweep("s1")

        with closing(stores.open_store(str(results))) as other:
            other.add_sweep(a_sweep(sweep_id="s3"))

        assert not source.is_sound()
        assert not source.is_current()
        source.close()
        assert store.has_sweep("s3")


def test_a_snapshot_of_a_file_that_changes_is_told(results: Path) -> None:
    with closing(stores.open_existing(str(results), looks=True)) as store:
        with store.database.snapshot():
            with closing(stores.open_store(str(results))) as other:
                other.add_sweep(a_sweep(sweep_id="s3"))
            with pytest.raises(StoreError, match="changed while it was read; try again"):
                store.has_sweep("s1")
        assert store.has_sweep("s3")


def test_a_database_that_is_removed_while_somebody_looks_is_told(results: Path) -> None:
    with closing(stores.open_existing(str(results), looks=True)) as store:
        assert store.database.lost() is None
        (results / "sweeps.db").unlink()

        assert store.database.lost() == f"{results}/sweeps.db was removed"
        with pytest.raises(StoreGone, match="removed"):
            store.sweeps()


def test_looking_takes_no_lock_from_a_writer_of_the_same_process(results: Path) -> None:
    # Closing a descriptor of the file would let another process end SQLite's log under the writer.
    looker = stores.open_existing(str(results), looks=True)
    assert looker.has_sweep("s1")
    with closing(stores.open_store(str(results))) as writer:
        writer.add_sweep(a_sweep(sweep_id="s3"))
        looker.close()
        assert seen(results) == ["s1", "s3"]

        with holding(WRITER, results, "written") as other:  # which ends in good order
            other.communicate()
        assert (results / "sweeps.db-wal").exists()
        assert [sweep.id for sweep in writer.sweeps()] == ["s1", "s3", "s2"]


def test_a_network_disk_is_read_without_memory_that_is_shared_through_a_file(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nfs = one_machine.Mount("40", "1", "/", "nfs4")
    monkeypatch.setattr(one_machine, "network_disk", lambda _folder: nfs)
    with holding(WRITER, results, "written") as writer:
        assert (seen(results), how(results)) == (["s1", "s2"], How.COPY)
        writer.communicate()
    assert (seen(results), how(results)) == (["s1", "s2"], How.ALONE)


@pytest.mark.parametrize("name", ["a b", "50%41", "a?b#c", "\udcff", "é"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    with closing(stores.open_store(str(folder))) as store:
        store.add_sweep(a_sweep())

    assert seen(folder) == ["s1"]
    assert seen(Path(f"/{folder}")) == ["s1"]


def test_a_database_in_another_mode_of_sqlite_is_read_too(results: Path) -> None:
    with closing(sqlite3.connect(results / "sweeps.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE sweeps SET name = 'x'")
        assert seen(results) == ["s1"]
        connection.rollback()


@pytest.fixture(autouse=True)
def _all_is_closed() -> Iterator[None]:
    yield
    assert not own_writers._writers
    assert not own_writers._waiting
