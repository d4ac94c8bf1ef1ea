"""SQLite's database, opened only to look: nothing in its folder is made or changed.

How it is read depends on what is there, and is chosen again when that has changed, so that
whoever looks for long sees what agents do meanwhile; see `database_source`.
"""

from __future__ import annotations

import math
import os
import time
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

from sweepcli.errors import StoreError, StoreUnavailable
from sweepcli.stores import database_source, migrations, orphans, stamps, unfinished
from sweepcli.stores.database import TURN_S, OnlyReads
from sweepcli.stores.database_source import How
from sweepcli.stores.sqlite_errors import BUSY, Raised, code, executed, translated

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from typing import TypeVar

    from sweepcli.records import JSON
    from sweepcli.stores.database_source import Source

    Found = TypeVar("Found")

PATIENCE_S = 30.0  # for a lock of another program, by default
PAUSE_S = 0.01  # between tries


class Looking(OnlyReads):
    """A database that is only read; it is open while it is used, see `rest`."""

    is_local = True  # unless it is read from a copy, which takes time to make
    skip_locked = ""

    def __init__(self, path: str, patience_s: float) -> None:
        self.path = path
        self._patience_s = patience_s
        self._source: Source | None = None
        self._is_inside = False  # of a snapshot
        there = stamps.stamp(path)
        self._file = there and there.file

    def rows(self, sql: str, values: Iterable[JSON] = ()) -> list[tuple[JSON, ...]]:
        """Return all rows of a query."""
        given = tuple(values)
        return self._read(lambda connection: executed(connection, sql, given).fetchall())

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read everything as it is now."""
        self._read(_begin)
        self._is_inside = True
        try:
            yield
        finally:
            self._is_inside = False
            if self._source is not None:
                with suppress(*Raised):
                    self._source.connection.rollback()

    def turn(self, name: str, *, wait_s: float = TURN_S) -> AbstractContextManager[None]:  # noqa: ARG002 -- its signature
        """Do nothing: whoever looks has nothing to do in turn."""
        return nullcontext()

    def up_since(self) -> float:
        """Return 0: a file needs no server."""
        return 0.0

    def rest(self) -> float:
        """Close the file until it is read again: agents that end meanwhile can tidy it up.

        A copy is kept: it is in nobody's way, and serves until the file has changed.
        """
        if self.is_local:
            self.close()
        return math.inf

    def lost(self) -> str | None:
        """Return what has happened to the file since it was opened, if it is another one."""
        return stamps.lost({self.path: self._file})

    def close(self) -> None:
        """Close the file."""
        if self._source is not None:
            self._source.close()
            self._source = None

    def _read(self, read: Callable[[sqlite3.Connection], Found]) -> Found:
        """Read; again if the files changed in a way that could not be seen meanwhile."""
        until = time.monotonic() + self._patience_s
        is_shared = True
        while True:
            source = self._current(is_shared=is_shared)
            try:
                found = read(source.connection)
            except Raised as error:
                if self._may_copy(source, error):
                    is_shared = False
                    self.close()
                    continue
                may_pass = code(error) in BUSY and not self._is_inside and time.monotonic() < until
                if source.is_sound() and not may_pass:
                    raise translated(self.path, error) from error
            else:
                if source.is_sound():
                    return found
            if self._is_inside or time.monotonic() > until:
                raise StoreUnavailable(f"{self.path}: changed while it was read; try again")
            time.sleep(PAUSE_S)

    def _may_copy(self, source: Source, error: Exception) -> bool:
        is_shared = source.how is How.SHARED and not self._is_inside
        return is_shared and code(error) in database_source.NOT_SHARED

    def _current(self, *, is_shared: bool) -> Source:
        """Return what to read from, which is opened again if the files have changed."""
        if self._source is not None and not self._is_inside and not self._source.is_current():
            self.close()
        if self._source is None:
            self._source = database_source.opened(self.path, is_shared=is_shared)
            self.is_local = self._source.how is not How.COPY
        return self._source


def _begin(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()  # from now on it stays so
    except BaseException:
        connection.rollback()
        raise


def find(path: str, *, patience_s: float | None = None) -> Looking | None:
    """Open a database to look, if there is one.

    Raises StoreError for one that cannot be read, or was made by a newer or an older version.
    """
    unfinished.refuse(path, looks=True)
    try:
        is_there = stamps.stamp(path) is not None
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}") from error
    if not is_there:
        orphans.refuse(*os.path.split(path), "is missing")
        return None
    database = Looking(path, PATIENCE_S if patience_s is None else patience_s)
    try:
        done = migrations.done(database)
        if done:
            migrations.refuse_others(path, done)
        if not migrations.has_sweeps(database):
            orphans.refuse(*os.path.split(path), "has no sweeps")
        if done:
            return database
    except BaseException:
        database.close()
        raise
    database.close()
    return None
