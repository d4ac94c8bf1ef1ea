"""Whether SQLite's database is being repaired, or its repair was killed.

Apart from `replacement`, since whoever opens a database asks.
"""

from __future__ import annotations

import fcntl
import os

from sweepcli import commands
from sweepcli.errors import StoreError, StoreUnavailable


def site(path: str) -> str:
    """Return the folder in which `sweep repair` makes another database."""
    return f"{path}.repair"


def plan(path: str) -> str:
    """Return the file that is there from when the new database is whole to when it is in place."""
    return os.path.join(site(path), "plan.json")


def refuse(path: str, *, looks: bool = False) -> None:
    """Raise StoreError while another database is made for the one at `path`, or put in its place.

    With `looks`, only for the latter.
    """
    if not os.path.exists(site(path)):
        return
    if os.path.exists(plan(path)):
        again = commands.line("sweep repair", os.path.dirname(path))
        raise StoreError(
            f"{path}: `sweep repair` is putting a new database in its place, or was interrupted; "
            f"`{again}` finishes that"
        )
    if not looks and _is_at_work(site(path)):
        raise StoreUnavailable(f"{path}: `sweep repair` is at work; try again when it has ended")


def _is_at_work(folder: str) -> bool:
    """Return whether the repair that made the folder still has it, or it was killed."""
    try:
        fd = os.open(folder, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a file system without locks
        return False
    finally:
        os.close(fd)
    return False
