"""Reading sweeps and runs from Python: `Api()` as W&B's public API has it, and `read()`."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

from sweepcli import env, folders, stores
from sweepcli.api.run_files import WithFiles
from sweepcli.errors import UsageError
from sweepcli.records import Goal
from sweepcli.runs.metrics.events import EventFile
from sweepcli.stores.location import here
from sweepcli.sweeps import controller
from sweepcli.sweeps import path as sweep_path
from sweepcli.values import finite
from sweepcli.views.exports import rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from sweepcli.records import JSON
    from sweepcli.records import Run as RunRecord
    from sweepcli.records import Sweep as SweepRecord
    from sweepcli.stores.location import Location


class Api:
    """The sweeps and runs in a results directory; a key, a host and a timeout are not needed."""

    def __init__(self, overrides: Mapping[str, str] | None = None, **_: Any) -> None:  # noqa: ANN401 -- W&B's arguments
        chosen = overrides or {}
        self._location = here()
        self._entity = chosen.get("entity")
        self._project = chosen.get("project")

    @property
    def default_entity(self) -> str:
        """The entity of new sweeps."""
        return self._entity or env.entity() or env.default_entity()

    def sweep(self, path: str) -> Sweep:
        """Return a sweep by its id or path; raises UnknownSweep."""
        with closing(stores.open_existing(self._location.database, looks=True)) as store:
            wanted = sweep_path.parse(path)
            found = wanted.find_in(store, entity=self._entity, project=self._project)
            return Sweep(found, self._location)

    def run(self, path: str) -> Run:
        """Return a run by its id or `entity/project/id`; raises UnknownRun."""
        with closing(stores.open_existing(self._location.database, looks=True)) as store:
            found = store.run(path.rpartition("/")[2])
            return Run(found, store.sweep(found.sweep_id), self._location)

    def runs(
        self,
        path: str | None = None,
        filters: Mapping[str, JSON] | None = None,
        order: str = "+created_at",
        **_: Any,  # noqa: ANN401 -- W&B's arguments
    ) -> list[Run]:
        """Return the runs of a project, `entity/project` or only its name.

        `filters` compare for equality: `state`, `sweep`, `name`, `config.NAME`,
        `summary_metrics.NAME`; and `tags`, of which a run has one or exactly those of a list.
        """
        entity, _slash, project = (path or "").rpartition("/")
        with closing(stores.open_existing(self._location.database, looks=True)) as store:
            sweeps = store.sweeps(entity=entity or self._entity, project=project or self._project)
            found = [
                Run(run, sweep, self._location) for sweep in sweeps for run in store.runs(sweep.id)
            ]
        return _ordered([run for run in found if _passes(run, filters or {})], order)


class Sweep:
    """A sweep as it was when it was read; its runs are read when they are asked for."""

    def __init__(self, record: SweepRecord, location: Location) -> None:
        self._record = record
        self._location = location
        self.id = record.id
        self.entity = record.entity
        self.project = record.project
        self.config = record.raw
        self.name = record.name or record.id
        self.notes = record.notes
        self.tags = list(record.tags)
        self.state = str(record.state).upper()  # W&B's spelling
        self.path = [record.entity, record.project, record.id]
        self.url = folders.sweep_folder(location.results, record)

    @property
    def idle(self) -> bool:
        """Whether work is left now, and no agent is alive that works on it."""
        from sweepcli.views import status  # noqa: PLC0415 -- milliseconds, for this alone

        with closing(stores.open_existing(self._location.database, looks=True)) as store:
            return status.brief(store, store.sweep(self.id)).shown_state.is_idle

    @property
    def expected_run_count(self) -> int | None:
        """How many runs there will be at most; None if nothing limits it."""
        return controller.total(self._record.config)

    @property
    def order(self) -> str | None:
        """How runs are compared, in W&B's words."""
        metric = self._record.config.metric
        if metric is None:
            return None
        sign = "+" if metric.goal is Goal.MINIMIZE else "-"  # of the order, not of values
        return f"{sign}summary_metrics.{metric.name}"

    @property
    def runs(self) -> list[Run]:
        """All runs, in the order in which they were suggested."""
        with closing(stores.open_existing(self._location.database, looks=True)) as store:
            return [Run(run, self._record, self._location) for run in store.runs(self.id)]

    def best_run(self, order: str | None = None) -> Run | None:
        """Return the run with the best value of the metric, None if there is none.

        The value is what `metric.value` says, by default the best number that it took, as for the
        search and `sweep best`; W&B compares the last ones.

        With an `order` such as `-summary_metrics.acc` the summaries are compared.
        """
        if order is not None:
            name = order.lstrip("+-").removeprefix("summary_metrics.")
            ranked = [run for run in _ordered(self.runs, order) if name in run.summary]
            return ranked[0] if ranked else None
        with closing(stores.open_existing(self._location.database, looks=True)) as store:
            best = store.best_run(self.id, self._record.config.goal)
        return None if best is None else Run(best, self._record, self._location)

    def __repr__(self) -> str:
        return f"<sweepcli sweep {self._record.path} ({self.state})>"


