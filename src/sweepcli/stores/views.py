"""What only people look at: pages of runs, agents, what has changed, thinned-out history.

As in `reading`, nothing here takes a lock. `Views` is the lower half of a store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.records import Agent
from sweepcli.stores.rows import AGENT_COLUMNS, LOGGED_COLUMNS, RUN, logged_of, run_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from sweepcli.records import Row, Run
    from sweepcli.stores.database import Database

# What a page of runs may be ordered by; the texts are ours, never a caller's.
ORDERS = ("number", "value", "started_at", "ended_at")
BLOCK = 64  # consecutive lines of history that are taken together, or left out together
AT_ONCE = 500  # values in one statement
MANY = 4  # times the size of a sample: what is not looked through for it


class Views:
    """Reads what views show."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def snapshot(self) -> AbstractContextManager[None]:
        """Keep what is read as it is now, whatever agents add meanwhile; nothing may be changed."""
        return self._db.snapshot()

    def page(
        self,
        sweep_id: str,
        *,
        order: str = "number",
        descending: bool = False,
        most: int | None = None,
        taken: bool = True,
    ) -> list[Run]:
        """Return the first runs in an order of ORDERS, those without a value of it last.

        With `taken`, only runs that an agent has had.
        """
        if most is None and order == "number" and not descending:
            return self._all(sweep_id, taken=taken)
        limit = 2**62 if most is None else most
        numbers = self._first(sweep_id, order, limit, descending=descending, taken=taken)
        places = {number: place for place, number in enumerate(numbers)}
        return sorted(self.numbered(sweep_id, numbers), key=lambda run: places[run.number])

    def _all(self, sweep_id: str, *, taken: bool) -> list[Run]:
        had = "AND attempt > 0" if taken else ""
        sql = f"{RUN} WHERE sweep_id = ? {had} ORDER BY number"
        return [run_of(row) for row in self._db.rows(sql, (sweep_id,))]

    def _first(
        self, sweep_id: str, order: str, most: int, *, descending: bool, taken: bool
    ) -> list[int]:
        """Return the numbers of the runs of a page.

        Those without a value are asked for by themselves: one order over all of them could
        not follow an index, and would read every run.
        """
        column = ORDERS[ORDERS.index(order)]
        had = "AND attempt > 0" if taken else ""
        by = f"{column} {'DESC' if descending else 'ASC'}" + (", number" * (column != "number"))
        select = f"SELECT number FROM runs WHERE sweep_id = ? {had}"  # noqa: S608 -- constants
        known = self._db.rows(
            f"{select} AND {column} IS NOT NULL ORDER BY {by} LIMIT ?", (sweep_id, most)
        )
        if len(known) < most and column != "number":
            known += self._db.rows(
                f"{select} AND {column} IS NULL ORDER BY number LIMIT ?",
                (sweep_id, most - len(known)),
            )
        return [number for (number,) in known]

    def numbered(self, sweep_id: str, numbers: Iterable[int]) -> list[Run]:
        """Return the runs with these numbers, in the order of their numbers."""
        return [
            run_of(row)
            for marks, part in _parts(numbers)
            for row in self._db.rows(
                f"{RUN} WHERE sweep_id = ? AND number IN ({marks}) ORDER BY number",
                (sweep_id, *part),
            )
        ]

    def sample_of_values(self, sweep_id: str, most: int) -> list[Run]:
        """Return at most so many of the runs that have a value, drawn the same at every call.

        Not every k-th: those of a grid would all have one value of its last parameter.
        """
        from random import Random  # noqa: PLC0415 -- milliseconds, which agents need not pay

        draw = Random(most)
        last = self._db.rows("SELECT MAX(number) FROM runs WHERE sweep_id = ?", (sweep_id,))[0][0]
        numbers: list[int] = []
        if last is not None and last > MANY * most:  # rather than to read all
            some = draw.sample(range(1, last + 1), MANY * most // 2)
            numbers = self._valued(sweep_id, some)
        if len(numbers) < most:
            found = self._db.rows(
                "SELECT number FROM runs WHERE sweep_id = ? AND value IS NOT NULL ORDER BY number",
                (sweep_id,),
            )
            numbers = [number for (number,) in found]
        chosen = numbers if len(numbers) <= most else draw.sample(numbers, most)
        return self.numbered(sweep_id, chosen)

    def _valued(self, sweep_id: str, numbers: Iterable[int]) -> list[int]:
        """Return those of the numbers whose runs have a value, in order."""
        return [
            number
            for marks, part in _parts(numbers)
            for (number,) in self._db.rows(
                f"""SELECT number FROM runs WHERE sweep_id = ? AND number IN ({marks})
                AND value IS NOT NULL ORDER BY number""",  # noqa: S608 -- question marks
                (sweep_id, *part),
            )
        ]

    def stamps(self, sweep_id: str) -> list[tuple[int, str, int, float | None]]:
        """Return (number, state, attempt, end) of every run, in the order of the numbers.

        A run whose stamp is the same as before has not changed, unless it is running.
        """
        found = self._db.rows(
            "SELECT number, state, attempt, ended_at FROM runs WHERE sweep_id = ? ORDER BY number",
            (sweep_id,),
        )
        return [(number, state, attempt, ended_at) for number, state, attempt, ended_at in found]

    def number_with_value(self, sweep_id: str) -> int:
        """Return how many runs have shown a value of the metric."""
        found = self._db.rows(
            "SELECT COUNT(*) FROM runs WHERE sweep_id = ? AND value IS NOT NULL", (sweep_id,)
        )
        count: int = found[0][0]
        return count

    def agents(self, sweep_id: str) -> list[tuple[Agent, int, int]]:
        """Return the agents that have not ended, each with its runs at work and all it had last.

        A run that another agent has had since counts for that one alone.
        """
        found = self._db.rows(
            f"""SELECT {AGENT_COLUMNS}, at_work, had FROM agents JOIN (
                SELECT agent_id, COUNT(*) AS had,
                    SUM(CASE WHEN state = 'running' THEN 1 ELSE 0 END) AS at_work
                FROM runs WHERE sweep_id = ? AND agent_id IS NOT NULL GROUP BY agent_id
            ) AS theirs ON theirs.agent_id = agents.id
            WHERE ended_at IS NULL ORDER BY started_at, agents.id""",  # noqa: S608 -- constants
            (sweep_id,),
        )
        return [(Agent(*row[:-2]), row[-2], row[-1]) for row in found]

    def history_sample(self, run_id: str, attempt: int, most: int) -> list[Row]:
        """Return about `most` rows of what an attempt logged, spread over all of it.

        They come in blocks of lines that follow each other, since a script may log one thing
        every line and another every tenth: single lines at a fixed distance could miss it.
        """
        found = self._db.rows(
            "SELECT MAX(line) FROM history WHERE run_id = ? AND attempt = ?", (run_id, attempt)
        )
        lines = 0 if found[0][0] is None else found[0][0] + 1
        distance = max(1, -(-lines // most))
        rows = self._db.rows(
            f"""SELECT {LOGGED_COLUMNS} FROM history
            WHERE run_id = ? AND attempt = ? AND ((line / {BLOCK}) % ? = 0 OR line = ?)
            ORDER BY line""",  # noqa: S608 -- constants
            (run_id, attempt, distance, lines - 1),
        )
        return [logged_of(row) for row in rows]


def _parts(numbers: Iterable[int]) -> Iterator[tuple[str, list[int]]]:
    """Yield numbers in order, as many as a statement takes at once, each part with its marks."""
    ordered = sorted(numbers)
    for start in range(0, len(ordered), AT_ONCE):
        part = ordered[start : start + AT_ONCE]
        yield ", ".join("?" * len(part)), part
