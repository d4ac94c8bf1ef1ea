"""Runs, and the steps that they logged, as flat rows: what `read()` returns and exports hold.

Params and summaries are under `params.NAME` and `summary.NAME`, nested names with dots.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.records import Run, RunState
from sweepcli.sweep_config.distributions import DISTRIBUTIONS
from sweepcli.values import leaves
from sweepcli.views import render
from sweepcli.views.columns import BARE, SAID
from sweepcli.views.exports import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sweepcli.records import JSON, Sweep, SweepConfig
    from sweepcli.records import Row as HistoryRow
    from sweepcli.stores import Store

    Row = dict[str, JSON]

FIRST = ("number", "state", "attempt", "value", "step", "best", "latest")
LEFT_OUT = {
    *("id", "params", "summary", "search_info", "created_at", "duration_s", *BARE),
    *FIRST,
}
GROUPS = {"params": 1, "summary": 2}  # the order of columns
# Of the columns that every export has, and that are no text; for those without any value.
KINDS = {
    **dict.fromkeys(("number", "attempt", "step", "exit_code", "_step"), kinds.WHOLE),
    **dict.fromkeys(
        ("value", "best", "latest", "started_at", "ended_at", "_timestamp"), kinds.NUMBER
    ),
}
AT_ONCE = 1_000  # runs that are in memory at a time


class Export(NamedTuple):
    """What is written: the rows of a sweep, or of the history of its runs."""

    store: Store
    sweep: Sweep
    history: bool
    spreadsheet: bool = False  # no text is taken for a formula

    def rows(self) -> Iterator[Row]:
        """Return the rows; each call reads them again, as the columns need to be known first."""
        return of_sweep(self.store, self.sweep, history=self.history)

    def columns(self) -> dict[str, str]:
        """Return the names in the rows with their kinds: those of every run, params, the rest.

        Without any row, those that it would surely have.
        """
        found: dict[str, set[str]] = {}
        for row in self.rows():
            for name, value in row.items():
                seen = found.setdefault(name, set())
                if value is not None:
                    seen.add(kinds.of(value))
        found = found or self._empty()
        names = sorted(found, key=lambda name: GROUPS.get(name.partition(".")[0], 0))
        return {
            name: kinds.together(found[name]) if found[name] else KINDS.get(name, kinds.TEXT)
            for name in names
        }

    def _empty(self) -> dict[str, set[str]]:
        if self.history:
            return {name: set() for name in ("run", "_step", "_timestamp")}
        unborn = Run("", self.sweep.id, 0, "", RunState.PENDING, {})
        found: dict[str, set[str]] = {name: set() for name in of_run(unborn)}
        for name, value in possible_params(self.sweep.config):
            seen = found.setdefault(f"params.{name}", set())
            if value is not None:
                seen.add(kinds.of(value))
        return found


def possible_params(config: SweepConfig) -> Iterator[tuple[str, JSON]]:
    """Yield the names that params of runs will have, each with some values that it may have."""
    for parameter in config.parameters:
        settings, ppf = parameter.settings, DISTRIBUTIONS[parameter.distribution].ppf
        values = settings.get("values") or [ppf(share, settings) for share in (0.0, 0.5, 1.0)]
        for value in values:
            yield from leaves({parameter.name: value})


def storable(text: str) -> str:
    """Return text that a file can hold: a run may log half a surrogate pair, as JSON allows."""
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()


def of_sweep(store: Store, sweep: Sweep, *, history: bool) -> Iterator[Row]:
    """Yield the rows of a sweep: one for each run, or one for each step of its last attempt.

    Of 100,000 runs only a few are in memory at a time, and the history of one.
    """
    for run in runs(store, sweep):
        if history:
            yield from of_history(store, run)
        else:
            yield of_run(run)


def runs(store: Store, sweep: Sweep) -> Iterator[Run]:
    """Yield all runs in the order of their numbers, including those that no agent has claimed."""
    last = store.number_of_runs(sweep.id)
    for start in range(1, last + 1, AT_ONCE):
        yield from store.numbered(sweep.id, range(start, min(start + AT_ONCE, last + 1)))


def of_run(run: Run) -> Row:
    """Return a run as a row."""
    record = render.run_record(run, 0.0)
    return {
        "run": run.id,
        **{name: record[name] for name in FIRST},
        **{name: value for name, value in record.items() if name not in LEFT_OUT},
        **{name: read(run) or None for name, read in SAID.items()},
        **{f"params.{name}": value for name, value in leaves(run.params)},
        **{f"summary.{name}": value for name, value in leaves(run.summary)},
    }


def of_history(store: Store, run: Run) -> Iterator[Row]:
    """Yield a row for each step that the last attempt at a run logged.

    What a script has logged as `run` cannot be in the column of the runs' ids.
    """
    for row in by_step(store.history(run.id, run.attempt)):
        logged = dict(leaves(row))
        if "run" in logged:
            logged["logged.run"] = logged.pop("run")
        yield {"run": run.id, **logged}


def by_step(logged: Sequence[HistoryRow]) -> Iterator[Row]:
    """Yield one row for each step that was logged in lines, the later value of a name winning."""
    joined: Row = {}
    for row in logged:
        if joined and joined["_step"] != row.step:
            yield joined
            joined = {}
        joined |= {"_step": row.step, "_timestamp": row.timestamp, **row.values}
    if joined:
        yield joined
