"""What people and controllers read of a store; nothing here takes a lock."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sweepcli.errors import UnknownRun, UnknownSweep
from sweepcli.records import JSON, Agent, Attempt, Row, Run, RunState, Sweep
from sweepcli.stores.rows import (
    AGENT_COLUMNS,
    LOGGED_COLUMNS,
    RUN,
    RUN_WIDTH,
    SWEEP,
    logged_of,
    run_of,
    sweep_of,
)
from sweepcli.stores.views import Views

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.stores.database import Database

RUNNING = f"""
    SELECT runs.*, agent.* FROM ({RUN} WHERE sweep_id = ? AND state = 'running') AS runs
    JOIN (SELECT {AGENT_COLUMNS} FROM agents) AS agent ON agent.id = runs.agent_id
    ORDER BY runs.number"""  # noqa: S608 -- constants
# An attempt that has not ended is known by its run alone; earlier versions kept a row of it, too.
ATTEMPTS = """
    SELECT run_id, attempt, agent_id, state, attempts.started_at, attempts.ended_at, exit_code,
        reason, output, host
    FROM attempts JOIN agents ON agents.id = agent_id WHERE run_id = ?
    UNION ALL
    SELECT runs.id, attempt, agent_id, state, runs.started_at, NULL, NULL, NULL, NULL, host
    FROM runs JOIN agents ON agents.id = agent_id
    WHERE runs.id = ? AND state = 'running' AND NOT EXISTS (
        SELECT 1 FROM attempts WHERE run_id = runs.id AND attempts.attempt = runs.attempt)
    ORDER BY attempt"""


class Reader(Views):
    """Reads sweeps, runs, attempts and history."""

    def close(self) -> None:
        """Give the database back."""
        self._db.close()

    @property
    def database(self) -> Database:
        """What runs its SQL, for `copying`."""
        return self._db

    @property
    def is_local(self) -> bool:
        """Whether a look at it costs next to nothing."""
        return self._db.is_local

    def up_since(self) -> float:
        """Return since when it could be reached, in seconds since the epoch, as far as it knows."""
        return self._db.up_since()

    def rest(self) -> float:
        """Let go of what is not needed; return for how many seconds not to ask again."""
        return self._db.rest()

    def is_there(self) -> bool:
        """Return whether the database has not been removed since it was opened."""
        return self._db.is_there()

    def sweep(self, sweep_id: str) -> Sweep:
        """Return the sweep with this id; raise UnknownSweep if there is none."""
        for row in self._db.rows(f"{SWEEP} WHERE id = ?", (sweep_id,)):
            return sweep_of(row)
        raise UnknownSweep(f"no sweep {sweep_id!r} in {self._db.path}; `sweep ls` shows all")

    def sweeps(self, *, entity: str | None = None, project: str | None = None) -> list[Sweep]:
        """Return the sweeps of an entity and project, oldest first."""
        found = self._db.rows(
            f"""{SWEEP} WHERE entity = COALESCE(?, entity) AND project = COALESCE(?, project)
            ORDER BY created_at, id""",
            (entity, project),
        )
        return [sweep_of(row) for row in found]

    def runs(self, sweep_id: str) -> list[Run]:
        """Return all runs of a sweep in the order of their numbers."""
        return self._all(sweep_id, taken=False)

    def run(self, run_id: str) -> Run:
        """Return the run with this id; raise UnknownRun if there is none."""
        for row in self._db.rows(f"{RUN} WHERE id = ?", (run_id,)):
            return run_of(row)
        raise UnknownRun(f"no run {run_id!r} in {self._db.path}; `sweep runs PATH` shows them")

    def has_sweep(self, sweep_id: str) -> bool:
        """Return whether there is a sweep with this id."""
        return bool(self._db.rows("SELECT 1 FROM sweeps WHERE id = ?", (sweep_id,)))

    def has_run(self, run_id: str) -> bool:
        """Return whether there is a run with this id."""
        return bool(self._db.rows("SELECT 1 FROM runs WHERE id = ?", (run_id,)))

    def best_run(self, sweep_id: str, *, maximize: bool) -> Run | None:
        """Return the run with the best value, the earlier one of equals."""
        order = "DESC" if maximize else "ASC"
        found = self._db.rows(
            f"""{RUN} WHERE sweep_id = ? AND value IS NOT NULL
            ORDER BY value {order}, number LIMIT 1""",
            (sweep_id,),
        )
        return run_of(found[0]) if found else None

    def last_search_info(self, sweep_id: str) -> dict[str, JSON] | None:
        """Return what the search noted down about its latest suggestion, if it did."""
        found = self._db.rows(
            """SELECT search_info FROM runs WHERE sweep_id = ? ORDER BY number DESC LIMIT 1""",
            (sweep_id,),
        )
        info: dict[str, JSON] | None = json.loads(found[0][0]) if found and found[0][0] else None
        return info

    def counts(self, sweep_id: str) -> dict[RunState, int]:
        """Return how many runs are in each state; states without runs are left out."""
        found = self._db.rows(
            "SELECT state, COUNT(*) FROM runs WHERE sweep_id = ? GROUP BY state", (sweep_id,)
        )
        return {RunState(state): count for state, count in found}

    def started(self, sweep_id: str) -> list[tuple[str, int, RunState]]:
        """Return (run id, attempt, state) of the runs that an agent has taken before."""
        found = self._db.rows(
            "SELECT id, attempt, state FROM runs WHERE sweep_id = ? AND attempt > 0", (sweep_id,)
        )
        return [(run_id, attempt, RunState(state)) for run_id, attempt, state in found]

    def history(self, run_id: str, attempt: int, *, after: int = -1) -> list[Row]:
        """Return what an attempt logged, in the order of its lines, beyond line `after`."""
        found = self._db.rows(
            f"""SELECT {LOGGED_COLUMNS} FROM history
            WHERE run_id = ? AND attempt = ? AND line > ? ORDER BY line""",  # noqa: S608 -- constants
            (run_id, attempt, after),
        )
        return [logged_of(row) for row in found]

    def logged_after(self, places: Sequence[tuple[str, int, int]]) -> list[tuple[str, int, Row]]:
        """Return what attempts logged beyond a line, in order, each with (run id, attempt).

        `places` are (run id, attempt, line), and not thousands: they are one statement.
        """
        if not places:
            return []
        marks = ", ".join(["(?, ?, ?)"] * len(places))
        found = self._db.rows(
            f"""WITH places (of_run, of_attempt, after) AS (VALUES {marks})
            SELECT run_id, attempt, {LOGGED_COLUMNS} FROM places
            JOIN history ON run_id = of_run AND attempt = of_attempt AND line > after
            ORDER BY run_id, attempt, line""",  # noqa: S608 -- question marks and constants
            [value for place in places for value in place],
        )
        return [(run_id, attempt, logged_of(rest)) for run_id, attempt, *rest in found]

    def attempts(self, run_id: str) -> list[Attempt]:
        """Return the attempts at a run, in order."""
        found = self._db.rows(
            ATTEMPTS,
            (run_id, run_id),
        )
        return [
            Attempt(run_id, attempt, agent_id, RunState(state), *rest)
            for run_id, attempt, agent_id, state, *rest in found
        ]

    def number_of_rows(self, run_id: str, attempt: int) -> int:
        """Return how many lines of history an attempt has logged."""
        found = self._db.rows(
            "SELECT COUNT(*) FROM history WHERE run_id = ? AND attempt = ?", (run_id, attempt)
        )
        count: int = found[0][0]
        return count

    def failures(self, sweep_id: str, most: int) -> list[tuple[str, str | None, str | None]]:
        """Return (run id, reason, last lines) of runs whose last attempt ended badly.

        The newest first; those that are to be tried again are among them.
        """
        found = self._db.rows(
            """SELECT runs.id, attempts.reason, attempts.output FROM runs
            JOIN attempts ON run_id = runs.id AND attempts.attempt = runs.attempt
            WHERE sweep_id = ? AND attempts.state IN ('failed', 'crashed')
                AND runs.state IN ('failed', 'crashed', 'pending', 'preempted')
            ORDER BY attempts.ended_at DESC LIMIT ?""",
            (sweep_id, most),
        )
        return [(run_id, reason, output) for run_id, reason, output in found]

    def endings(self, run: Run) -> dict[RunState, int]:
        """Return how often attempts before the run's own ended in which state.

        Those before a person last had it retried do not count.
        """
        found = self._db.rows(
            """SELECT attempts.state, COUNT(*) FROM attempts JOIN runs ON runs.id = run_id
            WHERE run_id = ? AND attempts.attempt > retry_from AND attempts.attempt < ?
            GROUP BY attempts.state""",
            (run.id, run.attempt),
        )
        return {RunState(state): count for state, count in found}

    def holds(self, run: Run) -> bool:
        """Return whether this attempt is still the one that has the run."""
        return bool(
            self._db.rows(
                "SELECT 1 FROM runs WHERE id = ? AND attempt = ? AND state = 'running'",
                (run.id, run.attempt),
            )
        )

    def number_of_runs(self, sweep_id: str) -> int:
        """Return how many runs were ever suggested; one look at an index."""
        found = self._db.rows("SELECT MAX(number) FROM runs WHERE sweep_id = ?", (sweep_id,))
        return found[0][0] or 0

    def has_waiting(self, sweep_id: str) -> bool:
        """Return whether a run waits for an agent."""
        return bool(
            self._db.rows(
                "SELECT 1 FROM runs WHERE sweep_id = ? AND state = 'pending' LIMIT 1", (sweep_id,)
            )
        )

    def running(self, sweep_id: str) -> list[tuple[Run, Agent]]:
        """Return the running runs of a sweep, each with its agent."""
        return [
            (run_of(row[:RUN_WIDTH]), Agent(*row[RUN_WIDTH:]))
            for row in self._db.rows(RUNNING, (sweep_id,))
        ]
