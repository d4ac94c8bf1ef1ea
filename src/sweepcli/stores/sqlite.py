"""The store on one machine's disk: SQLite in WAL mode behind a lock file.

SQLite's own busy handler lets one writer starve the others, so writers queue at an
`flock` beside the database; readers never lock. SQLite also runs no signal handlers while it
waits, so a statement that another program's lock delays is tried again from Python.
"""

from __future__ import annotations

import errno
import math
import os
import sqlite3
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from sweepcli import folders
from sweepcli.errors import StoreError, StoreGone
from sweepcli.stores import migrations, orphans, own_writers, stamps, unfinished
from sweepcli.stores.database import TURN_S
from sweepcli.stores.lock_files import Turns, WriteLock
from sweepcli.stores.one_machine import refuse_network_disk, refuse_other_hosts
from sweepcli.stores.sqlite_errors import BUSY, Raised, code, executed, not_writable, translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from typing import TypeVar

    from sweepcli.records import JSON
    from sweepcli.stores.database import Database

    Found = TypeVar("Found")

FILE_NAME = "sweeps.db"
BUSY_TIMEOUT_S = 30.0  # for locks outside of the lock file: checkpoints, other programs
TRY_S = 0.1  # how long SQLite itself waits for a lock, without handling signals
PAUSE_S = 0.01  # between tries, for locks that SQLite does not wait for


class SqliteDatabase:
    """A connection that reads freely and writes in transactions."""

    is_local = True
    skip_locked = ""  # nobody else has a lock meanwhile

    def __init__(
        self, connection: sqlite3.Connection, lock: WriteLock, path: str, patience_s: float
    ) -> None:
        self._connection = connection
        self._lock = lock
        self._patience_s = patience_s
        self._turns = Turns(f"{path}.turns")
        self.path = path
        self._file = stamps.file_of(path)
        own_writers.begin(self._file)

    def rows(self, sql: str, values: Iterable[JSON] = ()) -> list[tuple[JSON, ...]]:
        """Return all rows of a query."""
        given = tuple(values)
        return self._patiently(lambda: executed(self._connection, sql, given).fetchall())

    def change(self, sql: str, values: Iterable[JSON] = ()) -> int:
        """Run one statement inside a transaction and return how many rows it changed."""
        given = tuple(values)
        return self._patiently(lambda: executed(self._connection, sql, given).rowcount)

    def change_many(self, sql: str, values: Iterable[tuple[JSON, ...]]) -> int:
        """Run one statement for each tuple of values; return how many rows changed in all."""
        try:
            return self._connection.executemany(sql, values).rowcount
        except Raised as error:
            raise translated(self.path, error) from error

    @contextmanager
    def transaction(self, *, alone: str | None = None) -> Iterator[None]:  # noqa: ARG002 -- always is
        """Hold the write lock; commit at the end, or roll back if anything is raised."""
        # From before the lock: the last of many writers would otherwise wait for all others.
        until = time.monotonic() + self._patience_s
        with self.locked():
            try:
                self._patiently(lambda: self._connection.execute("BEGIN IMMEDIATE"), until)
                yield
                self.refuse_lost()
                self.change("COMMIT")
            except BaseException:
                with suppress(*Raised):  # the first error says more
                    self._connection.rollback()
                raise

    def steps(self) -> AbstractContextManager[None]:
        """Run the statements inside in one transaction."""
        return self.transaction()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read everything as it is now; nothing may be changed."""
        self.rows("BEGIN")
        try:
            yield
        finally:
            self.rows("ROLLBACK")

    def locked(self) -> AbstractContextManager[None]:
        """Keep all other writers out."""
        return self._lock.held()

    def refuse_lost(self) -> None:
        """Raise StoreGone if the file has been removed or replaced since it was opened."""
        if stamps.is_same(self.path, self._file):
            return
        if what := stamps.lost({self.path: self._file}, self._lock.first_fd):
            raise StoreGone(f"{what}: nothing is written there any more")

    def turn(self, name: str, *, wait_s: float = TURN_S) -> AbstractContextManager[None]:
        """Let one process at a time do what all of them would do."""
        return self._turns.turn(name, wait_s)

    def up_since(self) -> float:
        """Return 0: a file needs no server."""
        return 0.0

    def rest(self) -> float:
        """Keep the connection: it costs nothing."""
        return math.inf

    def lost(self) -> str | None:
        """Return what has happened to the database or its lock since they were opened, if anything.

        Without the lock that others have, writers still wait for each other, as SQLite lets them.
        """
        files = {self.path: self._file, self._lock.path: self._lock.first}
        return stamps.lost(files, self._lock.first_fd)

    def close(self) -> None:
        """Close the connection and the lock files."""
        self._connection.close()
        own_writers.end(self._file)
        self._lock.close()
        self._turns.close()

    def _patiently(self, run: Callable[[], Found], until: float | None = None) -> Found:
        """Run a statement; retry while another program has a lock."""
        end = time.monotonic() + self._patience_s if until is None else until
        while True:
            try:
                return run()
            except Raised as error:
                if code(error) not in BUSY or time.monotonic() >= end:
                    raise translated(self.path, error) from error
            time.sleep(PAUSE_S)


def _make(path: str) -> None:
    """Make a database's file with the mode that the umask asks for, if it is not there.

    SQLite would let nobody else write it; what it puts beside it gets the same mode.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666))
    if not stamps.may(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)


