"""The event file of a run, read as it grows. The format: `wire`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli import wire
from sweepcli.runs.metrics.growing import GrowingFile

if TYPE_CHECKING:
    from sweepcli.records import JSON

Event = dict[str, "JSON"]


class EventFile:
    """Reads each line of an event file once; lines that are no events are counted."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.bad_lines: list[int] = []  # 1-based numbers
        self._file = GrowingFile(path)
        self._line = 0
        self._begun: list[bytes] = []  # the line whose end was not read yet, in pieces

    @property
    def has_more(self) -> bool:
        """Whether the last call left something unread."""
        return self._file.has_more

    @property
    def was_replaced(self) -> bool:
        """Whether the file did not only grow."""
        return self._file.restarts > 0

    def drain(self, *, ended: bool = False) -> list[tuple[int, Event]]:
        """Return the events written since the last call, each with its 0-based line number.

        One call reads one piece of the file: as long as it leaves `has_more` set, call again
        for the rest. A last line without its newline is left for later, unless the writer has
        `ended`.
        """
        restarts = self._file.restarts
        *lines, rest = self._file.unread().split(b"\n")
        if self._file.restarts != restarts:
            self._begun.clear()
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
