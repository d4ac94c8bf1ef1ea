"""The runs of a store, as views and searches read them. Nothing here takes a lock."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from sweepcli import commands
from sweepcli.errors import UnknownRun
from sweepcli.records import Attempt, Goal, RunState
from sweepcli.stores.database import Part
from sweepcli.stores.sql import (
    ATTEMPTS,
    RUN,
    attempt_of,
    count_of,
    failure_of,
    mapping_of,
    marks,
    run_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sweepcli.records import JSON, Ending, Run

# What a page of runs may be ordered by: no text of a caller gets into SQL.
ORDERS = ("number", "value", "started_at", "ended_at")
LAST_ID = "z" * 8  # behind the beginning of an id: none that begins so comes after that
AT_ONCE = 500  # values in one statement
MOST = 2**62  # runs of a page: larger numbers do not fit into SQL
# What changes with a run: its number, state, attempt, end, value and latest value, and `about`.
Stamp = tuple[int, str, int, float | None, float | None, float | None, str | None]
MANY = 4  # times the size of a sample: of more runs, not all are read for it


class Runs(Part):
    """Reads runs: one, all, a page, a sample, or their number."""

    def run(self, run_id: str) -> Run:
        """Return the run with this id; raise UnknownRun if there is none."""
        for run in self.records(run_of, self.database.rows(f"{RUN} WHERE id = ?", (run_id,))):
            return run
        runs = commands.line("sweep runs PATH")
        raise UnknownRun(f"no run {run_id!r} in {self.database.path}; `{runs}` shows them")

    def has_run(self, run_id: str) -> bool:
        """Return whether there is a run with this id."""
        return bool(self.database.rows("SELECT 1 FROM runs WHERE id = ?", (run_id,)))

    def runs_like(
        self,
        start: str,
        most: int,
        *,
        sweep_id: str | None = None,
        entity: str | None = None,
        project: str | None = None,
    ) -> list[Run]:
        """Return the first runs whose id begins so: of a sweep, of a project, or of all."""
        found = self.database.rows(
            f"""{RUN} WHERE id BETWEEN ? AND ? AND substr(id, 1, ?) = ? AND sweep_id IN
                (SELECT id FROM sweeps WHERE id = COALESCE(?, id)
                AND entity = COALESCE(?, entity) AND project = COALESCE(?, project))
            ORDER BY id LIMIT ?""",  # noqa: S608 -- constants
            (start, start + LAST_ID, len(start), start, sweep_id, entity, project, most),
        )
        return self.records(run_of, found)

    def runs(self, sweep_id: str, *, taken: bool = False) -> list[Run]:
        """Return all runs of a sweep in the order of their numbers.

        With `taken`, only runs that an agent has had.
        """
        had = "AND attempt > 0" if taken else ""
        sql = f"{RUN} WHERE sweep_id = ? {had} ORDER BY number"
        return self.records(run_of, self.database.rows(sql, (sweep_id,)))

    def attempts(self, run_id: str) -> list[Attempt]:
        """Return the attempts at a run, in order."""
        return self.records(attempt_of, self.database.rows(ATTEMPTS, (run_id, run_id)))

    def best_run(
        self, sweep_id: str, goal: Goal, *, ended: bool = False, by_last: bool = False
    ) -> Run | None:
        """Return the run with the best value, or the best last one, the earlier one of equals.

        With `ended`, only of those that do not run, whose value changes no more.
        """
        column = "latest" if by_last else "value"
        order = "DESC" if goal is Goal.MAXIMIZE else "ASC"
        still = "AND state <> 'running'" if ended else ""
        found = self.database.rows(
            f"""{RUN} WHERE sweep_id = ? AND {column} IS NOT NULL {still}
            ORDER BY {column} {order}, number LIMIT 1""",
            (sweep_id,),
        )
        return next(iter(self.records(run_of, found)), None)

    def last_search_info(self, sweep_id: str) -> dict[str, JSON] | None:
        """Return what the search stored with its latest suggestion, if anything."""
        found = self.database.rows(
            "SELECT search_info FROM runs WHERE sweep_id = ? ORDER BY number DESC LIMIT 1",
            (sweep_id,),
        )
        infos = self.records(lambda row: mapping_of(row[0]), [row for row in found if row[0]])
        return infos[0] if infos else None

    def counts(self, sweep_id: str) -> dict[RunState, int]:
        """Return how many runs are in each state; states without runs are left out."""
        found = self.database.rows(
            "SELECT state, COUNT(*) FROM runs WHERE sweep_id = ? GROUP BY state", (sweep_id,)
        )
        return dict(self.records(count_of, found))

    def started(self, sweep_id: str) -> list[tuple[str, int, RunState]]:
        """Return (run id, attempt, state) of the runs that an agent has taken before."""
        found = self.database.rows(
            "SELECT id, attempt, state FROM runs WHERE sweep_id = ? AND attempt > 0", (sweep_id,)
        )
        return self.records(lambda row: (row[0], int(row[1]), RunState(row[2])), found)

    def failures(self, sweep_id: str, most: int) -> list[tuple[str, dict[str, JSON], Ending]]:
        """Return (run id, params, ending) of runs whose last attempt ended badly.

        The newest first; runs that will be tried again are included.
        """
        found = self.database.rows(
            """SELECT runs.id, params, attempts.state, attempts.exit_code, attempts.reason,
                attempts.ended_at, attempts.output
            FROM runs
            JOIN attempts ON run_id = runs.id AND attempts.attempt = runs.attempt
            WHERE sweep_id = ? AND attempts.state IN ('failed', 'crashed')
                AND runs.state IN ('failed', 'crashed', 'pending', 'preempted')
            ORDER BY attempts.ended_at DESC LIMIT ?""",
            (sweep_id, most),
        )
        return self.records(failure_of, found)

    def finished_without(self, sweep_id: str, name: str, most: int) -> list[tuple[str, int]]:
        """Return (id, attempt) of runs that finished and never logged a metric, not even NaN.

        The newest first; the last `most` runs of the sweep are looked at.
        """
        mark = re.sub("[%_!]", lambda found: f"!{found[0]}", f"{json.dumps(name)}: ")
        found = self.database.rows(
            """SELECT id, attempt FROM
                (SELECT id, number, attempt, state, value, summary FROM runs
                WHERE sweep_id = ? AND attempt > 0 ORDER BY number DESC LIMIT ?) AS latest
            WHERE state = 'finished' AND value IS NULL AND summary NOT LIKE ? ESCAPE '!'
            ORDER BY number DESC""",
            (sweep_id, most, f"%{mark}%"),
        )
        return [(run_id, attempt) for run_id, attempt in found]

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
            return self.runs(sweep_id, taken=taken)
        limit = MOST if most is None else min(most, MOST)
        numbers = self._first(sweep_id, order, limit, descending=descending, taken=taken)
        places = {number: place for place, number in enumerate(numbers)}
        return sorted(self.numbered(sweep_id, numbers), key=lambda run: places[run.number])

    def _first(
        self, sweep_id: str, order: str, most: int, *, descending: bool, taken: bool
    ) -> list[int]:
        """Return the numbers of the runs of a page.

        Those without a value have a query of their own: one order over all of them could not
        use an index, and would read every run.
        """
        column = ORDERS[ORDERS.index(order)]
        had = "AND attempt > 0" if taken else ""
        by = f"{column} {'DESC' if descending else 'ASC'}" + (", number" * (column != "number"))
        select = f"SELECT number FROM runs WHERE sweep_id = ? {had}"  # noqa: S608 -- constants
        known = self.database.rows(
            f"{select} AND {column} IS NOT NULL ORDER BY {by} LIMIT ?", (sweep_id, most)
        )
        if len(known) < most and column != "number":
            known += self.database.rows(
                f"{select} AND {column} IS NULL ORDER BY number LIMIT ?",
                (sweep_id, most - len(known)),
            )
        return [number for (number,) in known]

    def numbered(self, sweep_id: str, numbers: Iterable[int]) -> list[Run]:
        """Return the runs with these numbers, in the order of their numbers."""
        return self.records(run_of, self._of_numbers(RUN, sweep_id, numbers))

    def sample_of_values(self, sweep_id: str, most: int) -> list[Run]:
        """Return at most so many of the runs that have a value, drawn the same at every call.

        Not every k-th: those of a grid would all have one value of its last parameter.
        """
        from random import Random  # noqa: PLC0415 -- milliseconds, which agents need not pay

        draw = Random(most)
        last = self.number("SELECT MAX(number) FROM runs WHERE sweep_id = ?", (sweep_id,))
        numbers, valued = "SELECT number FROM runs", "AND value IS NOT NULL"
        found: list[tuple[JSON, ...]] = []
        if (count := last or 0) > MANY * most:  # rather than read all
            some = draw.sample(range(1, count + 1), MANY * most // 2)
            found = list(self._of_numbers(numbers, sweep_id, some, valued))
        if len(found) < most:
            every = f"{numbers} WHERE sweep_id = ? {valued} ORDER BY number"
            found = self.database.rows(every, (sweep_id,))
        chosen = found if len(found) <= most else draw.sample(found, most)
        return self.numbered(sweep_id, [number for (number,) in chosen])

    def _of_numbers(
        self, select: str, sweep_id: str, numbers: Iterable[int], condition: str = ""
    ) -> Iterator[tuple[JSON, ...]]:
        """Yield what a query finds for these numbers, in order, as many as it takes at once."""
        ordered = sorted(numbers)
        for start in range(0, len(ordered), AT_ONCE):
            part = ordered[start : start + AT_ONCE]
            these = f"number IN ({marks(part)}) {condition}"
            yield from self.database.rows(
                f"{select} WHERE sweep_id = ? AND {these} ORDER BY number", (sweep_id, *part)
            )

    def stamps(self, sweep_id: str) -> list[Stamp]:
        """Return (number, state, attempt, end, value, latest, about) of every run, by number.

        A run whose stamp is the same as before has not changed, unless it is running.
        """
        found = self.database.rows(
            """SELECT number, state, attempt, ended_at, value, latest, about FROM runs
            WHERE sweep_id = ? ORDER BY number""",
            (sweep_id,),
        )
        return [(number, *rest) for number, *rest in found]

    def spans(self, sweep_id: str) -> list[tuple[str, int, float, float]]:
        """Return (run id, attempt, start, end) of the attempts that have ended."""
        found = self.database.rows(
            """SELECT run_id, attempts.attempt, attempts.started_at, attempts.ended_at
            FROM attempts JOIN runs ON runs.id = run_id
            WHERE sweep_id = ? AND attempts.ended_at IS NOT NULL""",
            (sweep_id,),
        )
        return [(run_id, attempt, start, end) for run_id, attempt, start, end in found]

    def number_with_value(self, sweep_id: str, value: float | None = None) -> int:
        """Return how many runs have logged a value of the metric, or this one."""
        such = "value IS NOT NULL" if value is None else "value = ?"
        given = () if value is None else (value,)
        [(count,)] = self.database.rows(
            f"SELECT COUNT(*) FROM runs WHERE sweep_id = ? AND {such}",  # noqa: S608 -- constants
            (sweep_id, *given),
        )
        return int(count)
