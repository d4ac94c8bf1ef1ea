"""The event file of a run, read as it grows. The format: `wire`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli import wire

if TYPE_CHECKING:
    from sweepcli.records import JSON

Event = dict[str, "JSON"]


class EventFile:
    """Reads each line of an event file once; lines that are no events are counted."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.bad_lines: list[int] = []  # 1-based numbers
        self._offset = 0  # bytes read so far, always at the start of a line
        self._line = 0

    def drain(self, *, ended: bool = False) -> list[tuple[int, Event]]:
        """Return the events written since the last call, each with its 0-based line number.

        A last line without its newline is left for later, unless the writer has `ended`.
        """
        text = self._unread()
        end = text.rfind(b"\n") + 1
        lines = text[:end].split(b"\n")[:-1]
        if ended and end < len(text):
            lines.append(text[end:])
            end = len(text)
        self._offset += end
        return [numbered for line in lines if (numbered := self._decoded(line))]

    def _unread(self) -> bytes:
        try:
            with open(self.path, "rb") as file:
                if self._offset and file.seek(0, 2) < self._offset:
                    self._offset = 0  # replaced by a shorter file: read that from its start
                file.seek(self._offset)
                return file.read()
        except FileNotFoundError:
            return b""

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
