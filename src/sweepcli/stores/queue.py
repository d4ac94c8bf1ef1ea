"""The queue of a sweep's runs: suggested by searches, claimed and ended by agents, tried again.

One method is one transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.records import NOT_SEEN, CodeSeen
from sweepcli.stores.database import Part, nothing
from sweepcli.stores.sql import (
    ADD_ROW,
    CLAIM,
    END_ATTEMPT,
    END_RUN,
    GIVE_BACK,
    PROGRESS,
    RETRY,
    SEEN,
    SUGGEST,
    count_of,
    encoded,
    run_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sweepcli.records import Ending, Progress, Row, Run, RunState, Suggestion

    Also = Callable[[Sequence[Run]], None]

CODE_OF_RUN = f"UPDATE runs SET {SEEN} WHERE id = ? AND attempt = ?"  # noqa: S608 -- constants
CODE_OF_ATTEMPT = f"UPDATE attempts SET {SEEN} WHERE run_id = ? AND attempt = ?"  # noqa: S608


class Queue(Part):
    """Hands out runs, and records how they end."""

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
        with self.database.transaction(alone=sweep_id):
            return self.database.change_many(
                SUGGEST,
                [
                    (run_id, sweep_id, *encoded(suggestion), now, sweep_id, cap)
                    for run_id, suggestion in suggestions
                ],
            )

    def number_of_runs(self, sweep_id: str) -> int:
        """Return how many runs were ever suggested; this reads one entry of an index."""
        return self.number("SELECT MAX(number) FROM runs WHERE sweep_id = ?", (sweep_id,)) or 0

    def has_waiting(self, sweep_id: str) -> bool:
        """Return whether a run waits for an agent."""
        waiting = "SELECT 1 FROM runs WHERE sweep_id = ? AND state = 'pending' LIMIT 1"
        return bool(self.database.rows(waiting, (sweep_id,)))

    def claim_run(
        self, sweep_id: str, agent_id: str, now: float, seen: CodeSeen = NOT_SEEN
    ) -> Run | None:
        """Claim the next run of a sweep whose runs can be claimed; None if there is none.

        `seen` is the code and the environment that it will have, as far as they are known. CLAIM
        is one UPDATE: two agents never get the same run.
        """
        claim = CLAIM.format(skip_locked=self.database.skip_locked)
        with self.database.steps():
            found = self.database.rows(claim, (agent_id, now, *seen, *[sweep_id] * 4))
            # If the agent dies before this, another one claims run 1, and does it.
            if any(number == 1 for _, _, number, *_ in found):
                self.database.change(
                    "UPDATE sweeps SET state = 'running' WHERE id = ? AND state = 'pending'",
                    (sweep_id,),
                )
        # After the lock is released: others wait.
        return next(iter(self.records(run_of, found)), None)

    def holds(self, run: Run) -> bool:
        """Return whether this attempt is still the one that has the run."""
        held = "SELECT 1 FROM runs WHERE id = ? AND attempt = ? AND state = 'running'"
        return bool(self.database.rows(held, (run.id, run.attempt)))

    def save_progress(self, run: Run, rows: Sequence[Row], progress: Progress) -> bool:
        """Save what an attempt has logged.

        Its history is saved in any case; False if the run has been given to another attempt.
        """
        with self.database.transaction():
            self._add_rows(run, rows)
            shown = (*encoded(progress), run.id, run.attempt)
            return bool(self.database.change(PROGRESS, shown))

    def end_attempt(
        self, run: Run, ending: Ending, rows: Sequence[Row], progress: Progress, then: RunState
    ) -> bool:
        """End an attempt and put its run into the state `then`, with the code that `run` has.

        Its history is saved in any case; False if the run has been given to another attempt.
        """
        how = (ending.at, ending.exit_code, ending.reason)
        with self.database.transaction():
            self._add_rows(run, rows)
            attempt = (run.id, run.attempt, run.agent_id, run.started_at)
            is_first = self.database.change(
                END_ATTEMPT, (*attempt, ending.state, *how, ending.output, *run.seen)
            )
            ended = self.database.change(
                END_RUN, (then, *how, *encoded(progress), *run.seen, run.id, run.attempt)
            )
            # A call that is repeated, since its answer was lost, finds everything done.
            return bool(ended) or (not is_first and self._has_ended(run, ending))

    def save_code(self, run: Run) -> None:
        """Save the code that an attempt had, and its environment, learnt after its start."""
        attempt = (*run.seen, run.id, run.attempt)
        with self.database.transaction():
            self.database.change(CODE_OF_RUN, attempt)
            self.database.change(CODE_OF_ATTEMPT, attempt)

    def last_of_other_code(self, sweep_id: str, code: str) -> tuple[int, str] | None:
        """Return number and code of the last run of a sweep that had another code, if any had."""
        found = self.database.rows(
            """SELECT number, code FROM runs WHERE sweep_id = ? AND code <> ?
            ORDER BY number DESC LIMIT 1""",
            (sweep_id, code),
        )
        return next(((int(number), str(other)) for number, other in found), None)

    def endings(self, run: Run) -> dict[RunState, int]:
        """Return how often attempts before the run's own ended in which state.

        Those before a person last had it retried do not count.
        """
        found = self.database.rows(
            """SELECT attempts.state, COUNT(*) FROM attempts JOIN runs ON runs.id = run_id
            WHERE run_id = ? AND attempts.attempt > retry_from AND attempts.attempt < ?
            GROUP BY attempts.state""",
            (run.id, run.attempt),
        )
        return dict(self.records(count_of, found))

    def retry(self, sweep_id: str, runs: Sequence[Run], *, also: Also = nothing) -> list[Run]:
        """Let ended runs of a sweep be claimed again, and start the sweep again.

        Returns those whose state was still the one given; their attempts so far no longer count
        against the number of retries. `also` is called with them before this takes effect.
        """
        with self.database.transaction(alone=sweep_id):
            done = [run for run in runs if self.database.change(RETRY, (run.id, run.state))]
            if done:
                self.database.change(
                    """UPDATE sweeps SET state = 'running'
                    WHERE id = ? AND state IN ('finished', 'canceled')""",
                    (sweep_id,),
                )
            also(done)
        return done

    def give_back_failed(self, runs: Sequence[Run], *, also: Also = nothing) -> list[Run]:
        """Let another agent try the runs that failed under this one alone; return those.

        `also` is called with them, sweep by sweep, before this takes effect.
        """
        given_back = []
        for sweep_id in sorted({run.sweep_id for run in runs}):
            with self.database.transaction(alone=sweep_id):
                done = [
                    run
                    for run in runs
                    if run.sweep_id == sweep_id
                    and self.database.change(GIVE_BACK, (run.id, run.attempt))
                ]
                also(done)
            given_back += done
        return given_back

    def _add_rows(self, run: Run, rows: Sequence[Row]) -> None:
        if rows:
            self.database.change_many(
                ADD_ROW, [(run.id, run.attempt, *encoded(row)) for row in rows]
            )

    def _has_ended(self, run: Run, ending: Ending) -> bool:
        known = """SELECT 1 FROM attempts
            WHERE run_id = ? AND attempt = ? AND state = ? AND ended_at = ?"""
        return bool(self.database.rows(known, (run.id, run.attempt, ending.state, ending.at)))
