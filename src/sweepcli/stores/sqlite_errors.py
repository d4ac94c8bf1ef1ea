"""What SQLite's errors mean for whoever uses a database, and what to do."""

from __future__ import annotations

import os
import shlex
import sqlite3
from typing import TYPE_CHECKING

from sweepcli import commands
from sweepcli.errors import IdTaken, NotWritable, StoreError, StoreGone, StoreUnavailable
from sweepcli.stores.database import REMOVED, damaged
from sweepcli.stores.sql import well_formed
from sweepcli.stores.stamps import may

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON

Raised = (sqlite3.Error, UnicodeDecodeError)  # the latter for a message with damaged text in it

BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
# Errors that may pass, or be fixed while an agent waits: SQLite's code, and what to do.
FOR_NOW = {
    **dict.fromkeys(BUSY, "another program holds a lock on it (a database browser, a backup?)"),
    sqlite3.SQLITE_FULL: "make room on the disk",
    sqlite3.SQLITE_IOERR: "the disk may be full, over its quota or gone",
    sqlite3.SQLITE_CANTOPEN: "its folder may be gone, or too many files open",
}
DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT)
# In the messages of errors that have no code of their own: ours are the only tables, and text.
SIGNS = ("Could not decode to UTF-8", "no such table", "no such column", "malformed")


def executed(connection: sqlite3.Connection, sql: str, values: Sequence[JSON]) -> sqlite3.Cursor:
    """Run a statement; a text that no database can have is like none that it has."""
    try:
        return connection.execute(sql, values)
    except UnicodeEncodeError:
        return connection.execute(sql, [*map(well_formed, values)])


def code(error: Exception) -> int:
    """Return SQLite's primary code of an error; 0 for those that Python's module makes."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def translated(path: str, error: Exception) -> StoreError:
    """Return the error of ours for one of SQLite's about the database at `path`."""
    if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
        return StoreGone(REMOVED.format(path=path))
    if isinstance(error, sqlite3.IntegrityError):
        return IdTaken(f"{path}: {error}")
    if isinstance(error, UnicodeDecodeError) or code(error) in DAMAGE or _is_damage(str(error)):
        return damaged(path, _line(error))
    if code(error) == sqlite3.SQLITE_READONLY or (
        code(error) == sqlite3.SQLITE_CANTOPEN and not may(os.path.dirname(path), os.W_OK)
    ):
        return not_writable(path, error)
    advice = FOR_NOW.get(code(error))
    if advice is None:
        return StoreError(f"{path}: {error}")
    if code(error) == sqlite3.SQLITE_CANTOPEN and _lacks_inodes(path):
        advice = "the disk has no inodes left (`df -i`); remove some files"
    return StoreUnavailable(f"{path}: {error}: {advice}")


def not_writable(path: str, error: object) -> NotWritable:
    """Return the error for a database that this user may only read."""
    folder = shlex.quote(os.path.dirname(path))
    return NotWritable(
        f"{path}: you may not write it ({error}). Commands that only look, such as "
        f"`{commands.line('sweep show')}`, need no such right. To share it in a group, its owner "
        f"runs `chmod -R g+w {folder}`, and all work with `umask 002`"
    )


def _lacks_inodes(path: str) -> bool:
    try:
        disk = os.statvfs(os.path.dirname(path))
    except OSError:
        return False
    return disk.f_files > 0 and disk.f_favail == 0  # some file systems do not count them


def _is_damage(text: str) -> bool:
    return any(sign in text for sign in SIGNS)


def _line(error: Exception) -> str:
    """Return what an error says, in one line and without the damaged text: that may be anything."""
    if isinstance(error, UnicodeDecodeError):
        return "text that is not UTF-8"
    return " ".join(str(error).partition(" with text ")[0].split())
