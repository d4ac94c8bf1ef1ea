"""Metrics in a file of the program's own: JSON, JSON lines or CSV."""

from __future__ import annotations

import csv
import json
import os
from typing import TYPE_CHECKING

from sweepcli.metrics.lines import Lines

if TYPE_CHECKING:
    from sweepcli.metrics.transcript import Place
    from sweepcli.records import JSON

LARGEST = 64 << 20  # bytes of a JSON file; a larger one holds no metrics


class ResultFile:
    """What is common to files that a run writes: they count from its start on."""

    def __init__(self, path: str, place: Place) -> None:
        self.path = path
        self.has_more = False
        self.is_found = False
        self._started_at = place.started_at

    @property
    def way(self) -> str:
        """How the run tells its metrics."""
        return f"in {self.path}"

    def complaints(self) -> list[str]:
        """Tell if there is no such file."""
        if self.is_found:
            return []
        return [f"metrics_from: the run did not write {self.path}"]

    def _is_new(self) -> bool:
        """Return whether the file is there, and not what was left by an earlier run."""
        try:
            new = os.stat(self.path).st_mtime >= self._started_at
        except OSError:
            return False
        self.is_found = self.is_found or new
        return new


class JsonFile(ResultFile):
    """A JSON object: one row whenever its content changes. A list of objects: a row of each."""

    def __init__(self, path: str, place: Place) -> None:
        super().__init__(path, place)
        self._text = b""
        self._looked_at = (0, 0)  # when it was changed, and its size, at the last look
        self._rows: list[dict[str, JSON]] = []  # of a list, up to now
        self._is_broken = False

    def drain(self, *, ended: bool = False) -> list[tuple[str, dict[str, JSON]]]:
        """Return what is new in the file; one that is written just now is left for later."""
        if not self._is_new():
            return []
        with open(self.path, "rb") as file:
            status = os.fstat(file.fileno())
            state = (status.st_mtime_ns, status.st_size)
            if state == self._looked_at and not ended:
                return []
            text = file.read(LARGEST)
        self._looked_at = state
        if text == self._text:
            return []
        try:
            content = json.loads(text)
        except ValueError:
            self._is_broken = True
            return []
        self._text, self._is_broken = text, False
        return [(self.path, row) for row in self._new(content)]

    def complaints(self) -> list[str]:
        """Tell if there is no such file, or no JSON in it."""
        broken = [f"metrics_from: {self.path} is no JSON"] if self._is_broken else []
        return super().complaints() + broken

    def _new(self, content: JSON) -> list[dict[str, JSON]]:
        if isinstance(content, dict):
            return [content]
        rows = (
            [row for row in content if isinstance(row, dict)] if isinstance(content, list) else []
        )
        known = len(self._rows) if rows[: len(self._rows)] == self._rows else 0
        self._rows = rows
        return rows[known:]


class JsonLines(ResultFile):
    """One JSON object on each line, as the program appends them."""

    def __init__(self, path: str, place: Place) -> None:
        super().__init__(path, place)
        self._lines = Lines(path)
        self._bad = 0

    def drain(self, *, ended: bool = False) -> list[tuple[str, dict[str, JSON]]]:
        """Return the rows written since the last call."""
        if not self._is_new():
            return []
        rows = [row for line in self._lines.drain(ended=ended) if (row := self._row(line))]
        self.has_more = self._lines.has_more
        return [(self.path, row) for row in rows]

    def complaints(self) -> list[str]:
        """Tell if there is no such file, or something else in it."""
        bad = [f"metrics_from: {self.path}: lines left out: {self._bad}"] if self._bad else []
        return super().complaints() + bad

    def _row(self, line: str) -> dict[str, JSON] | None:
        try:
            row = json.loads(line) if line.strip() else None
        except ValueError:
            row = line
        if row is not None and not isinstance(row, dict):
            self._bad += 1
        return row if isinstance(row, dict) else None


class CsvFile(JsonLines):
    """A table with a line of names first; what is no number stays text."""

    def __init__(self, path: str, place: Place) -> None:
        super().__init__(path, place)
        self._names: list[str] = []

    def _row(self, line: str) -> dict[str, JSON] | None:
        cells = next(csv.reader([line], skipinitialspace=True), [])
        if not cells:
            return None
        if not self._names:
            self._names = cells
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
