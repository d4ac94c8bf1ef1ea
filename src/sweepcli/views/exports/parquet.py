"""Rows as a Parquet file, column by column of one type; needs pyarrow, which an extra brings."""

from __future__ import annotations

import itertools
from typing import IO, TYPE_CHECKING

from sweepcli.errors import NotSupported
from sweepcli.views import render
from sweepcli.views.exports import kinds
from sweepcli.views.exports.rows import storable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.records import JSON
    from sweepcli.views.exports.rows import Export

TYPES = {  # of pyarrow
    kinds.WHOLE: "int64",
    kinds.UNSIGNED: "uint64",
    kinds.NUMBER: "float64",
    kinds.TRUTH: "bool_",
}  # all others are texts, lists as in CSV
TEXT = "string"
AT_ONCE = 10_000  # rows of a row group
ABSENT = "Parquet needs pyarrow, which is not installed: `pip install 'sweepcli[parquet]'`"


def write(export: Export, file: IO[bytes]) -> None:
    """Write an export; raise NotSupported without pyarrow."""
    try:
        import pyarrow as pa  # noqa: PLC0415 -- a package of an extra
        from pyarrow import parquet  # noqa: PLC0415 -- likewise
    except ImportError:
        raise NotSupported(ABSENT) from None
    columns = {storable(name): kind for name, kind in export.columns().items()}
    types = {name: getattr(pa, TYPES.get(kind, TEXT))() for name, kind in columns.items()}
    schema = pa.schema(list(types.items()))
    with parquet.ParquetWriter(file, schema) as writer:
        every = _rows(export)
        while part := list(itertools.islice(every, AT_ONCE)):
            arrays = [
                pa.array([_stored(row.get(name), kind) for row in part], type=types[name])
                for name, kind in columns.items()
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _rows(export: Export) -> Iterator[dict[str, JSON]]:
    return ({storable(name): value for name, value in row.items()} for row in export.rows())


def _stored(value: JSON, kind: str) -> JSON:
    found = kinds.fitted(value, kind)
    if found is None or kind in TYPES:
        return found
    return storable(render.cell(found))
