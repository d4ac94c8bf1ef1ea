"""What runs a store's SQL: what a database must be able to do, and how to wait for one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    from sweepcli.records import JSON

TURN_S = 2.0  # how long to wait for a turn


class Database(Protocol):
    """What a database must be able to do."""

    path: str  # for messages: it has no password
    is_local: bool  # whether reading it costs next to nothing
    skip_locked: str  # the clause by which a claim skips the rows that others are claiming

    def rows(self, sql: str, values: Iterable[JSON] = ()) -> list[tuple[JSON, ...]]:
        """Return all rows of a query."""

    def change(self, sql: str, values: Iterable[JSON] = ()) -> int:
        """Run one statement and return how many rows it changed."""

    def change_many(self, sql: str, values: Iterable[tuple[JSON, ...]]) -> int:
        """Run one statement for each tuple of values; return how many rows changed."""

    def transaction(self, *, alone: str | None = None) -> AbstractContextManager[None]:
        """Let all statements inside take effect, or none.

        Other transactions with the same name for `alone` wait until it is over.
        """

    def steps(self) -> AbstractContextManager[None]:
        """Run the statements inside in one transaction, or in one each, whichever is faster.

        For statements that may take effect one by one.
        """

    def snapshot(self) -> AbstractContextManager[None]:
        """Keep what is read inside as it is now; nothing may be changed."""

    def turn(self, name: str, *, wait_s: float = TURN_S) -> AbstractContextManager[None]:
        """Let one process at a time do what all would do alike.

        This only saves time: a process that has waited for `wait_s` goes on without its turn.
        """

    def up_since(self) -> float:
        """Return when the server started, in seconds since the epoch; 0 for a file."""

    def rest(self) -> float:
        """Close the connection if it has been idle for a while; it is opened again when needed.

        Returns after how many seconds to call this again.
        """

    def is_there(self) -> bool:
        """Return False if the database has been removed since it was opened."""

    def close(self) -> None:
        """Close the connection."""


class Part:
    """A part of a store; all parts share one database."""

    def __init__(self, database: Database) -> None:
        self.database = database


def jittered(seconds: float) -> float:
    """Return a time from half of it to all, so that many who wait do not all come back at once."""
    return seconds * (1.0 - os.urandom(1)[0] / 512)


def spread(seconds: float) -> float:
    """Return a time from none of it to all, so that those who began together go on apart."""
    return seconds * os.urandom(1)[0] / 256
