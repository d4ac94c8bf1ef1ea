"""What the page shows of sweeps and runs, as plain JSON. Reads the store only."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders, regular_files
from sweepcli.code import version
from sweepcli.search import importance
from sweepcli.sweep_config.distributions import DISTRIBUTIONS, UNORDERED
from sweepcli.sweeps import without_metric
from sweepcli.views import (
    attempt_files,
    code_versions,
    command_line,
    curves,
    failures,
    render,
    status,
)
from sweepcli.views.run_view import RunView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON, Metric, Parameter, Run, Sweep, SweepConfig
    from sweepcli.stores import Store
    from sweepcli.views.status import SweepStatus

MOST_POINTS = 500  # of a curve, more than a screen shows
MOST_CURVES = 20  # that are compared at once
MOST_METRICS = 100  # of one run
MOST_NAMED = 20  # runs of one cause of failures
MOST_VALUES = 200  # that an axis lists; one with more is a line
GROWTH = 1.02  # the importance is taken again when so many times more runs have a value
PIECE = 65_536  # bytes of output at a time
MOST_PATCH = 200_000  # bytes


def sweep_line(found: SweepStatus) -> dict[str, JSON]:
    """Return a sweep for the list of sweeps."""
    return {
        **found.fields(),
        "entity": found.sweep.entity,
        "project": found.sweep.project,
        "metric": _metric(found.config.metric),
        "metrics": [_metric(metric) for metric in found.config.objectives],
        "total": found.total,
    }


def sweep(store: Store, wanted: Sweep, results: str, now: float | None = None) -> dict[str, JSON]:
    """Return all that a sweep's page shows, except its runs."""
    from sweepcli.sweep_config import document  # noqa: PLC0415 -- yaml, for this page alone

    found = status.brief(store, wanted, now)
    pace = status.pace_of(store, found)
    without = without_metric.of(store, wanted, results)
    code = code_versions.of(store, wanted, found.counts, results or None)
    return {
        **sweep_line(found),
        "best_arguments": found.best and command_line.arguments(found.best, wanted, results),
        "parameters": [axis(parameter) for parameter in found.config.parameters],
        "pace": pace and pace.words,
        "failures": [
            each.record(MOST_NAMED) for each in failures.of(store, wanted)[: failures.GROUPS]
        ],
        "without_metric": without and without.record(),
        "code": [*code.lines()] if code else [],
        "agents": [each.record(found.now) for each in status.workers(store, wanted, found.now)],
        "config": document.written(wanted.raw),
        "dir": folders.sweep_folder(results, wanted),
    }


def run(store: Store, found: Run, results: str) -> dict[str, JSON]:
    """Return all that a run's page shows."""
    owner = store.sweep(found.sweep_id)
    view = RunView(store, owner, found, results)
    parts = view.parts()
    return {
        "run": render.run_record(found, time.time()),
        "sweep": sweep_line(status.brief(store, owner)),
        **parts,
        "arguments": command_line.arguments(found, owner, results),
        "curves": dict(sorted(parts["curves"].items())[:MOST_METRICS]),
        "directory": view.started and view.started.directory,
        "environment": view.started.environment if view.started else {},
    }


def compared(
    store: Store, sweep_id: str, ids: Sequence[str], key: str | None, config: SweepConfig
) -> dict[str, JSON]:
    """Return one curve of each of some runs of a sweep, and the names of all that they have."""
    found: dict[str, dict[str, curves.Curve]] = {}
    for run_id in ids[:MOST_CURVES]:
        each = store.run(run_id)
        if each.sweep_id == sweep_id:
            found[run_id] = curves.of_run(store, each)
    names = sorted({name for logged in found.values() for name in logged})
    preferred = config.metric.name if config.metric else ""
    chosen = key or (preferred if preferred in names else next(iter(names), preferred))
    wanted = {run_id: logged[chosen] for run_id, logged in found.items() if chosen in logged}
    return {"key": chosen, "keys": names, "curves": curves.records(wanted, MOST_POINTS)}


