"""What runs a store's SQL: what a database must be able to do, and how to wait for one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    from sweepcli.records import JSON


class Database(Protocol):
    """What a database must be able to do."""

    path: str  # for people: it holds no password
    is_local: bool  # whether a look at it costs next to nothing
    skip_locked: str  # the clause by which a claim leaves out what others are claiming

    def rows(self, sql: str, values: Iterable[JSON] = ()) -> list[tuple[JSON, ...]]:
        """Return all rows of a query."""

    def change(self, sql: str, values: Iterable[JSON] = ()) -> int:
        """Run one statement and return how many rows it changed."""

    def change_many(self, sql: str, values: Iterable[tuple[JSON, ...]]) -> int:
        """Run one statement for each tuple of values; return how many rows changed."""

    def transaction(self, *, alone: str | None = None) -> AbstractContextManager[None]:
        """Make the statements inside one change, or none.

        Other transactions with the same name for `alone` wait until it is over.
        """

    def steps(self) -> AbstractContextManager[None]:
        """Make the statements inside a transaction together, or one each, whatever is faster.

        For those of which each leaves everything in order.
        """

    def snapshot(self) -> AbstractContextManager[None]:
        """Keep what is read inside as it is now; nothing may be changed."""

    def turn(self, name: str) -> AbstractContextManager[None]:
        """Let one process at a time do what all would do alike, if the others are not slow.

        Nothing rests on it: who has waited for a while goes on without.
        """

    def up_since(self) -> float:
        """Return since when it could be reached, in seconds since the epoch, as far as it knows."""

    def rest(self) -> float:
        """Give the connection back if it has had no work for a while.

        Returns for how many seconds this need not be asked again.
        """

    def is_there(self) -> bool:
        """Return whether the database has not been removed since it was opened."""

    def close(self) -> None:
        """Give the connection back."""


class Part:
    """A part of a store; all parts share one database."""

    def __init__(self, database: Database) -> None:
        self.database = database


def jittered(seconds: float) -> float:
    """Return a time between half of it and all, so that many who wait do not come back at once."""
    return seconds * (1.0 - os.urandom(1)[0] / 512)


def spread(seconds: float) -> float:
    """Return a time between none of it and all, so that those who began together go on apart."""
    return seconds * os.urandom(1)[0] / 256
