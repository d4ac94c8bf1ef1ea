"""A file that another program writes, read as it grows: its bytes, or its lines."""

from __future__ import annotations

import os

from sweepcli import printed, regular_files

PIECE = 1 << 18  # bytes read at once: a backlog must neither fill the memory nor hold others up
MARK = 64  # bytes of what was read last, by which a file is recognised
LONGEST = 65_536  # of a line of text; the rest of a longer one is skipped
LOST = b"\0"  # where a part of a line is left out


class GrowingFile:
    """Reads each byte of a file once, piece by piece."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.has_more = False  # the last call left something unread
        self.restarts = 0  # how often it was replaced, or emptied and written again
        self.skipped = 0  # bytes of a hole before the last piece
        self.trouble: OSError | None = None  # why the last call could not read it
        self.offset = 0  # bytes read so far
        self._limit: int | None = None  # its size when the writer had ended
        self._inode = 0
        self._mark = b""

    def unread(self, *, ended: bool = False) -> bytes:
        """Return a piece of what was written since the last call.

        Once the writer has `ended`, what is there then is the last that is read: a process that it
        has left behind may write for ever.

        As long as that leaves `has_more` set, call again for the rest. A file that was replaced
        is read from its start, and `restarts` counts it. One that cannot be read is empty, and
        `trouble` says why.
        """
        self.has_more, self.skipped, self.trouble = False, 0, None
        try:
            fd = regular_files.descriptor(self.path)
        except FileNotFoundError:
            self._start_over()
            return b""
        except OSError as error:  # a FIFO or a folder, or not ours to read
            self.trouble = error
            return b""
        try:
            return self._piece(fd, ended=ended)
        except OSError as error:
            self.trouble = error
            return b""
        finally:
            os.close(fd)

    def _piece(self, fd: int, *, ended: bool) -> bytes:
        status = os.fstat(fd)
        if not self._is_known(fd, status):
            self._start_over()
        if ended and self._limit is None:
            self._limit = status.st_size
        end = status.st_size if self._limit is None else min(status.st_size, self._limit)
        begin, piece = regular_files.next_piece(fd, self.offset, PIECE)
        piece = piece[: max(0, end - begin)]
        self._inode = status.st_ino
        self.skipped = begin - self.offset
        self.offset = begin + len(piece)
        self._mark = (b"" if self.skipped else self._mark) + piece[-MARK:]
        self._mark = self._mark[-MARK:]
        self.has_more = self.offset < end
        return piece

    def _is_known(self, fd: int, status: os.stat_result) -> bool:
        if not self.offset:
            return True
        if status.st_ino != self._inode or status.st_size < self.offset:
            return False
        # The bytes differ if a file was emptied and has grown again, or was removed and another
        # one got its inode.
        found = os.pread(fd, len(self._mark), self.offset - len(self._mark))
        return found == self._mark

    def _start_over(self) -> None:
        if self.offset:
            self.restarts += 1
            self.offset = 0
            self._mark = b""
            self._limit = None if self._limit is None else 0


class GrowingLines(GrowingFile):
    """Reads each line of a file once."""

    def __init__(self, path: str, *, longest: int) -> None:
        """Begin; of a line of more than `longest` bytes only the end is kept, behind LOST."""
        super().__init__(path)
        self._longest = longest
        self._begun: list[bytes] = []  # the line whose end was not read yet, in pieces

    def lines(self, *, ended: bool = False) -> list[bytes]:
        """Return the lines completed since the last call; the last one too, once `ended`.

        One call reads one piece of the file, as `unread` does.
        """
        restarts = self.restarts
        *lines, rest = self.unread(ended=ended).split(b"\n")
        if self.restarts != restarts:
            self._begun.clear()
        if self.skipped:
            self._begun.append(LOST)
        if lines:
            lines[0] = self._joined(lines[0])
        if rest:
            self._begun.append(rest)
        if ended and self._begun and not self.has_more:
            lines.append(self._joined(b""))
        if sum(map(len, self._begun)) > self._longest:
            self._begun = [LOST, self._joined(b"")[-LONGEST:]]
        return lines

    def _joined(self, end: bytes) -> bytes:
        line = b"".join((*self._begun, end))
        self._begun.clear()
        return line


class PrintedLines(GrowingLines):
    """Reads each line that a program prints or writes as text, as a terminal would show it."""

    def __init__(self, path: str) -> None:
        super().__init__(path, longest=LONGEST)  # the end is what a progress bar shows

    def texts(self, *, ended: bool = False, holding: bytes = b"") -> list[str]:
        """Return the same as `lines`, as text; with `holding`, only lines with these bytes."""
        return [shown(line) for line in self.lines(ended=ended) if holding in line]


def shown(line: bytes) -> str:
    """Return a line as a terminal would show it, without colours."""
    seen = printed.seen(line).lstrip(LOST)[:LONGEST].decode("utf-8", "replace")
    return printed.without_sequences(seen)
