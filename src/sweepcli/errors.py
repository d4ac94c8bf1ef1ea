"""Every error that sweepcli raises for a user to read.

    SweepError                exit 1
    ├── ConfigError           exit 1   the sweep config cannot be used
    ├── UnknownSweep          exit 1   no such sweep in the store
    ├── UnknownRun            exit 1   no such run in the store
    ├── WrongState            exit 1   the sweep's state does not allow it
    ├── SearchError           exit 1   a search, the user's or a library's, failed
    ├── NotSupported          exit 1   valid, but not supported by this version
    ├── StoreError            exit 1   the database cannot be read or written
    │   ├── StoreUnavailable  exit 1   it cannot be written now; try again later
    │   ├── NotWritable       exit 1   this user may only read it
    │   ├── StoreDamaged      exit 1   it is damaged, or lost while the files of runs are there
    │   ├── StoreOlder        exit 1   an older version made it, and who only looks cannot change it
    │   ├── StoreGone         exit 1   its files, or a sweep in it, were removed since it was opened
    │   └── IdTaken           exit 1   a new id is already in use; try another
    ├── LaunchError           exit 1   the program could not be started
    ├── FolderError           exit 1   the results directory cannot be written
    └── UsageError            exit 2   the command line or call is wrong

A message says what happened, where, and what to do. Leaf module: imports nothing of ours.
"""

from __future__ import annotations

import errno

FULL = (errno.ENOSPC, errno.EDQUOT)  # no room, no inode, or none for this user: it may pass


class SweepError(Exception):
    """Something a person can fix; its text is the whole message."""

    exit_code = 1


class ConfigError(SweepError):
    """The sweep config cannot be used; the message lists every violation."""


class UnknownSweep(SweepError):
    """No such sweep in the store."""


class UnknownRun(SweepError):
    """No such run in the store."""


class WrongState(SweepError):
    """The sweep's state does not allow what was asked."""


class SearchError(SweepError):
    """A search, the user's or a library's, failed."""


class NotSupported(SweepError):
    """Valid, but not supported by this version."""


class StoreError(SweepError):
    """The database cannot be read or written."""


class StoreUnavailable(StoreError):
    """The database cannot be written now: a full disk, another program's lock, an I/O error."""


class NotWritable(StoreError):
    """The database may be read by this user, but not written."""


class StoreDamaged(StoreError):
    """The database is damaged, or is not there although the files of runs are."""


class StoreOlder(StoreError):
    """An older version made the database, and whoever only looks cannot bring it up to date."""


class StoreGone(StoreError):
    """The database's files were removed, moved or replaced since it was opened, or a sweep was."""


class IdTaken(StoreError):
    """A new id is already in use; try another."""


class LaunchError(SweepError):
    """The program could not be started."""


class FolderError(SweepError):
    """The results directory cannot be written."""


class UsageError(SweepError):
    """The command line or call is wrong."""

    exit_code = 2


def unwritable(what: str, error: OSError) -> FolderError | StoreUnavailable:
    """Return the error for a file that cannot be written: one that may pass if the disk is full."""
    if error.errno in FULL:
        return StoreUnavailable(f"{what}: {error}: make room on the disk, or free inodes (`df -i`)")
    return FolderError(f"{what}: {error}")


def complaint(what: str, error: OSError) -> str:
    """Return the same as text, for people to read; raise StoreUnavailable on a full disk."""
    found = unwritable(what, error)
    if isinstance(found, StoreUnavailable):
        raise found from error
    return str(found)
