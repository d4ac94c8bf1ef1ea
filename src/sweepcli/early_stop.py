"""Early termination of one sweep under one agent: reads what its runs log, and judges by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli import dotted, stopping
from sweepcli.records import RunState
from sweepcli.stopping.curve import Curve

if TYPE_CHECKING:
    from collections.abc import Collection

    from sweepcli.records import JSON, Metric
    from sweepcli.stopping import Stop
    from sweepcli.stores import Store


class Place(NamedTuple):
    """Up to where the history of a run is read."""

    attempt: int
    line: int
    is_over: bool  # the attempt logs no more


START = Place(attempt=1, line=-1, is_over=False)


class EarlyStop:
    """The rule of a sweep, and the curves of all its runs, as far as they are read."""

    def __init__(
        self, store: Store, sweep_id: str, metric: Metric, settings: stopping.Settings
    ) -> None:
        self._store = store
        self._sweep_id = sweep_id
        self._metric = metric
        self._settings = settings
        self._curves: dict[str, Curve] = {}
        self._places: dict[str, Place] = {}

    def poor(self, running: Collection[str]) -> list[Stop]:
        """Read what is new, and return those of the running runs that should end."""
        for run_id, attempt, state in self._store.started(self._sweep_id):
            is_over = state is not RunState.RUNNING
            self._read(run_id, Place(attempt, -1, is_over))
        return stopping.decide(self._settings, self._curves, running)

    def _read(self, run_id: str, now: Place) -> None:
        place = self._places.get(run_id, START)
        if place.is_over and place.attempt == now.attempt:
            return
        curve = self._curves.setdefault(run_id, Curve(self._metric.goal))
        for attempt in range(place.attempt, now.attempt + 1):
            line = place.line if attempt == place.attempt else -1
            for row in self._store.history(run_id, attempt, after=line):
                curve.add(attempt, row.step, metric_of(row.values, self._metric.name))
                line = row.line
        self._places[run_id] = now._replace(line=line)


def metric_of(values: dict[str, JSON], name: str) -> JSON:
    """Return what a logged row has under a name, which may be that of a nested value."""
    if name in values:
        return values[name]
    return next((value for key, value in dotted.leaves(values) if key == name), None)
