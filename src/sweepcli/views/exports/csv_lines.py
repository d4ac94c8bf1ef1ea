"""Rows as lines of CSV, with infinities that every reader takes for floats.

`inf` is that to all, but duckdb makes a date of the first value of a column if it is one, and then
texts of the rest. It reads 1e999 there, as all do but pandas before version 3.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sweepcli.views import render
from sweepcli.views.exports import kinds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON


class CsvLines:
    """The lines of a table, of which each is written after the one before it."""

    def __init__(self) -> None:
        self._known: set[int] = set()  # columns that have had a value

    def line(self, cells: Sequence[JSON]) -> str:
        """Return the next row."""
        written = [self._cell(place, cell) for place, cell in enumerate(cells)]
        return render.csv_line(written)

    def _cell(self, place: int, value: JSON) -> JSON:
        if value is None:
            return None
        is_first = place not in self._known
        self._known.add(place)
        if not isinstance(value, float) or not math.isinf(value):
            return value
        return f"{'-' if value < 0 else ''}{'1e999' if is_first else 'inf'}"


def text(headings: Sequence[str], rows: Sequence[Sequence[JSON]]) -> str:
    """Return a whole table as CSV."""
    lines = CsvLines()
    return "".join((render.csv_line(headings), *map(lines.line, kinds.table(rows))))
