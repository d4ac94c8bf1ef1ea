"""Which versions of the code the runs of a sweep had, by their numbers."""

from __future__ import annotations

from typing import NamedTuple

from sweepcli.stores.database import Part


class CodeRuns(NamedTuple):
    """The runs of a sweep that had one version of the code, or of which it is not known."""

    code: str | None
    total: int
    first: int  # the least of their numbers, as the next is the greatest
    last: int
    changed: int = 0  # how many of them had another version just after their start
    started_at: float = 0.0  # when the last of them was started

    @property
    def is_span(self) -> bool:
        """Whether no other run is between them."""
        return self.last - self.first + 1 == self.total


class Codes(Part):
    """Reads an index by the code, which runs of unknown code are not in."""

    def known(self, sweep_id: str) -> list[CodeRuns]:
        """Return the versions that runs had, in the order of the first run of each."""
        found = self.database.rows(
            """SELECT had.code, total, low, high, changed, COALESCE(started_at, 0.0) FROM
                (SELECT code, COUNT(*) AS total, MIN(number) AS low, MAX(number) AS high,
                    COUNT(code_after) AS changed
                FROM runs WHERE sweep_id = ? AND code IS NOT NULL GROUP BY code) AS had
            JOIN runs ON sweep_id = ? AND number = high ORDER BY low""",
            (sweep_id, sweep_id),
        )
        return self.records(lambda row: CodeRuns(*row), found)

    def unknown(self, sweep_id: str) -> CodeRuns | None:
        """Return the runs that an agent has had and whose code is not known; it reads every run."""
        [(total, first, last)] = self.database.rows(
            """SELECT COUNT(*), MIN(number), MAX(number) FROM runs
            WHERE sweep_id = ? AND code IS NULL AND attempt > 0""",
            (sweep_id,),
        )
        return CodeRuns(None, total, first, last) if total else None

    def spans(self, sweep_id: str, code: str | None, most: int) -> list[tuple[int, int]]:
        """Return the first ranges of numbers without a gap of the runs that had a version."""
        such, given = ("code = ?", (code,)) if code else ("code IS NULL AND attempt > 0", ())
        found = self.database.rows(
            f"""SELECT MIN(number), MAX(number) FROM
                (SELECT number, number - ROW_NUMBER() OVER (ORDER BY number) AS gaps
                FROM runs WHERE sweep_id = ? AND {such}) AS numbered
            GROUP BY gaps ORDER BY 1 LIMIT ?""",  # noqa: S608 -- constants
            (sweep_id, *given, most),
        )
        return [(first, last) for first, last in found]

    def changed(self, sweep_id: str, most: int) -> list[int]:
        """Return the first numbers of runs while whose start the code changed."""
        found = self.database.rows(
            """SELECT number FROM runs WHERE sweep_id = ? AND code_after IS NOT NULL
            ORDER BY number LIMIT ?""",
            (sweep_id, most),
        )
        return [number for (number,) in found]
