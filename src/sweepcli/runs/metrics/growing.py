"""A file that another program writes, read as it grows."""

from __future__ import annotations

import os

PIECE = 8 << 20  # bytes read at once: a backlog of gigabytes must not fill the memory
MARK = 64  # bytes of what was read last, by which a file is known again


class GrowingFile:
    """Reads each byte of a file once, piece by piece."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.has_more = False
        self.restarts = 0  # how often it was replaced, or emptied and written again
        self._offset = 0  # bytes read so far
        self._inode = 0
        self._mark = b""

    def unread(self) -> bytes:
        """Return a piece of what was written since the last call.

        As long as that leaves `has_more` set, call again for the rest. One that did not only
        grow is read from its start, and `restarts` counts it. What cannot be read is empty.
        """
        self.has_more = False
        try:
            with open(self._path, "rb", buffering=0) as file:
                return self._piece(file.fileno())
        except FileNotFoundError:
            self._start_over()
        except OSError:  # a folder, or not ours to read
            pass
        return b""

    def _piece(self, fd: int) -> bytes:
        status = os.fstat(fd)
        if not self._is_known(fd, status.st_ino):
            self._start_over()
        piece = os.pread(fd, PIECE, self._offset)
        self._inode = status.st_ino
        self._offset += len(piece)
        self._mark = (self._mark + piece[-MARK:])[-MARK:]
        self.has_more = self._offset < status.st_size
        return piece

    def _is_known(self, fd: int, inode: int) -> bool:
        if not self._offset:
            return True
        # The bytes tell of a file that was emptied and has grown again, and of another file that
        # was given the inode of the one removed.
        found = os.pread(fd, len(self._mark), self._offset - len(self._mark))
        return inode == self._inode and found == self._mark

    def _start_over(self) -> None:
        if self._offset:
            self.restarts += 1
            self._offset = 0
            self._mark = b""
