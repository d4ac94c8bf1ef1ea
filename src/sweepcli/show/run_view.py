"""One run, with all its attempts: what a person needs who asks why it failed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sweepcli import folders
from sweepcli.show import render
from sweepcli.sweep_config import parse

if TYPE_CHECKING:
    from sweepcli.records import JSON, Attempt, Run, Sweep
    from sweepcli.stores import Store

WHEN = "%Y-%m-%d %H:%M:%S"


class RunView:
    """What is told about a run."""

    def __init__(self, store: Store, sweep: Sweep, run: Run, results: str) -> None:
        self._sweep = sweep
        self._run = run
        self._metric = parse.parse(sweep.config).metric
        self._attempts = store.attempts(run.id)
        self._rows = [store.number_of_rows(run.id, each.attempt) for each in self._attempts]
        self._folder = folders.run_folder(results, sweep, run.id)

    def record(self) -> dict[str, JSON]:
        """Return the run for `--json`."""
        attempts = zip(self._attempts, self._rows, strict=True)
        return {
            **render.run_record(self._run, time.time()),
            "sweep": self._sweep.path,
            "folder": self._folder,
            "attempts": [_record(attempt, rows) for attempt, rows in attempts],
        }

    def lines(self) -> list[str]:
        """Return the run for people."""
        run = self._run
        reason = f" ({run.reason})" if run.reason else ""
        summary = render.params_line(run.summary)
        rows = [
            ("run", f"{run.id}, number {run.number} of {self._sweep.path}"),
            ("state", f"{run.state}{reason}"),
            ("params", render.params_line(run.params)),
            ("expected", render.expected_line(run)),
            ("value", render.value_line(run, self._metric)),
            ("summary", summary),
            ("folder", self._folder),
        ]
        lines = render.pairs((name, text) for name, text in rows if text)
        lines += ["attempts", *self._attempt_lines()]
        tail = self._attempts[-1].output if self._attempts else None
        if tail:
            lines += ["last output", *(f"  {line}" for line in tail.splitlines())]
        return lines

    def _attempt_lines(self) -> list[str]:
        if not self._attempts:
            return ["  none yet"]
        headings = ("", "state", "started", "took", "rows", "host", "reason")
        now = time.time()
        table = [
            [
                *(str(each.attempt), str(each.state)),
                time.strftime(WHEN, time.localtime(each.started_at)),
                render.duration((each.ended_at or now) - each.started_at),
                *(rows, each.host, each.reason),
            ]
            for each, rows in zip(self._attempts, self._rows, strict=True)
        ]
        return [f"  {line}" for line in render.table(headings, table)]


def _record(attempt: Attempt, rows: int) -> dict[str, JSON]:
    record: dict[str, JSON] = dict(attempt._asdict())
    del record["run_id"]
    return {**record, "state": str(attempt.state), "rows": rows}