def _metric(metric: Metric | None) -> JSON:
    """Return a metric, and in words which number of a run is its value, if not its best."""
    if metric is None:
        return None
    words = render.counted(metric)
    known = {"name": metric.name, "goal": str(metric.goal), "target": metric.target}
    return {**known, "counted": words} if words else known


def output(
    store: Store, found: Run, results: str, number: int, start: int | None
) -> dict[str, JSON]:
    """Return a piece of what an attempt printed: from a byte on, or the end; at most PIECE bytes.

    Where the file is not here, the last lines that the store may have, and why.
    """
    attempts = store.attempts(found.id)
    place = attempt_files.of(results, store.sweep(found.sweep_id), found, attempts, number)
    real = os.path.realpath(place.output)
    # Nothing outside the results directory is read, wherever a link in it leads.
    root = os.path.realpath(results)
    if os.path.commonpath([real, root]) == root and place.has_output:
        return _piece(real, start)
    why = f"The output is not here: the run has no attempt {number}."
    if number in {each.attempt for each in attempts}:
        here = "not here: it is " if place.host else ""
        why = f"The output is {here}{place.output_words}."
    if place.tail:
        why += " The database has its last lines."
    return {"text": place.tail or "", "from": 0, "next": 0, "size": 0, "missing": why}


def patch(found: Run, results: str) -> dict[str, JSON]:
    """Return the beginning of what was changed since the commit of a run's code."""
    try:
        whole = version.patch(results, found.code or "") or b""
    except (OSError, ValueError):
        whole = b""
    text = whole[:MOST_PATCH].decode("utf-8", "replace")
    return {"text": text, "size": len(whole), "is_whole": len(whole) <= MOST_PATCH}


def _piece(path: str, start: int | None) -> dict[str, JSON]:
    with regular_files.opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        begin = max(0, size - PIECE) if start is None else min(max(0, start), size)
        file.seek(begin)
        data = file.read(PIECE)
    text = data.decode("utf-8", "replace")
    return {"text": text, "from": begin, "next": begin + len(data), "size": size, "missing": None}


def axis(parameter: Parameter) -> dict[str, JSON]:
    """Return the axis of a parameter; ends that are not bounded are None."""
    row, settings = DISTRIBUTIONS[parameter.distribution], parameter.settings
    cells = row.cells(settings)
    values = None
    if cells is not None and (cells.size <= MOST_VALUES or parameter.distribution in UNORDERED):
        values = [cells.at(place) for place in range(cells.size)]
    low, high = (None, None) if cells is not None and values else _ends(parameter)
    return {
        "name": parameter.name,
        "distribution": parameter.distribution,
        "kind": _kind(parameter, values),
        "scale": "log" if "log" in parameter.distribution.split("_") else "linear",
        "min": low,
        "max": high,
        "values": values,
    }


def _kind(parameter: Parameter, values: list[JSON] | None) -> str:
    if values is None:
        return "line"
    if len(values) == 1:
        return "constant"
    return "choice" if parameter.distribution in UNORDERED else "steps"


def _ends(parameter: Parameter) -> tuple[float | None, float | None]:
    if "mu" in parameter.settings:  # a normal distribution has none
        return None, None
    row = DISTRIBUTIONS[parameter.distribution]
    low, high = (row.ppf(place, parameter.settings) for place in (0.0, 1.0))
    return low, high


class Known(NamedTuple):
    """What was found, and how many runs had ended then."""

    done: int
    record: dict[str, JSON]


class Importances:
    """The importance that was found last, for each sweep."""

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}
        self._lock = threading.Lock()  # held while one is computed: others would do the same

    def of(self, store: Store, sweep: Sweep) -> dict[str, JSON]:
        """Return the record of a sweep's importance."""
        done = store.number_with_value(sweep.id)
        with self._lock:
            known = self._known.get(sweep.id)
            if known is None or not known.done <= done < max(known.done * GROWTH, known.done + 1):
                runs = store.sample_of_values(sweep.id, importance.MOST_RUNS)
                known = Known(done, importance.record(importance.of(sweep.config, runs)))
                self._known[sweep.id] = known
        return known.record
