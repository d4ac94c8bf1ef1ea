"""One run with all its attempts: what people need to find out why it failed."""

from __future__ import annotations

import os
import shlex
import time
from typing import TYPE_CHECKING

from sweepcli import folders, printed
from sweepcli.values import finite
from sweepcli.views import attempt_files, code_of_run, curves, glyphs, grid, render, shown, terminal

if TYPE_CHECKING:
    from sweepcli.records import JSON, Attempt, Run, Sweep
    from sweepcli.stores import Store
    from sweepcli.views.curves import Curve

WHEN = "%Y-%m-%d %H:%M:%S"
POINTS = 500  # of each curve in JSON
PICTURE = 30  # characters, at most


class RunView:
    """What people see of a run."""

    def __init__(self, store: Store, sweep: Sweep, run: Run, results: str) -> None:
        self._sweep = sweep
        self._run = run
        self._metric = sweep.config.metric
        self._attempts = store.attempts(run.id)
        self._rows = [store.number_of_rows(run.id, each.attempt) for each in self._attempts]
        self._folder = folders.run_folder(results, sweep, run.id)
        files = attempt_files.of(results, sweep, run, self._attempts, run.attempt)
        self._folder_host, self._results = files.host, results
        self._curves = curves.of_run(store, run)
        self._code = code_of_run.of(results, run.seen)
        self.started = attempt_files.started(files.folder)

    def record(self) -> dict[str, JSON]:
        """Return the run for `--json`."""
        record = render.run_record(self._run, time.time())
        return {**record, "sweep": self._sweep.path, **self.parts()}

    def parts(self) -> dict[str, JSON]:
        """Return what belongs to the run, for the page and `--json`."""
        attempts = zip(self._attempts, self._rows, strict=True)
        return {
            "folder": self._folder,
            "folder_host": self._folder_host,
            "command": self.started and self.started.command,
            **self._code.record(),
            "attempts": [_attempt_record(attempt, rows) for attempt, rows in attempts],
            "curves": curves.records(self._curves, POINTS),
        }

    def lines(
        self, width: int, *, plain: bool = False, longest: int | None = terminal.LONGEST
    ) -> list[str]:
        """Return the run for people; nothing is cut where no value has a `longest`."""
        run = self._run
        reason = f" ({run.reason})" if run.reason else ""
        rows = [
            ("run", f"{run.id}, number {run.number} of {self._sweep.path}"),
            ("name", run.name or ""),
            *render.said(run),
            ("state", f"{run.state}{reason}"),
            ("exit", render.exit_words(run.exit_code)),
            ("params", shown.params(run.params, longest)),
            ("expected", render.expected_line(run)),
            ("value", render.values_line(run, self._metric)),
            ("summary", shown.params(run.summary, longest)),
            ("command", self._command(longest)),
            ("folder", self._folder_words()),
            *self._code.pairs(),
        ]
        room = width - 2 if longest else None
        given = [(name, text) for name, text in rows if text]
        lines = grid.pairs(given, width, whole=("command", "folder"))
        if self._curves:
            picture = min(PICTURE, width // 3)
            curves = self._curve_lines(picture, room, plain=plain)
            lines += ["curves", *(f"  {line}" for line in curves)]
        lines += ["attempts", *(f"  {line}" for line in self._attempt_lines(room))]
        tail = self._attempts[-1].output if self._attempts else None
        if tail:
            lines += [
                "last output",
                *(f"  {line}" for line in map(printed.harmless, tail.splitlines())),
            ]
        return lines

    def _folder_words(self) -> str:
        if self._folder_host is None:
            return self._folder
        inside = os.path.relpath(self._folder, self._results)
        return attempt_files.ON_HOST.format(host=self._folder_host, file=inside)

    def _command(self, longest: int | None) -> str:
        if self.started is None:
            return ""
        return shown.command(shlex.split(self.started.command), self._run.params, longest)

    def _curve_lines(self, picture: int, width: int | None, *, plain: bool) -> list[str]:
        headings = ("", "", "min", "max", "last", "steps")
        rows = [
            [name, glyphs.sparkline(curve.values, picture, plain=plain), *_ends(curve)]
            for name, curve in self._curves.items()
        ]
        return grid.table(headings, rows, width).lines

    def _attempt_lines(self, width: int | None) -> list[str]:
        if not self._attempts:
            return ["none yet"]
        differs = len({each.code for each in self._attempts}) > 1
        code = ["code"] if differs else []
        headings = ("", "state", "started", "duration", "rows", "host", *code, "reason")
        now = time.time()
        table = [
            [
                str(each.attempt),
                str(each.state),
                time.strftime(WHEN, time.localtime(each.started_at)),
                render.duration((each.ended_at or now) - each.started_at),
                rows,
                each.host,
                *([each.code] if differs else []),
                each.reason,
            ]
            for each, rows in zip(self._attempts, self._rows, strict=True)
        ]
        return grid.table(headings, table, width).lines


def _ends(curve: Curve) -> list[JSON]:
    known = [value for value in curve.values if finite(value) is not None]
    least, most = (min(known), max(known)) if known else (None, None)
    return [least, most, curve.values[-1], f"{curve.steps[0]} to {curve.steps[-1]}"]


def _attempt_record(attempt: Attempt, rows: int) -> dict[str, JSON]:
    record: dict[str, JSON] = dict(attempt._asdict())
    del record["run_id"]
    return {**record, "state": str(attempt.state), "rows": rows}
