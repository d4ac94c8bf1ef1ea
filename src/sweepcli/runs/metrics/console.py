"""Metrics that a program prints, found by patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.runs.metrics import complaints
from sweepcli.runs.metrics.growing import PrintedLines
from sweepcli.sweep_config import patterns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sweepcli.records import JSON
    from sweepcli.runs.metrics import Reading


class Console(PrintedLines):
    """Reads what a run prints; each line that matches is a row."""

    def __init__(self, texts: Iterable[str], reading: Reading) -> None:
        super().__init__(reading.output)
        self._patterns = [patterns.compiled(text) for text in texts]
        self._rows = 0

    @property
    def channel(self) -> str | None:
        """How the run logs, for people."""
        return "to its output, in lines that match metrics_from" if self._rows else None

    def drain(self, *, ended: bool = False) -> list[tuple[str, dict[str, JSON]]]:
        """Return the rows that were printed since the last call."""
        rows = [row for line in self.texts(ended=ended) if (row := self._row(line))]
        self._rows += len(rows)
        return [("output", row) for row in rows]

    def complaints(self) -> list[str]:
        """Warn if nothing matched, or the output could not be read."""
        if self._rows or self.trouble:
            return complaints.about_trouble(self.path, self.trouble)
        texts = ", ".join(repr(pattern.text) for pattern in self._patterns)
        return [f"metrics_from: no line that the run printed matches {texts}"]

    def _row(self, line: str) -> dict[str, JSON]:
        row: dict[str, JSON] = {}
        for pattern in self._patterns:
            row |= pattern.values(line)
        return row
