"""From our SQL, which SQLite takes as it is, to PostgreSQL's."""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import LiteralString

    from sweepcli.records import JSON

TYPES = {"REAL": "DOUBLE PRECISION", "INTEGER": "BIGINT", "WITHOUT ROWID": ""}


def typed(sql: str) -> str:
    """Return a statement of a migration with PostgreSQL's types, of the width of SQLite's."""
    return re.sub(rf"\b({'|'.join(TYPES)})\b", lambda found: TYPES[found[0]], sql)


@lru_cache(maxsize=256)
def marked(sql: str) -> LiteralString:
    """Return a statement with psycopg's marks for values."""
    return sql.replace("%", "%%").replace("?", "%s")


def storable(values: Iterable[JSON]) -> list[JSON]:
    """Return values as PostgreSQL takes them: it knows no text with a zero byte."""
    return [
        value.replace("\0", "\N{REPLACEMENT CHARACTER}")
        if isinstance(value, str) and "\0" in value
        else value
        for value in values
    ]


def lock(function: str, kind: int, name: str) -> str:
    """Return the statement that takes an advisory lock; others with its number only wait more."""
    number = zlib.crc32(name.encode()) - 2**31
    return f"SELECT {function}({kind}, {number})"
