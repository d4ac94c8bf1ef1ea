"""Exports as pandas, polars, duckdb and pyarrow read them, with their defaults: name → values."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Table = dict[str, list[Any]]
FORMATS = ("csv", "json", "jsonl", "parquet")


def pandas(path: Path) -> Table:
    """Read a file with pandas."""
    import pandas as pd  # noqa: PLC0415 -- in an environment of its own, as are the others

    readers: dict[str, Callable[[Path], Any]] = {
        ".csv": pd.read_csv,
        ".json": pd.read_json,
        ".jsonl": lambda path: pd.read_json(path, lines=True),
        ".parquet": pd.read_parquet,
    }
    found = readers[path.suffix](path)
    return {name: found[name].tolist() for name in found}


def polars(path: Path) -> Table:
    """Read a file with polars."""
    import polars as pl  # noqa: PLC0415

    readers: dict[str, Callable[[Path], Any]] = {
        ".csv": pl.read_csv,
        ".json": pl.read_json,
        ".jsonl": pl.read_ndjson,
        ".parquet": pl.read_parquet,
    }
    return dict(readers[path.suffix](path).to_dict(as_series=False))


def duckdb(path: Path) -> Table:
    """Read a file with duckdb, which finds its format by its name."""
    import duckdb as db  # noqa: PLC0415

    found = db.execute(f"SELECT * FROM '{path}'")  # noqa: S608 -- a test's own path
    names = [name for name, *_ in found.description or ()]
    rows = found.fetchall()
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def pyarrow(path: Path) -> Table:
    """Read a file with pyarrow, which has no reader of a JSON list: it gets its rows as lines."""
    from pyarrow import csv, parquet  # noqa: PLC0415
    from pyarrow import json as lines  # noqa: PLC0415

    readers: dict[str, Callable[[Path], Any]] = {
        ".csv": csv.read_csv,
        ".json": lambda path: lines.read_json(_as_lines(path)),
        ".jsonl": lines.read_json,
        ".parquet": parquet.read_table,
    }
    return dict(readers[path.suffix](path).to_pydict())


def _as_lines(path: Path) -> io.BytesIO:
    rows = json.loads(path.read_text("utf-8"))
    return io.BytesIO("\n".join(map(json.dumps, rows)).encode())


LIBRARIES = {each.__name__: each for each in (pandas, polars, duckdb, pyarrow)}
