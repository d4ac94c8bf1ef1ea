"""Who is at work in a results directory: agents share a lock there, `sweep repair` has it alone.

Each agent adds a line to the locked file, so that whoever must wait can name it: the database,
which says the same, may be what has to be repaired.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sweepcli import folders
from sweepcli.errors import FolderError, StoreError, unwritable
from sweepcli.stores import stamps

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOK_S = 0.01  # between two tries


class Presence:
    """The lock as one agent shares it, until it is closed."""

    def __init__(self, results: str, name: str) -> None:
        """Join those at work, and wait while `sweep repair` is at work.

        Raises StoreUnavailable on a full disk, FolderError where the file cannot be written.
        """
        self._path = folders.presence(results)
        try:
            folders.make_results(results)
            self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
            try:
                self._file = stamps.file_of(self._fd)
                self._join(f"{name} {os.getpid()} {os.uname().nodename}\n")
            except BaseException:
                os.close(self._fd)
                raise
        except OSError as error:
            raise unwritable("cannot share the results directory", error) from error

    def _join(self, line: str) -> None:
        if _is_locked(self._fd, fcntl.LOCK_EX):  # nobody else is at work: the lines are old
            os.ftruncate(self._fd, 0)
        while not _is_locked(self._fd, fcntl.LOCK_SH):
            time.sleep(LOOK_S)
        os.write(self._fd, line.encode())

    def is_lost(self) -> bool:
        """Return whether the file was removed or replaced, so that the lock holds nobody up."""
        return stamps.lost({self._path: self._file}) is not None

    def close(self) -> None:
        """Leave."""
        os.close(self._fd)


@contextmanager
def alone(results: str) -> Iterator[None]:
    """Keep agents out of a results directory; raise StoreError that names those at work."""
    path = folders.presence(results)
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise FolderError(f"{path}: {error.strerror}") from error
    try:
        if not _is_locked(fd, fcntl.LOCK_EX):
            raise StoreError(f"{results}: in use by {_named(fd)}; end them first, with Ctrl-C")
        yield
    finally:
        os.close(fd)


def _is_locked(fd: int, how: int) -> bool:
    """Return whether the lock could be taken; true where the file system has no locks."""
    try:
        fcntl.flock(fd, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
            raise
    return True


def _named(fd: int) -> str:
    """Return the agents that are at work, as far as is known."""
    found = []
    for line in os.pread(fd, 1 << 20, 0).decode(errors="replace").splitlines():
        name, _, rest = line.partition(" ")
        pid, _, host = rest.partition(" ")
        if host != os.uname().nodename or _runs(pid):
            found.append(f"agent {name} (process {pid} on {host})")
    return ", ".join(found) or "agents"


def _runs(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, OverflowError, ProcessLookupError):
        return False
    except PermissionError:  # another user's
        pass
    return True
