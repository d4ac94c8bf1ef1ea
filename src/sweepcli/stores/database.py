"""What runs a store's SQL: what a database must be able to do, and how to wait for one."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Protocol

from sweepcli import commands
from sweepcli.errors import StoreDamaged, StoreError
from sweepcli.stores.location import is_url
from sweepcli.stores.sql import MOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager
    from typing import NoReturn, TypeVar

    from sweepcli.records import JSON

    Found = TypeVar("Found")

REMOVED = "{path}: the sweep of this run was removed (`sweep rm`)"  # a foreign key says so
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

    def lost(self) -> str | None:
        """Return what has happened to its files since they were opened: removed, moved, replaced.

        None if all is well. A file that is lost is not written any more: StoreGone is raised.
        """

    def close(self) -> None:
        """Close the connection."""


class OnlyReads:
    """The part of a database that was opened to look: it changes nothing."""

    path: str

    def change(self, sql: str, values: Iterable[JSON] = ()) -> NoReturn:  # noqa: ARG002 -- its signature
        """Raise StoreError."""
        self._refuse()

    def change_many(self, sql: str, values: Iterable[tuple[JSON, ...]]) -> NoReturn:  # noqa: ARG002 -- its signature
        """Raise StoreError."""
        self._refuse()

    def transaction(self, *, alone: str | None = None) -> NoReturn:  # noqa: ARG002 -- its signature
        """Raise StoreError."""
        self._refuse()

    def steps(self) -> NoReturn:
        """Raise StoreError."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise StoreError(f"{self.path}: opened only to look, so it cannot be changed")


def nothing(*_: object) -> None:
    """Do nothing, as a caller does who has nothing to do before a change takes effect."""


class Part:
    """A part of a store; all parts share one database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def records(
        self, decode: Callable[[tuple[JSON, ...]], Found], rows: Iterable[tuple[JSON, ...]]
    ) -> list[Found]:
        """Return rows as records; raise StoreDamaged for a row that cannot be one."""
        try:
            return [decode(row) for row in rows]
        except json.JSONDecodeError as error:
            raise damaged(self.database.path, f"no JSON: {error}") from error
        except (TypeError, ValueError, RecursionError) as error:
            raise damaged(self.database.path, error) from error

    def number(self, sql: str, values: Iterable[JSON]) -> int | None:
        """Return the only value of a query, a whole number; None if there is none."""
        [(value,)] = self.database.rows(sql, values)
        if value is not None and not (isinstance(value, int) and 0 <= value < MOST):
            raise damaged(self.database.path, f"a number is {value!r}")
        return value


def damaged(path: str, why: object) -> StoreDamaged:
    """Return the error for a database with contents that no version of ours has written."""
    if is_url(path):
        return StoreDamaged(f"{path}: damaged ({why}); restore it from a backup of the server")
    repair = commands.line("sweep repair", os.path.dirname(path))
    return StoreDamaged(
        f"{path}: damaged ({why}): `{repair}` rebuilds it from the files of the runs"
    )


def jittered(seconds: float) -> float:
    """Return a time from half of it to all, so that many who wait do not all come back at once."""
    return seconds * (1.0 - os.urandom(1)[0] / 512)


def spread(seconds: float) -> float:
    """Return a time from none of it to all, so that those who began together go on apart."""
    return seconds * os.urandom(1)[0] / 256
