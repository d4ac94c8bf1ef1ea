"""Whatever a run tells outside of its event file, copied into that file.

So the event file is all that there is to read, whoever wrote it, and it stays so when agents
die: each copied line names its origin, and who goes on copies what is not there yet.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

from sweepcli import wire
from sweepcli.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.runs.metrics.sources import Source


class Transcript:
    """Copies what is new in the sources to the end of an event file."""

    def __init__(self, path: str, sources: Sequence[Source], *, goes_on: bool = False) -> None:
        """Begin, or go on where another process has left off."""
        self.sources = sources
        self._path = path
        self._known = _already_copied(path) if goes_on else Counter[bytes]()
        self._waiting: list[bytes] = []  # lines that could not be written yet
        self.has_more = False

    def copy(self, *, ended: bool = False) -> None:
        """Copy a piece of each source: as long as that leaves `has_more` set, call again.

        Raises StoreUnavailable where the file cannot be written; nothing is lost then.
        """
        for source in self.sources:
            events = source.drain(ended=ended)
            lines = [wire.encode({**event, wire.ORIGIN: origin}) for origin, event in events]
            self._waiting += lines if not self._known else filter(self._is_new, lines)
        if self._waiting:
            self._write()
        self.has_more = any(source.has_more for source in self.sources)

    def _is_new(self, line: bytes) -> bool:
        self._known[line] -= 1
        return self._known[line] < 0

    def _write(self) -> None:
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
        except OSError as error:
            raise StoreUnavailable(f"{self._path}: {error.strerror}") from error
        try:
            if not _ends_in_newline(descriptor):
                self._waiting[0] = b"\n" + self._waiting[0]
            written = os.write(descriptor, b"".join(self._waiting))
            while self._waiting and written >= len(self._waiting[0]):
                written -= len(self._waiting.pop(0))
        except OSError as error:
            raise StoreUnavailable(f"{self._path}: {error.strerror}") from error
        finally:
            os.close(descriptor)
        if self._waiting:
            raise StoreUnavailable(f"{self._path}: only a part could be written")


def _already_copied(path: str) -> Counter[bytes]:
    mark = f'"{wire.ORIGIN}"'.encode()
    try:
        with open(path, "rb") as file:
            return Counter(line for line in file if mark in line)
    except FileNotFoundError:
        return Counter()


def _ends_in_newline(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"
