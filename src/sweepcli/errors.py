"""Every error that sweepcli raises for a user's sake.

    SweepError                exit 1
    ├── ConfigError           exit 1   the sweep config cannot be used
    ├── UnknownSweep          exit 1   no such sweep in the store
    ├── UnknownRun            exit 1   no such run in the store
    ├── WrongState            exit 1   the sweep's state does not allow it
    ├── SearchError           exit 1   a search of the user's, or a library's, has failed
    ├── NotSupported          exit 1   understood, but not obeyed by this version
    ├── StoreError            exit 1   the database cannot be read or written
    │   ├── StoreUnavailable  exit 1   it cannot be written for now
    │   └── IdTaken           exit 1   a fresh id is in use already; try another
    ├── LaunchError           exit 1   the program could not be started
    ├── FolderError           exit 1   the results directory cannot be written
    └── UsageError            exit 2   the command line or call is wrong

A message says what happened, where, and what to do. Leaf module: imports nothing of ours.
"""

from __future__ import annotations


class SweepError(Exception):
    """Something a person can mend; its text is the whole message."""

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
    """A search of the user's own, or one of a library's, has failed."""


class NotSupported(SweepError):
    """Understood, but not obeyed by this version."""


class StoreError(SweepError):
    """The database cannot be read or written."""


class StoreUnavailable(StoreError):
    """The database cannot be written for now: a full disk, a foreign lock, an I/O error."""


class IdTaken(StoreError):
    """A fresh id is in use already; try another."""


class LaunchError(SweepError):
    """The program could not be started."""


class FolderError(SweepError):
    """The results directory cannot be written."""


class UsageError(SweepError):
    """The command line or call is wrong."""

    exit_code = 2
