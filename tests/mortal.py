"""A connection to SQLite whose process is killed at a chosen point."""

from __future__ import annotations

import os
import signal
import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sweepcli.records import JSON


class Mortal(sqlite3.Connection):
    """Kills its process at the n-th point: before and after statements, and amid many values."""

    left = 0

    def live(self) -> None:
        Mortal.left -= 1
        if Mortal.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def execute(self, sql: str, values: JSON = (), /) -> sqlite3.Cursor:
        self.live()
        found = super().execute(sql, values)
        self.live()
        return found

    def executemany(self, sql: str, values: Iterable[JSON], /) -> sqlite3.Cursor:
        found = super().executemany(sql, self.amid(values))
        self.live()
        return found

    def amid(self, values: Iterable[JSON]) -> Iterator[JSON]:
        for value in values:
            self.live()
            yield value
