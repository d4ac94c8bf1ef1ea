"""The frozen code of sweeps, for agents that do not share the folder where it was frozen."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sweepcli import regular_files
from sweepcli.errors import ConfigError
from sweepcli.stores.database import Part
from sweepcli.stores.sql import insert

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 50_000_000  # bytes on a server, which all agents and its backups share
PIECE = 1 << 19  # bytes in a row
COLUMNS = ("sweep_id", "part", "content")
TOO_LARGE = (
    "the frozen code has {size:.0f} MB compressed, and a database server gets at most "
    "{most:.0f} MB: leave out what is no code, with `code: {{frozen: true, exclude: […]}}`"
)


class Snapshots(Part):
    """Adds and reads snapshots; each goes with its sweep."""

    def put(self, sweep_id: str, path: str) -> None:
        """Add a sweep's snapshot, in place of an earlier one; for inside a transaction.

        Raises ConfigError if it is too large for a server, OSError if it cannot be read.
        """
        self.database.change("DELETE FROM snapshots WHERE sweep_id = ?", (sweep_id,))
        with regular_files.opened(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > MOST and not self.database.is_local:
                raise ConfigError(TOO_LARGE.format(size=size / 1e6, most=MOST / 1e6))
            part = 0
            while content := file.read(PIECE):
                self.database.change(insert("snapshots", COLUMNS), (sweep_id, part, content))
                part += 1

    def has(self, sweep_id: str) -> bool:
        """Return whether a sweep's snapshot is here."""
        query = "SELECT 1 FROM snapshots WHERE sweep_id = ? LIMIT 1"
        return bool(self.database.rows(query, (sweep_id,)))

    def pieces(self, sweep_id: str) -> Iterator[bytes]:
        """Yield a sweep's snapshot, in pieces; nothing if there is none."""
        part = 0
        query = "SELECT content FROM snapshots WHERE sweep_id = ? AND part = ?"
        while found := self.database.rows(query, (sweep_id, part)):
            yield bytes(found[0][0])
            part += 1
