"""What the store does while it cannot be written."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from support import a_sweep, begin, claimed, holding
from sweepcli import stores
from sweepcli.errors import StoreUnavailable
from sweepcli.records import Progress, Row
from sweepcli.stores import Store, sqlite
from sweepcli.stores.lock_files import WriteLock

# Another program, which holds a lock until its input ends.
FOREIGN = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1] + "/sweeps.db", isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""

# Cannot write beyond a file's first bytes for a while, as on a disk without room.
NO_ROOM = """
import resource, signal, sys
from sweepcli import errors, records, stores
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = stores.open_store(sys.argv[1])
def add(sweep_id):
    config = records.SweepConfig("random", (), raw={"text": "x" * 1_000_000})
    store.add_sweep(records.Sweep(sweep_id, "e", "p", records.SweepState.PENDING, config, 1.0))
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, most))
try:
    add("s1")
except errors.StoreError as error:
    print(type(error).__name__)
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
add("s2")
print("open")
"""


@contextmanager
def until_a_signal(other: subprocess.Popen[bytes]) -> Iterator[None]:
    """Make the other program let go in the handler of a signal that comes soon."""
    before = signal.signal(signal.SIGALRM, lambda *_: let_go(other))
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def let_go(other: subprocess.Popen[bytes]) -> None:
    assert other.stdin is not None
    other.stdin.close()


def test_a_foreign_lock_is_waited_for_and_signals_are_handled_meanwhile(tmp_path: Path) -> None:
    store = stores.open_store(str(tmp_path))

    with holding(FOREIGN, tmp_path, "locked") as other, until_a_signal(other):
        store.add_sweep(a_sweep())  # goes on only once the handler has run

    assert [sweep.id for sweep in store.sweeps()] == ["s1"]
    store.close()


def test_a_store_that_is_made_waits_for_a_foreign_lock_too(tmp_path: Path) -> None:
    (tmp_path / "sweeps.db").touch()

    with holding(FOREIGN, tmp_path, "locked") as other, until_a_signal(other):
        store = stores.open_store(str(tmp_path))

    assert store.sweeps() == []
    store.close()


def test_a_lock_held_for_too_long_is_told_and_the_store_works_afterwards(tmp_path: Path) -> None:
    store = stores.open_store(str(tmp_path), patience_s=0.15)

    with holding(FOREIGN, tmp_path, "locked") as other:
        with pytest.raises(StoreUnavailable, match=r"sweeps\.db: .* another program holds a lock"):
            store.add_sweep(a_sweep())
        assert store.sweeps() == []  # readers do not wait
        let_go(other)

    store.add_sweep(a_sweep())
    assert [sweep.id for sweep in store.sweeps()] == ["s1"]
    store.close()


def test_a_commit_that_a_reader_holds_up_is_tried_again(tmp_path: Path) -> None:
    path = str(tmp_path / "old.db")
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    database = sqlite.SqliteDatabase(connection, WriteLock(f"{path}.lock"), path, 30.0)
    database.change("CREATE TABLE t (x)")
    database.change("INSERT INTO t VALUES (1), (2)")
    commits = []
    with closing(sqlite3.connect(path)) as reader:
        cursor = reader.execute("SELECT x FROM t")
        cursor.fetchone()  # holds a shared lock: this file has no write-ahead log

        def release_at_the_third(statement: str) -> None:
            if statement == "COMMIT":
                commits.append(statement)
                if len(commits) == 3:
                    cursor.close()

        connection.set_trace_callback(release_at_the_third)
        with database.transaction():
            database.change("DELETE FROM t")

    assert (database.rows("SELECT * FROM t"), len(commits)) == ([], 3)
    database.close()


def test_a_full_disk_is_told_and_undoes_the_whole_change(tmp_path: Path) -> None:
    database = sqlite.connect(str(tmp_path))
    store = Store(database)
    begin(store, 1)
    run = claimed(store)
    rows = [Row(line, line, None, {"text": "x" * 1000}) for line in range(1000)]
    ((pages,),) = database.rows("PRAGMA page_count")
    database.rows(f"PRAGMA max_page_count = {pages + 20}")

    with pytest.raises(StoreUnavailable, match="full: make room"):
        store.save_progress(run, rows, Progress({"loss": 1.0}, 1.0, 0))
    assert (store.history("r0", 1), store.run("r0").summary) == ([], {})
    store.save_progress(run, rows[:1], Progress())  # what needs less room is still written

    database.rows("PRAGMA max_page_count = 100000")
    store.save_progress(run, rows, Progress())
    assert store.history("r0", 1) == rows
    store.close()


def test_a_file_that_may_not_grow_is_told_as_an_error_of_the_disk(tmp_path: Path) -> None:
    stores.open_store(str(tmp_path)).close()

    done = subprocess.run(
        [sys.executable, "-c", NO_ROOM, str(tmp_path)], check=True, capture_output=True, text=True
    )

    assert done.stdout == "StoreUnavailable\nopen\n"
    with closing(sqlite3.connect(tmp_path / "sweeps.db")) as connection:
        assert connection.execute("SELECT id FROM sweeps").fetchall() == [("s2",)]
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