class Run(WithFiles):
    """A run as it was when it was read; its history is read when it is asked for."""

    def __init__(self, record: RunRecord, sweep: SweepRecord, location: Location) -> None:
        super().__init__(record, sweep, location)
        self.id = record.id
        self.name = record.name or record.id
        self.notes = record.notes
        self.tags = list(record.tags)
        self.number = record.number
        self.state = str(record.state)
        self.params = record.params
        self.summary = dict(record.summary)
        self.value = record.value
        self.value_step = record.value_step
        self.best = record.best
        self.latest = record.latest
        self.exit_code = record.exit_code
        self.created_at = record.created_at
        self.entity, self.project = sweep.entity, sweep.project
        self.path = [sweep.entity, sweep.project, record.id]

    @property
    def summary_metrics(self) -> dict[str, JSON]:
        """The summary: W&B's other name."""
        return self.summary

    @property
    def sweep(self) -> Sweep:
        """The sweep of this run."""
        return Sweep(self._sweep, self._location)

    @property
    def url(self) -> str:
        """The folder: there is no page."""
        return self.dir

    @property
    def config(self) -> dict[str, JSON]:
        """The params, and what the script added to its config."""
        found: dict[str, JSON] = {}
        events = EventFile(os.path.join(self.dir, folders.EVENTS))
        for _line, event in _everything(events):
            if isinstance(event.get("config"), dict) and event.get("_event") == "config":
                found = event["config"]
        return {**found, **self.params}

    def history(
        self,
        samples: int | None = None,
        keys: Sequence[str] | None = None,
        x_axis: str = "_step",
        pandas: bool = True,  # noqa: FBT001, FBT002 -- W&B's signature
    ) -> Any:  # noqa: ANN401 -- a DataFrame, whose package may be missing
        """Return the logged rows, one for each step: a DataFrame where pandas is installed.

        All of them, unless `samples` says how many, evenly spread.
        """
        del x_axis  # `_step` is in each row
        found = [*self.scan_history(keys)]
        if samples and len(found) > samples:
            found = [found[number * len(found) // samples] for number in range(samples)]
        if not pandas:
            return found
        try:
            from pandas import DataFrame  # noqa: PLC0415 -- a package of the user's own
        except ImportError:
            return found
        return DataFrame(found)

    def scan_history(self, keys: Sequence[str] | None = None, **_: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 -- W&B's arguments
        """Return the logged rows, one for each step; only those with all `keys`, if any."""
        with closing(stores.open_existing(self._location.database, looks=True)) as store:
            logged = store.history(self.id, self._record.attempt)
        for row in rows.by_step(logged):
            if keys is None:
                yield row
            elif all(key in row for key in keys):
                yield {key: row[key] for key in keys}

    def __repr__(self) -> str:
        return f"<sweepcli run {'/'.join(self.path)} ({self.state})>"


def read(path: str, *, history: bool = False) -> list[dict[str, JSON]]:
    """Return a sweep's runs as rows for `pandas.DataFrame` and the like, one for each run.

    Params and summaries are under `params.NAME` and `summary.NAME`, nested names with dots.
    With `history` there is one row for each logged step instead: `run`, `_step` and what was
    logged, of each run's last attempt. Raises UnknownSweep.
    """
    with closing(stores.open_existing(here().database, looks=True)) as store:
        sweep = sweep_path.parse(path).find_in(store)
        return [*rows.of_sweep(store, sweep, history=history)]


def _everything(events: EventFile) -> Iterator[tuple[int, dict[str, JSON]]]:
    yield from events.drain(ended=True)
    while events.has_more:
        yield from events.drain(ended=True)


def _passes(run: Run, filters: Mapping[str, JSON]) -> bool:
    return all(
        wanted in (_field(run, name), *(run.tags if name == "tags" else ()))
        for name, wanted in filters.items()
    )


def _field(run: Run, name: str) -> JSON:
    kind, _dot, rest = name.partition(".")
    if kind == "config":  # its event file is read only for what is no param
        return run.params[rest] if rest in run.params else run.config.get(rest)
    if kind == "summary_metrics":
        return run.summary.get(rest)
    if name in ("state", "id", "name", "display_name", "notes", "tags", "created_at"):
        return getattr(run, name.removeprefix("display_"))
    if name == "sweep":
        return run.sweep.id
    raise UsageError(f"runs cannot be filtered or ordered by {name!r}")


def _ordered(runs: list[Run], order: str) -> list[Run]:
    """Return the runs in W&B's order: `+` ascending, `-` descending; without a number last."""
    name, sign = order.lstrip("+-"), -1.0 if order.startswith("-") else 1.0

    def key(run: Run) -> tuple[bool, float]:
        value = finite(_field(run, name))
        return value is None, 0.0 if value is None else sign * value

    return sorted(runs, key=key)
