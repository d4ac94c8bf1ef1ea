"""Metrics in a file of the program's own: JSON, JSON lines or CSV."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from sweepcli import regular_files, wire
from sweepcli.runs.metrics import complaints, signature
from sweepcli.runs.metrics.growing import PrintedLines

if TYPE_CHECKING:
    from sweepcli.records import JSON
    from sweepcli.runs.metrics import Reading, Signature


class ResultFile:
    """A file that a run writes; an older one is ignored."""

    has_more = False
    trouble: OSError | None = None  # why it could not be read

    def __init__(self, text: str, reading: Reading) -> None:
        """Begin; `text` is the path as the config has it."""
        self.path = reading.path_of(text)
        self._text = text
        self._reading = reading
        self._before = reading.left_before(self.path)
        self._is_found = False

    @property
    def channel(self) -> str | None:
        """How the run logs, for people."""
        return f"to {self._text}" if self._is_found and not self.trouble else None

    def complaints(self) -> list[str]:
        """Warn if there is no such file, or it cannot be read."""
        if self.trouble:
            return complaints.about_trouble(self.path, self.trouble)
        return [] if self._is_found else [f"metrics_from: the run did not write {self._text}"]

    def _is_new(self) -> bool:
        """Return whether the file is there, and was not left by an earlier run."""
        self._is_found = self._is_found or self._reading.is_new(self.path, self._before)
        return self._is_found


class JsonFile(ResultFile):
    """A JSON object: one row whenever its content changes. A list of objects: a row of each."""

    def __init__(self, text: str, reading: Reading) -> None:
        super().__init__(text, reading)
        self._seen: Signature | None = None
        self._was_read_at_end = False
        self._content: JSON = None
        self._is_broken = False

    def drain(self, *, ended: bool = False) -> list[tuple[str, dict[str, JSON]]]:
        """Return what is new in the file; one that is being written is left for later."""
        now = signature(self.path)
        # At the end once more: a change within the same tick of the clock is not seen otherwise.
        is_known = now == self._seen and (self._was_read_at_end or not ended)
        if not self._is_new() or is_known:
            return []
        self._seen, self._was_read_at_end = now, ended
        self._is_broken, self.trouble = False, None
        try:
            content = wire.parsed(regular_files.content(self.path))
        except OSError as error:
            self.trouble = error
            return []
        except ValueError:
            self._is_broken = True
            return []
        before, self._content = self._content, content
        return [(self._text, row) for row in _new_rows(content, before)]

    def complaints(self) -> list[str]:
        """Warn if there is no such file, or no JSON in it."""
        broken = [f"metrics_from: {self._text} is not JSON"] if self._is_broken else []
        return super().complaints() + broken


def json_source(text: str, reading: Reading) -> ResultFile:
    """Return the source for a JSON file, which its name decides: JSON lines, or one value."""
    is_lines = text.endswith((".jsonl", ".ndjson"))
    return JsonLines(text, reading) if is_lines else JsonFile(text, reading)


def _new_rows(content: JSON, before: JSON) -> list[dict[str, JSON]]:
    if content == before:
        return []
    if isinstance(content, dict):
        return [content]
    rows: list[JSON] = content if isinstance(content, list) else []
    known = len(before) if isinstance(before, list) and rows[: len(before)] == before else 0
    return [row for row in rows[known:] if isinstance(row, dict)]


class JsonLines(ResultFile):
    """One JSON object on each line, as the program appends them."""

    def __init__(self, text: str, reading: Reading) -> None:
        super().__init__(text, reading)
        self._lines = PrintedLines(self.path)
        self._rows: list[dict[str, JSON]] = []  # up to now
        self._again = iter(self._rows)  # with which a file that is written again may begin
        self._bad = 0

    def drain(self, *, ended: bool = False) -> list[tuple[str, dict[str, JSON]]]:
        """Return the rows that are new since the last call."""
        if not self._is_new():
            return []
        restarts = self._lines.restarts
        lines = self._lines.texts(ended=ended)
        self.has_more, self.trouble = self._lines.has_more, self._lines.trouble
        if self._lines.restarts != restarts:
            self._again = iter(self._rows[:])
        rows = [row for line in lines if (row := self._row(line))]
        new = [row for row in rows if next(self._again, None) != row]
        self._rows += new
        return [(self._text, row) for row in new]

    def complaints(self) -> list[str]:
        """Warn if there is no such file, or something else in it."""
        bad = [f"metrics_from: {self._text}: lines skipped: {self._bad}"] if self._bad else []
        return super().complaints() + bad

    def _row(self, line: str) -> dict[str, JSON] | None:
        try:
            row = wire.parsed(line) if line.strip() else None
        except ValueError:
            row = line
        if row is not None and not isinstance(row, dict):
            self._bad += 1
        return row if isinstance(row, dict) else None


class CsvFile(JsonLines):
    """A table that begins with a line of names; cells that are not numbers stay text."""

    def __init__(self, text: str, reading: Reading) -> None:
        super().__init__(text, reading)
        self._names: list[str] = []

    def _row(self, line: str) -> dict[str, JSON] | None:
        cells = next(csv.reader([line], skipinitialspace=True), [])
        self._names = self._names or cells
        if cells == self._names:  # again, in a file that is written again
            return None
        pairs = zip(self._names, cells, strict=False)
        return {name: _value(cell) for name, cell in pairs if name and cell != ""}


def _value(cell: str) -> JSON:
    for number in (int, float):
        try:
            return number(cell)
        except ValueError:
            continue
    return cell
