"""Runs that finish without the metric of their sweep: what they printed instead, and when to stop.

A method that learns from values searches blindly without them, and a person would know at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.agents.breaker import MORE
from sweepcli.records import RunState
from sweepcli.runs.metrics import unread
from sweepcli.sweeps import controller

if TYPE_CHECKING:
    from sweepcli.agents.at_work import Ended
    from sweepcli.records import Ending, Metric, Progress
    from sweepcli.stores import Store

MOST_LOOKS = 5  # at the output of an agent's runs, for each sweep


class Unmeasured:
    """The runs of an agent that finished in a row without their metric."""

    def __init__(self, store: Store, most: int) -> None:
        """Begin; `most` is how many in a row are too many."""
        self._store = store
        self._most = most
        self._in_a_row: dict[str, set[str]] = {}  # runs, by their sweep
        self._looks: dict[str, int] = {}  # that are left, by sweep

    def trips(self, ended: Ended, ending: Ending, progress: Progress) -> str | None:
        """Count a run that has ended; return why the agent must give up, if it must.

        The same run counts once. Raises StoreUnavailable; it may be called again.
        """
        config, sweep_id = ended.assignment.config, ended.run.sweep_id
        if config.metric is None or ending.state is not RunState.FINISHED:
            return None
        found = self._in_a_row.setdefault(sweep_id, set())
        if _is_measured(config.metric, progress):
            found.clear()
            return None
        found.add(ended.run.id)
        if len(found) < self._most or not controller.learns(config):
            return None
        if self._store.number_with_value(sweep_id):
            return None
        return (
            f"{len(found)} runs in a row finished without {config.metric.name!r}, from which "
            f"{config.method} learns, and no other run has it ({MORE})"
        )

    def hint(self, ended: Ended, ending: Ending, progress: Progress) -> str | None:
        """Return how a finished run's metric can be read of what it printed; once for a sweep."""
        sweep, config = ended.assignment.sweep, ended.assignment.config
        left = self._looks.get(sweep.id, MOST_LOOKS)
        if config.metric is None or ending.state is not RunState.FINISHED or not left:
            return None
        if _is_measured(config.metric, progress):
            return None
        found = unread.in_output(ended.folder, config)
        self._looks[sweep.id] = 0 if found else left - 1
        return found and f"run {ended.run.id}: {found.words(sweep.path)}"


def _is_measured(metric: Metric, progress: Progress) -> bool:
    """Return whether a run has logged its metric; NaN may be what it is with these params."""
    return progress.value is not None or metric.name in progress.summary
