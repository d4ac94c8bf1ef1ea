"""Rows as JSON, without what some of its readers refuse: infinities, NaN, whole numbers too large.

JSON has no infinity. What others write for it, polars and pyarrow refuse (`Infinity`, 1e999), or
it makes texts of a column of numbers ("Infinity"), so that it is null, as in pandas and polars.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from sweepcli.views.exports import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.records import JSON
    from sweepcli.views.exports.rows import Export

MOST_NAMED = 3  # columns, in a note


class JsonRows:
    """The rows of an export as lines of JSON, and a note of what they lack."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._lost: dict[str, None] = {}  # columns, ordered

    def __iter__(self) -> Iterator[str]:
        """Yield each row."""
        columns = self._export.columns()
        for row in self._export.rows():
            fitted = {name: kinds.fitted(value, columns[name]) for name, value in row.items()}
            yield json.dumps({name: self._plain(value, name) for name, value in fitted.items()})

    @property
    def note(self) -> str:
        """What JSON could not say, if anything."""
        if not self._lost:
            return ""
        names = [*self._lost]
        shown = ", ".join(names[:MOST_NAMED]) + ", …" * (len(names) > MOST_NAMED)
        return (
            f"infinities and NaN, which JSON lacks, are null in {shown}; csv and parquet have them"
        )

    def _plain(self, value: JSON, name: str) -> JSON:
        """Return a value of a column without what JSON lacks, or what its readers refuse."""
        if isinstance(value, dict):
            return {key: self._plain(inner, name) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._plain(inner, name) for inner in value]
        if type(value) is int and not kinds.is_in_64_bits(value):
            value = kinds.nearest(value)
        if isinstance(value, float) and not math.isfinite(value):
            self._lost[name] = None
            return None
        return value
