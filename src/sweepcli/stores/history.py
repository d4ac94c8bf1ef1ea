"""The history in a store: what attempts have logged, read as a whole or in part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.stores.database import Part
from sweepcli.stores.sql import ROW_COLUMNS, row_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import Row

BLOCK = 64  # consecutive lines that are taken together, or left out together


class History(Part):
    """Reads the rows that attempts have logged."""

    def history(self, run_id: str, attempt: int, *, after: int = -1) -> list[Row]:
        """Return what an attempt logged, in the order of its lines, beyond line `after`."""
        found = self.database.rows(
            f"""SELECT {ROW_COLUMNS} FROM history
            WHERE run_id = ? AND attempt = ? AND line > ? ORDER BY line""",  # noqa: S608 -- constants
            (run_id, attempt, after),
        )
        return self.records(row_of, found)

    def history_sample(self, run_id: str, attempt: int, most: int) -> list[Row]:
        """Return about `most` rows of what an attempt logged, spread over all of it.

        They come in blocks of lines that follow each other, since a script may log one thing
        every line and another every tenth: single lines at a fixed distance could miss it.
        """
        last = self.number(
            "SELECT MAX(line) FROM history WHERE run_id = ? AND attempt = ?", (run_id, attempt)
        )
        lines = 0 if last is None else last + 1
        distance = max(1, -(-lines // most))
        rows = self.database.rows(
            f"""SELECT {ROW_COLUMNS} FROM history
            WHERE run_id = ? AND attempt = ? AND ((line / {BLOCK}) % ? = 0 OR line = ?)
            ORDER BY line""",  # noqa: S608 -- constants
            (run_id, attempt, distance, lines - 1),
        )
        return self.records(row_of, rows)

    def logged_after(self, places: Sequence[tuple[str, int, int]]) -> list[tuple[str, int, Row]]:
        """Return what attempts logged beyond a line, in order, each with (run id, attempt).

        `places` are (run id, attempt, line), and not thousands: they are one statement.
        """
        if not places:
            return []
        given = ", ".join(["(?, ?, ?)"] * len(places))
        found = self.database.rows(
            f"""WITH places (of_run, of_attempt, after) AS (VALUES {given})
            SELECT run_id, attempt, {ROW_COLUMNS} FROM places
            JOIN history ON run_id = of_run AND attempt = of_attempt AND line > after
            ORDER BY run_id, attempt, line""",  # noqa: S608 -- question marks and constants
            [value for place in places for value in place],
        )
        return self.records(lambda row: (row[0], row[1], row_of(row[2:])), found)

    def number_of_rows(self, run_id: str, attempt: int) -> int:
        """Return how many lines an attempt has logged."""
        [(count,)] = self.database.rows(
            "SELECT COUNT(*) FROM history WHERE run_id = ? AND attempt = ?", (run_id, attempt)
        )
        return int(count)
