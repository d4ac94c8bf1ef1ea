"""`sweep reread`: the metrics of runs that have ended, read again from their output and files.

First the files of a run, which `sweep repair` rebuilds it from, then the store, and last the
config: killed in between, the same command completes it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders
from sweepcli.records import Progress, RunState
from sweepcli.runs import attempt_record
from sweepcli.runs.metrics import rewriting
from sweepcli.runs.metrics.events import EventFile
from sweepcli.runs.metrics.rewriting import Ended
from sweepcli.runs.metrics.tally import Tally
from sweepcli.stores.sql import SHOWN, encoded
from sweepcli.sweep_config import parse
from sweepcli.sweeps import create
from sweepcli.sweeps.repair.rebuilt_runs import add_history

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sweepcli.records import JSON, Attempt, MetricsFrom, Run, Sweep
    from sweepcli.stores import Store

AT_WORK = "is at work: left as it is"
# Nothing else changes: this holds the row, or finds that another agent has the run now.
HOLD = "UPDATE runs SET reason = reason WHERE id = ? AND attempt = ? AND state = ?"
MISSING = "{folder} is not here: it was removed, or is on another machine"
NO_EVENTS = "{path} is not there any more, and with it what the run logged itself"


class RereadRun(NamedTuple):
    """What became of a run."""

    run_id: str
    rows: int  # that were read again
    value: float | None
    left: list[str]  # why it, or a part of it, is as it was
    warnings: list[str]  # what was found in its output and files, or was not
    is_read: bool

    def record(self) -> dict[str, JSON]:
        """Return it for `--json`."""
        shown = {"id": self.run_id, "is_read": self.is_read, "rows": self.rows, "value": self.value}
        return {**shown, "left": self.left, "warnings": self.warnings}


class _LeftError(Exception):
    """A run stays as it was."""


def reread(store: Store, sweep: Sweep, asked: MetricsFrom, *, results: str) -> Iterator[RereadRun]:
    """Read the runs of a sweep that are not at work, and yield what became of each run."""
    work = _Rereading(store, sweep, asked, results)
    for run in store.runs(sweep.id, taken=True):
        if run.state is RunState.RUNNING:
            yield RereadRun(run.id, 0, run.value, [AT_WORK], [], is_read=False)
            continue
        try:
            yield work.reread(run)
        except (_LeftError, OSError) as error:
            yield RereadRun(run.id, 0, run.value, [str(error)], [], is_read=False)


def keep(store: Store, sweep: Sweep, asked: dict[str, JSON], *, results: str) -> None:
    """Let a sweep have another `metrics_from` from now on, in the store and in its record."""
    updated = sweep._replace(config=parse.parse({**sweep.raw, "metrics_from": asked}))

    def write() -> None:
        if os.path.exists(folders.sweep_record(results, sweep)):
            create.write_record(results, updated)

    store.amend_config(sweep.id, {"metrics_from": asked}, also=write)


class _Rereading:
    def __init__(self, store: Store, sweep: Sweep, asked: MetricsFrom, results: str) -> None:
        self._store = store
        self._sweep = sweep
        self._asked = asked
        self._results = results
        before = sweep.config.metrics_from
        self._origins = {*asked.origins, *(before.origins if before else ())}
        self._spans: list[tuple[str, int, float, float]] | None = None

    def reread(self, run: Run) -> RereadRun:
        """Read a run; raise _LeftError, or OSError, where it stays as it was."""
        attempts = [each for each in map(self._ended, self._store.attempts(run.id)) if each]
        found = [
            rewriting.reread(each, self._sweep.config.metrics_from, self._asked)
            for each in attempts
        ]
        left = [why for each in found for why in each.left]
        if not any(each.is_read for each in found):
            raise _LeftError("; ".join(dict.fromkeys(left)) or "it has no files")
        both = zip(attempts, found, strict=True)
        progress = self._replace(run, [e._replace(limit=None) if f.is_read else e for e, f in both])
        warnings = [text for each in found for text in each.complaints]
        rows = sum(each.rows for each in found)
        return RereadRun(run.id, rows, progress.value, left, warnings, is_read=True)

    def _ended(self, attempt: Attempt) -> Ended | None:
        """Return an attempt with its files, None if it has none and has logged nothing."""
        number = attempt.attempt
        folder = folders.attempt_folder(self._results, self._sweep, attempt.run_id, number)
        events = os.path.join(folder, folders.EVENTS)
        if not os.path.exists(events) and self._store.number_of_rows(attempt.run_id, number):
            is_there = os.path.isdir(folder)
            missing = NO_EVENTS.format(path=events) if is_there else MISSING.format(folder=folder)
            raise _LeftError(missing)
        if not os.path.isdir(folder):
            return None
        ended_at = attempt.ended_at or 0.0
        span = (attempt.run_id, number)
        return Ended(
            run_id=attempt.run_id,
            attempt=number,
            folder=folder,
            limit=_limit(folder, self._sweep.id),
            started_at=attempt.started_at,
            ended_at=ended_at,
            was_alone_at=lambda at: self._was_alone(span, at),
        )

    def _was_alone(self, span: tuple[str, int], at: float) -> bool:
        if self._spans is None:
            self._spans = self._store.spans(self._sweep.id)
        others = (each for each in self._spans if each[:2] != span)
        return not any(start <= at <= end for _, _, start, end in others)

    def _replace(self, run: Run, attempts: Sequence[Ended]) -> Progress:
        """Put what the event files say of a run into the store."""
        database, progress = self._store.database, Progress()
        with database.transaction():
            if not database.change(HOLD, (run.id, run.attempt, run.state)):
                raise _LeftError(AT_WORK)
            database.change("DELETE FROM history WHERE run_id = ?", (run.id,))
            for each in attempts:
                tally = Tally(self._sweep.config.metric, progress, copied_from=self._origins)
                events = EventFile(os.path.join(each.folder, folders.EVENTS), each.limit)
                add_history(database, run._replace(attempt=each.attempt), events, tally)
                if events.trouble is not None:
                    raise events.trouble
                progress = tally.progress
            shown = (*encoded(progress), run.id)
            database.change(f"UPDATE runs SET {SHOWN} WHERE id = ?", shown)  # noqa: S608 -- constants
        return progress


def _limit(folder: str, sweep_id: str) -> int | None:
    """Return how many bytes of an attempt's event file count, None if all do."""
    try:
        over = attempt_record.read(folder, sweep_id).over
    except (OSError, ValueError):
        return None
    return over and over.logged