def find(folder: str, *, patience_s: float | None = None, looks: bool = False) -> Database | None:
    """Open the database in `folder` as `connect` does, or only to look; None if there is none."""
    if looks:
        from sweepcli.stores import looking  # noqa: PLC0415 -- what agents do not need

        return looking.find(_path(folder), patience_s=patience_s)
    if not os.path.exists(_path(folder)):
        orphans.refuse(folder, FILE_NAME, "is missing")
        return None
    return connect(folder, patience_s=patience_s)


def _path(folder: str) -> str:
    """Return the path of the database, which stays the same in whatever directory we work."""
    return os.path.abspath(os.path.join(folder, FILE_NAME))


def connect(
    folder: str, *, patience_s: float | None = None, beside_runs: bool = False
) -> SqliteDatabase:
    """Open the database in `folder`, creating or migrating it where needed.

    A lock of another program is waited for so long, BUSY_TIMEOUT_S if not given. Raises
    StoreError where it cannot be opened, was made by a newer version or is not of one machine,
    and StoreDamaged where the runs of a database that was lost are, unless `beside_runs`.
    """
    refuse_network_disk(folder)
    path = _path(folder)
    unfinished.refuse(path)
    if not beside_runs and not _size(path):
        orphans.refuse(folder, FILE_NAME, "is missing or empty")
    patience = BUSY_TIMEOUT_S if patience_s is None else patience_s
    try:
        folders.make_results(folder)
        _make(path)
        lock = WriteLock(f"{path}.lock")
        connection = sqlite3.connect(path, timeout=TRY_S, isolation_level=None)
        database = SqliteDatabase(connection, lock, path, patience)
    except PermissionError as error:
        raise not_writable(path, error.strerror) from error
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path}: cannot be opened: {error}") from error
    try:
        refuse_other_hosts(database, os.uname().nodename)
        if not beside_runs and not migrations.has_sweeps(database):
            orphans.refuse(folder, FILE_NAME, "has no sweeps")
        _migrate(database)
        database.rows("PRAGMA synchronous = NORMAL")
        database.rows("PRAGMA foreign_keys = ON")
    except BaseException:
        database.close()
        raise
    return database


def _size(path: str) -> int:
    """Return the size of a file, 0 for one that is not there."""
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _migrate(database: SqliteDatabase) -> None:
    if not migrations.missing(database.path, migrations.done(database)):
        return
    with database.locked():
        database.refuse_lost()
        database.rows("PRAGMA journal_mode = WAL")  # not possible inside a transaction
    with database.transaction():
        migrations.run(database, migrations.done(database))
