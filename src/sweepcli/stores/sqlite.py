"""The store on one machine's disk: SQLite in WAL mode behind a lock file.

SQLite's own busy handler lets one writer starve the others, so writers queue at an
`flock` beside the database; readers never lock.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sweepcli.errors import IdTaken, StoreError
from sweepcli.stores.migrations import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sweepcli.records import JSON

FILE_NAME = "sweeps.db"
# After so many turns a writer lets another process run, or it would take the lock again before
# one that waits for it has woken. More often costs more than the fairness is worth.
TURNS = 16
BUSY_TIMEOUT_S = 30.0  # for what the lock file does not order: checkpoints, foreign tools


class SqliteDatabase:
    """A connection that reads freely and writes in transactions."""

    def __init__(self, connection: sqlite3.Connection, lock_fd: int, path: str) -> None:
        self._connection = connection
        self._lock_fd = lock_fd
        self._turns = 0
        self.path = path

    def rows(self, sql: str, values: Iterable[JSON] = ()) -> list[tuple[JSON, ...]]:
        """Return all rows of a query."""
        try:
            return self._connection.execute(sql, tuple(values)).fetchall()
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def change(self, sql: str, values: Iterable[JSON] = ()) -> int:
        """Run one statement inside a transaction and return how many rows it changed."""
        try:
            return self._connection.execute(sql, tuple(values)).rowcount
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def change_many(self, sql: str, values: Iterable[tuple[JSON, ...]]) -> int:
        """Run one statement for each tuple of values; return how many rows changed in all."""
        try:
            return self._connection.executemany(sql, values).rowcount
        except sqlite3.Error as error:
            raise self._translated(error) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the write lock; commit at the end, or roll back if anything is raised."""
        with self.locked():
            self.change("BEGIN IMMEDIATE")
            try:
                yield
                self.change("COMMIT")
            except BaseException:
                self._connection.rollback()
                raise

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep all other writers out; waiting is far fairer here than in SQLite itself."""
        fcntl.flock(self._lock_fd, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._lock_fd, fcntl.LOCK_UN)
            self._turns += 1
            if self._turns % TURNS == 0 and hasattr(os, "sched_yield"):
                os.sched_yield()

    def close(self) -> None:
        """Close the connection and the lock file."""
        self._connection.close()
        os.close(self._lock_fd)

    def _translated(self, error: sqlite3.Error) -> StoreError:
        kind = IdTaken if isinstance(error, sqlite3.IntegrityError) else StoreError
        return kind(f"{self.path}: {error}")


def exists(folder: str) -> bool:
    """Return whether there is a database in `folder`."""
    return os.path.exists(os.path.join(folder, FILE_NAME))


def connect(folder: str) -> SqliteDatabase:
    """Open the database in `folder`, creating or migrating it where needed.

    Raises StoreError where it cannot be opened or was made by a newer version.
    """
    path = os.path.join(folder, FILE_NAME)
    try:
        os.makedirs(folder, exist_ok=True)
        lock_fd = os.open(path + ".lock", os.O_RDWR | os.O_CREAT, 0o666)
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path}: cannot be opened: {error}") from error
    database = SqliteDatabase(connection, lock_fd, path)
    try:
        _migrate(database)
        database.rows("PRAGMA synchronous = NORMAL")
        database.rows("PRAGMA foreign_keys = ON")
    except BaseException:
        database.close()
        raise
    return database


def _migrate(database: SqliteDatabase) -> None:
    if not _missing(database):
        return
    with database.locked():
        database.rows("PRAGMA journal_mode = WAL")  # not possible inside a transaction
    with database.transaction():
        database.change("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, at REAL)")
        for name in _missing(database):
            for statement in MIGRATIONS[name]:
                database.change(statement)
            database.change("INSERT INTO migrations VALUES (?, ?)", (name, time.time()))


def _missing(database: SqliteDatabase) -> list[str]:
    """Return the migrations that the database has not had; raise if it is ahead of us."""
    found = database.rows("SELECT 1 FROM sqlite_master WHERE name = 'migrations'")
    done = {name for (name,) in database.rows("SELECT name FROM migrations")} if found else set()
    unknown = sorted(done - set(MIGRATIONS))
    if unknown:
        raise StoreError(
            f"{database.path}: made by a newer version of sweepcli (it has {unknown[-1]}); upgrade"
        )
    return [name for name in MIGRATIONS if name not in done]
