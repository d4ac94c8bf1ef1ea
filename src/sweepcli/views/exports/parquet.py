"""Rows as a Parquet file, column by column of one type; needs pyarrow, which an extra brings."""

from __future__ import annotations

import itertools
from typing import IO, TYPE_CHECKING, Any

from sweepcli.errors import NotSupported
from sweepcli.values import as_float
from sweepcli.views import render
from sweepcli.views.exports.rows import storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sweepcli.records import JSON
    from sweepcli.views.exports.rows import Export

AT_ONCE = 10_000  # rows of a row group
ABSENT = "Parquet needs pyarrow, which is not installed: `pip install 'sweepcli[parquet]'`"
WHOLE, NUMBER, TRUTH, TEXT = "int64", "float64", "bool_", "string"  # of pyarrow


def write(export: Export, file: IO[bytes]) -> None:
    """Write an export; raise NotSupported without pyarrow."""
    try:
        import pyarrow as pa  # noqa: PLC0415 -- a package of an extra
        from pyarrow import parquet  # noqa: PLC0415 -- likewise
    except ImportError:
        raise NotSupported(ABSENT) from None
    names = list(dict.fromkeys(map(storable, export.columns())))
    kinds = _kinds(_rows(export))
    types = {name: getattr(pa, _type(kinds.get(name, set())))() for name in names}
    schema = pa.schema([(name, types[name]) for name in names])
    texts = [name for name in names if types[name] == pa.string()]
    with parquet.ParquetWriter(file, schema) as writer:
        every = _rows(export)
        while part := list(itertools.islice(every, AT_ONCE)):
            writer.write_table(_table(pa, schema, part, texts))


def _rows(export: Export) -> Iterator[dict[str, JSON]]:
    return ({storable(name): value for name, value in row.items()} for row in export.rows())


def _table(
    pa: Any,  # noqa: ANN401 -- the package
    schema: Any,  # noqa: ANN401 -- one of its classes
    part: list[dict[str, JSON]],
    texts: Iterable[str],
) -> Any:  # noqa: ANN401 -- likewise
    for row in part:
        for name in texts:
            if row.get(name) is not None:
                row[name] = storable(render.cell(row[name]))
    columns = [pa.array([row.get(field.name) for row in part], type=field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _kinds(every: Iterable[dict[str, JSON]]) -> dict[str, set[str]]:
    """Return the kinds of values in each column."""
    kinds: dict[str, set[str]] = {}
    for row in every:
        for name, value in row.items():
            if value is not None:
                kinds.setdefault(name, set()).add(_kind(value))
    return kinds


def _kind(value: JSON) -> str:
    if isinstance(value, bool):
        return TRUTH
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return WHOLE
    return TEXT if as_float(value) is None else NUMBER


def _type(kinds: set[str]) -> str:
    """Return the type that holds them all: text, as in CSV, where they are too different."""
    if kinds <= {WHOLE, NUMBER} and NUMBER in kinds:
        return NUMBER
    return kinds.pop() if len(kinds) == 1 else TEXT
