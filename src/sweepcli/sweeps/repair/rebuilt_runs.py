"""Puts runs into a database as their files say: attempts, history, agents."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sweepcli import folders
from sweepcli.records import Agent, Attempt, Ending, Progress, RunState
from sweepcli.runs import attempt
from sweepcli.runs.metrics.events import EventFile
from sweepcli.runs.metrics.tally import Tally
from sweepcli.stores.copying import AGENTS, ATTEMPTS, HISTORY, RUNS
from sweepcli.stores.sql import SHOWN, encoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.about import About
    from sweepcli.records import Run, Sweep
    from sweepcli.runs.attempt_record import Record
    from sweepcli.stores.database import Database
    from sweepcli.sweeps.repair.on_disk import FoundRun, Tell

UNTOLD = "how it ended was not recorded"


class RebuiltRuns:
    """The runs that files tell of, with the agents that had them."""

    def __init__(self, database: Database, tell: Tell) -> None:
        self._database = database
        self._tell = tell
        self._agents: dict[str, Agent] = {}

    def add(self, sweep: Sweep, found: FoundRun, said: About | None) -> None:
        """Add a run with all its attempts, of which people said this.

        Raises IdTaken, and adds nothing, if another is there.
        """
        records = [record for _, record in found.attempts]
        last = records[-1]
        progress, source = Progress(), sweep.config.metrics_from
        copied_from = source.origins if source else ()
        with self._database.transaction():
            for record in records:
                self._note_agent(record)
            retried = [r.run.attempt for r in records if r.over and r.over.is_retried]
            values = encoded(_as_it_was(last)._replace(about=said))
            self._database.change(RUNS.insertion, (*values, max(retried, default=0)))
            for folder, record in found.attempts:
                tally = Tally(sweep.config.metric, progress, copied_from=copied_from)
                events = EventFile(
                    os.path.join(folder, folders.EVENTS), record.over and record.over.logged
                )
                is_over = record.over is not None
                add_history(self._database, record.run, events, tally, is_over=is_over)
                if events.trouble is not None:
                    self._tell(events.path, f"what it logged is lost: {events.trouble.strerror}")
                progress = tally.progress
            shown = (*encoded(progress), last.run.id)
            self._database.change(f"UPDATE runs SET {SHOWN} WHERE id = ?", shown)  # noqa: S608 -- constants
            self._database.change_many(ATTEMPTS.insertion, self._ended(found))

    def end_agents(self) -> None:
        """Record how long each agent was there; all have ended but those that are no process."""
        ends = [(each.heartbeat_at, each.ended_at, each.id) for each in self._agents.values()]
        with self._database.transaction():
            sql = "UPDATE agents SET heartbeat_at = ?, ended_at = ? WHERE id = ?"
            self._database.change_many(sql, ends)

    def _note_agent(self, record: Record) -> None:
        run, (host, pid) = record.run, record.holder
        agent_id, start = str(run.agent_id), run.started_at or 0.0
        seen = record.over.ending.at if record.over else start
        known = self._agents.get(agent_id)
        if known is None:
            known = Agent(agent_id, host, pid, start, seen, seen)
            self._database.change(f"{AGENTS.insertion} ON CONFLICT (id) DO NOTHING", known)
        last = max(seen, known.heartbeat_at)
        is_at_work = record.over is None and pid == 0  # a person's own launcher reports the end
        self._agents[agent_id] = known._replace(
            started_at=min(start, known.started_at),
            heartbeat_at=last,
            ended_at=None if is_at_work else last,
        )

    def _ended(self, found: FoundRun) -> Iterator[tuple[object, ...]]:
        """Yield the rows of the attempts that have ended."""
        after = [*(record.run.started_at for _, record in found.attempts[1:]), None]
        for (folder, record), next_at in zip(found.attempts, after, strict=True):
            if record.over is not None:
                ending = record.over.ending
            elif next_at is not None:
                ending = Ending(RunState.CRASHED, None, UNTOLD, next_at)
                self._tell(os.path.join(folder, folders.COMMAND), UNTOLD)
            else:
                continue
            tail = None if ending.state is RunState.FINISHED else attempt.tail(folder)
            run = record.run
            ended = Attempt(
                run_id=run.id,
                attempt=run.attempt,
                agent_id=str(run.agent_id),
                state=ending.state,
                started_at=run.started_at or 0.0,
                ended_at=ending.at,
                exit_code=ending.exit_code,
                reason=ending.reason,
                output=tail,
                **run.seen._asdict(),
            )
            yield tuple(getattr(ended, name) for name in ATTEMPTS.columns)


def add_history(
    database: Database, run: Run, events: EventFile, tally: Tally, *, is_over: bool = True
) -> int:
    """Add the rows of the event file of a run's attempt; return how many."""
    count = 0
    while True:
        rows = tally.add(events.drain(ended=is_over))
        of = (run.id, run.attempt)
        count += database.change_many(HISTORY.insertion, [(*of, *encoded(row)) for row in rows])
        if not events.has_more:
            return count


def _as_it_was(last: Record) -> Run:
    """Return the run of its last attempt, without what it has logged."""
    if last.over is None:
        return last.run
    return last.run.after(last.over.ending, Progress(), last.over.then)
