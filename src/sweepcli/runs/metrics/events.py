"""The event file of a run: read as it grows, and completed from the other sources.

What a run logs to other sources is copied into it, so the event file has everything, also after
an agent has died: each copied line names its origin, and the next agent copies what is missing.
The format is described in `wire`.
"""

from __future__ import annotations

import itertools
import os
from collections import Counter
from typing import TYPE_CHECKING

from sweepcli import regular_files, wire
from sweepcli.errors import StoreUnavailable
from sweepcli.runs.metrics import complaints
from sweepcli.runs.metrics.growing import GrowingLines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.runs.metrics import Source
    from sweepcli.wire import Event


class EventFile(GrowingLines):
    """Reads each line of an event file once; lines that are not events are counted."""

    def __init__(self, path: str, limit: int | None = None) -> None:
        """Begin; no more than the first `limit` bytes are read, if it is given."""
        super().__init__(path, longest=regular_files.LARGEST)
        self._limit = limit
        self.bad_lines: list[int] = []  # 1-based numbers
        self._line = 0

    def drain(self, *, ended: bool = False) -> list[tuple[int, Event]]:
        """Return the events written since the last call, each with its 0-based line number.

        One call reads one piece of the file: as long as it leaves `has_more` set, call again
        for the rest. A last line without its newline is left for later, unless the writer has
        `ended`.
        """
        lines = self.lines(ended=ended)
        return [numbered for line in lines if (numbered := self._decoded(line))]

    def complaints(self) -> list[str]:
        """Return what a person should know about the file, once the run has ended."""
        found = complaints.about_trouble(self.path, self.trouble)
        if bad := self.bad_lines:
            many = f"{len(bad)} lines are" if len(bad) > 1 else "a line is"
            found.append(f"{self.path}:{bad[0]}: {many} not a JSON object and skipped")
        if self.restarts:
            found.append(
                f"{self.path} was replaced while the run wrote it; lines that had not been read "
                "are lost"
            )
        return found

    def _decoded(self, line: bytes) -> tuple[int, Event] | None:
        number = self._line
        self._line += 1
        if not line.strip():
            return None
        try:
            return number, wire.decode(line)
        except ValueError:
            self.bad_lines.append(number + 1)
            return None


class Transcript:
    """Copies what is new in the sources to the end of an event file."""

    def __init__(self, path: str, sources: Sequence[Source], *, goes_on: bool = False) -> None:
        """Begin, or go on where another process stopped."""
        self._sources = sources
        self._path = path
        self._known = _already_copied(path) if goes_on else Counter[bytes]()
        self._waiting: list[bytes] = []  # lines that could not be written yet
        self._trouble: OSError | None = None  # why some never will be
        self.has_more = False

    def copy(self, *, ended: bool = False) -> None:
        """Copy a piece of each source: as long as that leaves `has_more` set, call again.

        Raises StoreUnavailable if the file cannot be written for now; nothing is lost then.
        """
        for source in self._sources:
            events = source.drain(ended=ended)
            lines = [wire.encode({**event, wire.ORIGIN: origin}) for origin, event in events]
            self._waiting += lines if not self._known else filter(self._is_new, lines)
        if self._waiting:
            self._write()
        self.has_more = any(source.has_more for source in self._sources)

    def complaints(self) -> list[str]:
        """Return what a person should know about lines that could not be copied."""
        return complaints.about_lost_copies(self._path, self._trouble)

    def _is_new(self, line: bytes) -> bool:
        self._known[line] -= 1
        return self._known[line] < 0

    def _write(self) -> None:
        descriptor = None
        try:
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
            descriptor = regular_files.descriptor(self._path, flags)
            if not _ends_in_newline(descriptor):
                self._waiting[0] = b"\n" + self._waiting[0]
            written = os.write(descriptor, b"".join(self._waiting))
            ends = itertools.accumulate(map(len, self._waiting))
            del self._waiting[: sum(end <= written for end in ends)]
        except OSError as error:
            if error.errno in regular_files.MAY_PASS:
                raise StoreUnavailable(f"{self._path}: {error.strerror}") from error
            self._trouble = error  # the run has put something else there, or removed the folder
            self._waiting.clear()
        finally:
            if descriptor is not None:
                os.close(descriptor)
        if self._waiting:
            raise StoreUnavailable(f"{self._path}: only a part could be written")


def _already_copied(path: str) -> Counter[bytes]:
    mark = f'"{wire.ORIGIN}"'.encode()
    file, found = GrowingLines(path, longest=regular_files.LARGEST), Counter[bytes]()
    while True:
        found.update(line + b"\n" for line in file.lines() if mark in line)
        if not file.has_more:
            return found


def _ends_in_newline(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"
