"""Early termination of one sweep in one agent: reads what its runs log, and applies the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli import stopping
from sweepcli.records import RunState
from sweepcli.stopping.curve import Curve
from sweepcli.values import leaf

if TYPE_CHECKING:
    from collections.abc import Collection

    from sweepcli.records import Metric
    from sweepcli.stopping import Stop
    from sweepcli.stores import Store


class ReadUpTo(NamedTuple):
    """How far the history of a run has been read."""

    attempt: int
    line: int
    is_over: bool  # the attempt logs no more


START = ReadUpTo(attempt=1, line=-1, is_over=False)
AT_ONCE = 20  # runs whose history one statement reads; all of it is in memory


class EarlyStop:
    """The rule of a sweep, and the curves of its runs, as far as they have been read."""

    def __init__(
        self, store: Store, sweep_id: str, metric: Metric, settings: stopping.Settings
    ) -> None:
        self._store = store
        self._sweep_id = sweep_id
        self._metric = metric
        self._settings = settings
        self._curves: dict[str, Curve] = {}
        self._places: dict[str, ReadUpTo] = {}

    def poor(self, running: Collection[str]) -> list[Stop]:
        """Read what is new, and return the running runs that should end."""
        started = self._store.started(self._sweep_id)
        behind = [
            (run_id, ReadUpTo(attempt, -1, state is not RunState.RUNNING))
            for run_id, attempt, state in started
        ]
        behind = [(run_id, now) for run_id, now in behind if not self._is_read(run_id, now)]
        for start in range(0, len(behind), AT_ONCE):
            self._read(dict(behind[start : start + AT_ONCE]))
        finished = [run_id for run_id, _, state in started if state is RunState.FINISHED]
        return stopping.decide(self._settings, self._curves, running, finished)

    def _is_read(self, run_id: str, now: ReadUpTo) -> bool:
        place = self._places.get(run_id, START)
        return place.is_over and place.attempt == now.attempt

    def _read(self, behind: dict[str, ReadUpTo]) -> None:
        """Read what some runs have logged since; if this fails, nothing has changed."""
        wanted = [
            (run_id, attempt, place.line if attempt == place.attempt else -1)
            for run_id, now in behind.items()
            for place in [self._places.get(run_id, START)]
            for attempt in range(place.attempt, now.attempt + 1)
        ]
        rows = self._store.logged_after(wanted)
        for run_id, attempt, line in wanted:
            self._curves.setdefault(run_id, Curve(self._metric.goal))
            if attempt == behind[run_id].attempt:
                self._places[run_id] = behind[run_id]._replace(line=line)
        for run_id, attempt, row in rows:
            self._curves[run_id].add(attempt, row.step, leaf(row.values, self._metric.name))
            if attempt == behind[run_id].attempt:
                self._places[run_id] = self._places[run_id]._replace(line=row.line)
