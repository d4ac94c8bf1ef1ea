"""PostgreSQL's form of the stores' SQL, which is written once for all databases.

Every name of ours has its schema before it. A connection may come from a pooler, which gives it
from one program to the next after each transaction: a search path could be another program's.
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

from sweepcli.stores import migrations
from sweepcli.stores.sql import well_formed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import LiteralString

    from sweepcli.records import JSON

SCHEMA = "sweepcli"  # apart from other tables called `runs`, of which there are many
TURNS = "turns"
OURS = ("sweeps", "agents", "runs", "attempts", "history", "snapshots", "migrations", TURNS)
# Where a statement names a table of ours, or an index that it drops. After `ON` it may also be a
# column of one, with a dot, as in `ON agents.id = agent_id`.
NAMED = re.compile(
    rf"\b(FROM|JOIN|INTO|UPDATE|TABLE|EXISTS|REFERENCES|ON)\s+({'|'.join(OURS)})\b(?!\.)"
    r"|\b(DROP INDEX)\s+(\w+)"
)
ROW = re.compile(r"\bVALUES (\((?:\?, )*\?\))")
# From the types of `migrations`, which SQLite takes as they are, to PostgreSQL's.
TYPES = {"REAL": "DOUBLE PRECISION", "INTEGER": "BIGINT", "BLOB": "BYTEA", "WITHOUT ROWID": ""}

# Who computes what all others would compute too, and until when they wait for it at most: a
# process that was killed gives nothing back. A lock would need a transaction, and that a
# connection, for as long as the search computes. Nothing is lost with this table.
OWN_STEPS = {
    "004_turns_of_a_server": (
        f"""
        CREATE UNLOGGED TABLE {TURNS} (
            name   TEXT PRIMARY KEY,
            holder TEXT NOT NULL,
            until  TIMESTAMPTZ NOT NULL
        )
        """,
    ),
}
STEPS = {**migrations.MIGRATIONS, **OWN_STEPS}
TAKE_TURN = f"""
    INSERT INTO {TURNS} (name, holder, until)
    SELECT ?, ?, now() + ? * INTERVAL '1 second'
    WHERE NOT EXISTS (SELECT 1 FROM {TURNS} WHERE name = ? AND until > now())
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
    WHERE {TURNS}.until <= now()"""  # noqa: S608 -- constants
END_TURN = f"DELETE FROM {TURNS} WHERE name = ? AND holder = ?"  # noqa: S608 -- constants


def typed(sql: str) -> str:
    """Return a statement of a migration with PostgreSQL's types, of the width of SQLite's."""
    return re.sub(rf"\b({'|'.join(TYPES)})\b", lambda found: TYPES[found[0]], sql)


@lru_cache(maxsize=256)
def marked(sql: str) -> LiteralString:
    """Return a statement with psycopg's marks for values, and our schema before our names."""
    whole = NAMED.sub(_qualified, sql)
    return whole.replace("%", "%%").replace("?", "%s")


def is_of_rows(sql: str) -> bool:
    """Return whether a statement adds a row of values, so that it can add several."""
    return bool(ROW.search(sql))


@lru_cache(maxsize=256)
def of_rows(sql: str, number: int) -> LiteralString:
    """Return a statement that adds a row as one that adds several: planned once for all."""
    return marked(ROW.sub(lambda found: f"VALUES {', '.join([found[1]] * number)}", sql))


def _qualified(found: re.Match[str]) -> str:
    word, name = found[1] or found[3], found[2] or found[4]
    return f"{word} {SCHEMA}.{name}"


def storable(values: Iterable[JSON]) -> list[JSON]:
    """Return values as PostgreSQL takes them: its text has no zero bytes, nor half characters."""
    return [
        value.replace("\0", "\N{REPLACEMENT CHARACTER}")
        if isinstance(value, str) and "\0" in value
        else value
        for value in map(well_formed, values)
    ]


def lock(kind: int, name: str) -> str:
    """Return the statement that takes a lock until the transaction ends.

    Names that share one wait more.
    """
    number = zlib.crc32(name.encode()) - 2**31
    return f"SELECT pg_advisory_xact_lock({kind}, {number})"
