"""Every change of the store, once. One method = one transaction.

Works on any `Database` whose SQL has `?` marks, RETURNING and ON CONFLICT. Values travel as
parameters, never inside the text. What is only read stands in `reading`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sweepcli.errors import WrongState
from sweepcli.stores.reading import Reader
from sweepcli.stores.rows import run_of
from sweepcli.stores.statements import (
    CLAIM,
    END_ATTEMPT,
    END_RUN,
    GIVE_BACK,
    OPEN_RUN,
    PROGRESS,
    RETRY,
    ROWS,
    SUGGEST,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractContextManager

    from sweepcli.records import (
        JSON,
        Agent,
        Ending,
        Progress,
        Row,
        Run,
        RunState,
        Suggestion,
        Sweep,
        SweepState,
    )
    from sweepcli.stores.database import Database


class Store(Reader):
    """Sweeps, runs, attempts, history and agents, kept in a database."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._claim = CLAIM.format(skip_locked=database.skip_locked)

    # Sweeps

    def add_sweep(self, sweep: Sweep) -> None:
        """Keep a new sweep."""
        with self._db.transaction():
            self._db.change(
                """INSERT INTO sweeps (id, entity, project, state, config, created_at, name)
                VALUES (?, ?, ?, ?, ?, ?, ?)""",
                (
                    *(sweep.id, sweep.entity, sweep.project, sweep.state),
                    *(json.dumps(sweep.raw), sweep.created_at, sweep.name),
                ),
            )

    def set_state(
        self, sweep_id: str, state: SweepState, *, allowed: Iterable[SweepState]
    ) -> SweepState:
        """Put the sweep into `state` and return the one it was in.

        Raises WrongState where the sweep is in none of the `allowed` ones, unless it is in
        `state` already.
        """
        with self._db.transaction(alone=sweep_id):
            before = self.sweep(sweep_id).state
            if before != state:
                if before not in allowed:
                    raise WrongState(f"Sweep already {before}.")
                self._db.change("UPDATE sweeps SET state = ? WHERE id = ?", (state, sweep_id))
        return before

    def replace_config(self, sweep_id: str, raw: dict[str, JSON], name: str | None) -> None:
        """Give a sweep another config; raise WrongState once a run of it has started."""
        with self._db.transaction(alone=sweep_id):
            self.sweep(sweep_id)
            # First this: a run that is being claimed is waited for, and then stays.
            self._db.change("DELETE FROM runs WHERE sweep_id = ? AND attempt = 0", (sweep_id,))
            if self._db.rows("SELECT 1 FROM runs WHERE sweep_id = ? LIMIT 1", (sweep_id,)):
                raise WrongState(
                    f"sweep {sweep_id} has runs already, its config is fixed; "
                    "create a new sweep instead"
                )
            self._db.change(
                "UPDATE sweeps SET config = ?, name = ? WHERE id = ?",
                (json.dumps(raw), name, sweep_id),
            )

    def finish_if_done(self, sweep_id: str) -> bool:
        """Mark a used-up sweep finished once no run of it is open; return whether it is."""
        with self._db.transaction(alone=sweep_id):
            if self._db.rows(OPEN_RUN, (sweep_id,)):
                return False
            self._db.change(
                """UPDATE sweeps SET state = 'finished'
                WHERE id = ? AND state IN ('pending', 'running')""",
                (sweep_id,),
            )
        return True

    # Suggesting

    def turn(self, sweep_id: str) -> AbstractContextManager[None]:
        """Let one agent at a time search for a sweep, if the others are not slow."""
        return self._db.turn(sweep_id)

    def suggest(
        self,
        sweep_id: str,
        suggestions: Sequence[tuple[str, Suggestion]],
        *,
        run_cap: int | None,
        now: float,
    ) -> int:
        """Add suggestions, each with the id its run will have; return how many were new.

        One whose key is taken is left out, and so is every one beyond the cap.
        """
        cap = run_cap if run_cap is not None else 2**62
        with self._db.transaction(alone=sweep_id):
            return self._db.change_many(
                SUGGEST,
                [
                    (
                        *(run_id, sweep_id, s.key, json.dumps(s.params)),
                        *(s.info and json.dumps(s.info), now, sweep_id, cap),
                    )
                    for run_id, s in suggestions
                ],
            )

    # Running

    def add_agent(self, agent: Agent) -> None:
        """Make an agent known, if it is not yet; it must be before it claims."""
        with self._db.steps():
            self._db.change(
                """INSERT INTO agents
                (id, host, pid, started_at, heartbeat_at, ended_at, pid_started, place)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
                agent,
            )

    def heartbeat(self, agent_id: str, now: float) -> None:
        """Say that the agent is alive."""
        with self._db.steps():
            self._db.change("UPDATE agents SET heartbeat_at = ? WHERE id = ?", (now, agent_id))

    def end_agent(self, agent_id: str, now: float) -> None:
        """Say that the agent has ended in good order."""
        with self._db.steps():
            self._db.change("UPDATE agents SET ended_at = ? WHERE id = ?", (now, agent_id))

    def claim_run(self, sweep_id: str, agent_id: str, now: float) -> Run | None:
        """Take the next run of a sweep that hands out runs; None if there is none."""
        with self._db.steps():
            found = self._db.rows(self._claim, (agent_id, now, *[sweep_id] * 4))
            # Who dies before this leaves run 1 to another agent, which comes past here too.
            if any(number == 1 for _, _, number, *_ in found):
                self._db.change(
                    "UPDATE sweeps SET state = 'running' WHERE id = ? AND state = 'pending'",
                    (sweep_id,),
                )
        return run_of(found[0]) if found else None  # after the lock is released: others wait

    def save_progress(self, run: Run, rows: Sequence[Row], progress: Progress) -> bool:
        """Keep what an attempt has logged.

        Its history is kept in any case; False if the run has been given to another attempt.
        """
        with self._db.transaction():
            self._add_rows(run, rows)
            return bool(self._db.change(PROGRESS, (*_shown(progress), run.id, run.attempt)))

    def end_attempt(
        self, run: Run, ending: Ending, rows: Sequence[Row], progress: Progress, then: RunState
    ) -> bool:
        """End an attempt and put its run into the state `then`.

        Its history is kept in any case; False if the run has been given to another attempt.
        """
        with self._db.transaction():
            self._add_rows(run, rows)
            how = (ending.state, ending.at, ending.exit_code, ending.reason, ending.output)
            is_first = self._db.change(
                END_ATTEMPT, (run.id, run.attempt, run.agent_id, run.started_at, *how)
            )
            ended = self._db.change(
                END_RUN,
                (
                    *(then, ending.at, ending.exit_code, ending.reason),
                    *_shown(progress),
                    *(run.id, run.attempt),
                ),
            )
            # A repeated call, after one whose answer was lost, finds it all done.
            return bool(ended) or (not is_first and self._has_ended(run, ending))

    def retry(self, sweep_id: str, runs: Sequence[Run]) -> list[Run]:
        """Let ended runs of a sweep be taken again, and the sweep hand them out.

        Returns those whose state was still the one given; their attempts so far no longer count
        against the number of retries.
        """
        with self._db.transaction(alone=sweep_id):
            done = [run for run in runs if self._db.change(RETRY, (run.id, run.state))]
            if done:
                self._db.change(
                    """UPDATE sweeps SET state = 'running'
                    WHERE id = ? AND state IN ('finished', 'canceled')""",
                    (sweep_id,),
                )
        return done

    def give_back_failed(self, runs: Sequence[Run]) -> list[Run]:
        """Let another agent try what failed under this one alone; return which those are."""
        given_back = []
        for sweep_id in sorted({run.sweep_id for run in runs}):
            with self._db.transaction(alone=sweep_id):
                given_back += [
                    run
                    for run in runs
                    if run.sweep_id == sweep_id
                    and self._db.change(GIVE_BACK, (run.id, run.attempt))
                ]
        return given_back

    def _add_rows(self, run: Run, rows: Sequence[Row]) -> None:
        if rows:
            self._db.change_many(
                ROWS,
                [
                    (run.id, run.attempt, r.line, r.step, r.timestamp, json.dumps(r.values))
                    for r in rows
                ],
            )

    def _has_ended(self, run: Run, ending: Ending) -> bool:
        return bool(
            self._db.rows(
                "SELECT 1 FROM attempts WHERE run_id = ? AND attempt = ? AND state = ?"
                " AND ended_at = ?",
                (run.id, run.attempt, ending.state, ending.at),
            )
        )


def _shown(progress: Progress) -> tuple[JSON, ...]:
    return (
        json.dumps(progress.summary),
        *(progress.value, progress.value_step, progress.worst, progress.latest),
    )
