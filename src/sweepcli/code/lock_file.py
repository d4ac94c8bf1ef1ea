"""A lock that processes share or have alone, by a file that whoever has it alone may remove."""

from __future__ import annotations

import fcntl
import os


class LockFile:
    """A lock as one process has it; a killed process has none."""

    def __init__(self, path: str) -> None:
        """Make the file where needed; nothing is locked yet. Raises OSError."""
        self._path = path
        self._fd = self._opened()

    def _opened(self) -> int:
        return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)

    def share(self) -> None:
        """Have the lock together with others; wait for whoever has it alone."""
        self._take(fcntl.LOCK_SH)

    def take(self) -> None:
        """Have the lock alone; wait for all others."""
        self._take(fcntl.LOCK_EX)

    def take_if_free(self) -> bool:
        """Have the lock alone if nobody has it; where it cannot be known, somebody has it."""
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return self._is_the_file()

    def remove(self) -> None:
        """Remove the file; for whoever has the lock alone. Raises OSError."""
        os.unlink(self._path)

    def close(self) -> None:
        """Give the lock back."""
        os.close(self._fd)

    def _take(self, kind: int) -> None:
        while True:
            try:
                fcntl.flock(self._fd, kind)
            except OSError:  # a network disk without such locks: there is nobody to wait for
                return
            if self._is_the_file():
                return
            os.close(self._fd)
            self._fd = self._opened()

    def _is_the_file(self) -> bool:
        """Return whether others lock the same file: it may have been removed while we waited."""
        try:
            return os.path.samestat(os.fstat(self._fd), os.stat(self._path))
        except FileNotFoundError:
            return False
