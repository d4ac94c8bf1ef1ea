"""The event file of a run, read as it grows. The format: `wire`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sweepcli import wire

if TYPE_CHECKING:
    from sweepcli.records import JSON

Event = dict[str, "JSON"]

PIECE = 8 << 20  # bytes read at once: a backlog of gigabytes must not fill the memory
MARK = 64  # bytes of what was read last, by which a file is known again


class EventFile:
    """Reads each line of an event file once; lines that are no events are counted."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.bad_lines: list[int] = []  # 1-based numbers
        self.was_replaced = False
        self.has_more = False
        self._line = 0
        self._offset = 0  # bytes read so far
        self._inode = 0
        self._mark = b""
        self._begun: list[bytes] = []  # the line whose end was not read yet, in pieces

    def drain(self, *, ended: bool = False) -> list[tuple[int, Event]]:
        """Return the events written since the last call, each with its 0-based line number.

        One call reads one piece of the file: as long as it leaves `has_more` set, call again
        for the rest. A last line without its newline is left for later, unless the writer has
        `ended`.
        """
        *lines, rest = self._unread().split(b"\n")
        if lines:
            lines[0] = self._joined(lines[0])
        if rest:
            self._begun.append(rest)
        if ended and self._begun and not self.has_more:
            lines.append(self._joined(b""))
        return [numbered for line in lines if (numbered := self._decoded(line))]

    def _joined(self, end: bytes) -> bytes:
        line = b"".join((*self._begun, end))
        self._begun.clear()
        return line

    def _unread(self) -> bytes:
        try:
            with open(self.path, "rb", buffering=0) as file:
                return self._piece(file.fileno())
        except FileNotFoundError:
            if self._offset:
                self._start_over()
            self.has_more = False
            return b""

    def _piece(self, fd: int) -> bytes:
        status = os.fstat(fd)
        if self._offset and not self._is_known(fd, status.st_ino):
            self._start_over()
        piece = os.pread(fd, PIECE, self._offset)
        self._inode = status.st_ino
        self._offset += len(piece)
        self._mark = (self._mark + piece[-MARK:])[-MARK:]
        self.has_more = self._offset < status.st_size
        return piece

    def _is_known(self, fd: int, inode: int) -> bool:
        # The bytes tell of a file that was emptied and has grown again, and of another file that
        # was given the inode of the one removed.
        found = os.pread(fd, len(self._mark), self._offset - len(self._mark))
        return inode == self._inode and found == self._mark

    def _start_over(self) -> None:
        self.was_replaced = True
        self._offset = 0
        self._mark = b""
        self._begun.clear()

    def _decoded(self, line: bytes) -> tuple[int, Event] | None:
        number = self._line
        self._line += 1
        if not line.strip():
            return None
        try:
            return number, wire.decode(line)
        except (ValueError, RecursionError):
            self.bad_lines.append(number + 1)
            return None
