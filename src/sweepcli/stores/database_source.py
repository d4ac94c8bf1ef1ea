"""How a file of SQLite is read without a right to write, and without leaving a trace.

While somebody has it open, or after a `kill -9`, it has a `-wal` with the latest changes and a
`-shm`, by which SQLite's users find them (SHARED): it is written too, unless that is forbidden.
Otherwise all is in the file, and nobody uses it (ALONE): it is read without a lock, and whoever
reads makes sure that nobody began to write. Where neither can be, as without the `-shm` or on a
network disk, the file and its `-wal` are copied (COPY).
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.errors import StoreError, StoreGone, StoreUnavailable
from sweepcli.stores import one_machine, own_writers
from sweepcli.stores.sqlite_errors import Raised, code, translated
from sweepcli.stores.stamps import Stamp, may, stamp

if TYPE_CHECKING:
    from typing import BinaryIO

    from sweepcli.stores.stamps import File

TRY_S = 0.1  # how long SQLite itself waits for a lock
TRIES, PAUSE_S = 50, 0.1  # of a copy, while the file changes
HEADER = 32  # bytes of a -wal, which change when it begins anew
ANY_WRITES = 0o222  # in the mode of a file
PIECE = 1 << 20  # bytes in memory at a time
# The errors of a -shm that cannot be used, a -wal that cannot be made, or a full disk.
NOT_SHARED = (
    *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR),
    *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_PERM),
)


class How(Enum):
    """How a file is read."""

    SHARED = auto()
    ALONE = auto()
    COPY = auto()


class Files(NamedTuple):
    """The files of a database, as they are at one time."""

    database: Stamp
    wal: Stamp | None
    shm: Stamp | None

    @property
    def has_wal(self) -> bool:
        """Whether there may be changes that are not yet in the database's file."""
        return self.wal is not None and self.wal.size > 0


class Source(NamedTuple):
    """A connection, and the files as they were when it was opened."""

    connection: sqlite3.Connection
    path: str
    files: Files
    how: How

    def is_current(self) -> bool:
        """Return whether it shows the files as they are now."""
        now = _files(self.path)
        if self.how is How.SHARED:
            return now.database.file == self.files.database.file
        return (now.database, now.wal) == (self.files.database, self.files.wal)

    def is_sound(self) -> bool:
        """Return whether what was just read was not changed meanwhile."""
        return self.how is not How.ALONE or _files(self.path).database == self.files.database

    def close(self) -> None:
        """Close the connection, without unlocking a writer of this process."""
        if self.how is How.ALONE:
            own_writers.close(self.files.database.file, self.connection)
        else:
            self.connection.close()


def opened(path: str, *, is_shared: bool = True) -> Source:
    """Open a database to read it; with a -shm that is there, if `is_shared`."""
    files = _files(path)
    how = _how(path, files, is_shared=is_shared)
    try:
        if how is How.COPY:
            connection = _copied(path, files.database.file)
        elif how is How.ALONE:
            connection = _connection(path, "immutable=1")
        else:
            # A writer of this process would have to use the same -shm, and could not.
            shm = "" if _may_write(path) else "&readonly_shm=1"
            connection = _connection(path, f"mode=ro{shm}")
    except Raised as error:
        raise _unreadable(path, error) from error
    return Source(connection, path, files, how)


def _how(path: str, files: Files, *, is_shared: bool) -> How:
    # SQLite's locks hold among the connections of one process. A -journal is of a database that
    # another program has put into another mode.
    if own_writers.has(files.database.file) or os.path.exists(f"{path}-journal"):
        return How.SHARED
    has_both = files.wal is not None and files.shm is not None
    if is_shared and has_both and not one_machine.network_disk(os.path.dirname(path)):
        return How.SHARED
    return How.COPY if files.has_wal else How.ALONE


def _may_write(path: str) -> bool:
    """Return whether this process may write a database; root may too what is read-only."""
    names = (path, f"{path}-shm")
    try:
        return all(may(name, os.W_OK) and os.stat(name).st_mode & ANY_WRITES for name in names)
    except OSError:  # gone in the meantime
        return False


def _files(path: str) -> Files:
    try:
        database = stamp(path)
        beside = (stamp(f"{path}-wal"), stamp(f"{path}-shm"))
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}") from error
    if database is None:
        raise StoreGone(f"{path} was removed since it was opened")
    return Files(database, *beside)


def _connection(path: str, options: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"file://{_quoted(os.path.abspath(path))}?{options}",
        uri=True,
        timeout=TRY_S,
        isolation_level=None,
        check_same_thread=False,  # the last writer of this process may close it
    )


def _quoted(path: str) -> str:
    """Return a path as a URI has it."""
    return "".join(
        chr(byte) if (chr(byte).isalnum() and byte < 0x80) or byte in b"/._-" else f"%{byte:02X}"
        for byte in os.fsencode(path)
    )


def _unreadable(path: str, error: Exception) -> StoreError:
    if not may(path, os.R_OK):
        return StoreError(
            f"{path}: you may not read it; its owner can let you with `chmod a+r` of the file "
            "and of those beside it"
        )
    return translated(path, error)


def _copied(path: str, file: File) -> sqlite3.Connection:
    """Return a connection to a copy of a database, whose files are removed at once."""
    import shutil  # noqa: PLC0415 -- milliseconds, as is the next, for what is rare
    import tempfile  # noqa: PLC0415

    folder = None
    try:
        folder = tempfile.mkdtemp(prefix="sweepcli-")
        copy = os.path.join(folder, "copy.db")
        for _ in range(TRIES):
            if _copy(path, copy, file):
                return _merged(copy)
            time.sleep(PAUSE_S)
    except (OSError, sqlite3.OperationalError) as error:
        if isinstance(error, sqlite3.Error) and code(error) not in NOT_SHARED:
            raise
        raise StoreError(
            f"{path}: its latest changes are in a -wal beside it, so it is read from a copy in "
            f"{folder or 'the temporary folder'}, which failed: {error}. Name a folder with more "
            "room in TMPDIR"
        ) from error
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
    raise StoreUnavailable(f"{path}: changes too fast to be copied; try again")


def _copy(path: str, copy: str, file: File) -> bool:
    """Copy a database and its -wal; return whether both were whole at one time.

    A -wal that grows meanwhile is fine: its frames have checksums, so that half ones are left out.
    """
    before, header = _files(path).database, _header(path)
    source = open(path, "rb")  # noqa: SIM115 -- closed in another way
    try:
        _write(source, copy)
    finally:
        own_writers.close(file, source)
    try:
        with open(f"{path}-wal", "rb") as wal:
            _write(wal, f"{copy}-wal")
    except FileNotFoundError:
        return False
    return (_files(path).database, _header(path)) == (before, header)


def _write(source: BinaryIO, path: str) -> None:
    with open(path, "wb") as target:
        while piece := source.read(PIECE):
            target.write(piece)


def _header(path: str) -> bytes:
    try:
        with open(f"{path}-wal", "rb") as wal:
            return wal.read(HEADER)
    except FileNotFoundError:
        return b""


def _merged(copy: str) -> sqlite3.Connection:
    """Put a copy's -wal into it, and open it so that its files are needed no longer."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection = _connection(copy, "immutable=1")
    connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    return connection
