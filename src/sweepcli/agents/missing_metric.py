"""Runs that finish without the metric of their sweep: what they printed instead, and when to stop.

A method that learns from values searches blindly without them, and a person would know at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.agents.breaker import MORE
from sweepcli.records import RunState
from sweepcli.sweeps import controller

if TYPE_CHECKING:
    from sweepcli.agents.at_work import Ended
    from sweepcli.records import Ending, Metric, Progress, Run, Sweep
    from sweepcli.stores import Store

MOST_LOOKS = 5  # at the output of an agent's runs, for each sweep


class MissingMetric:
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
        sweep = ended.assignment.sweep
        left = self._looks.get(sweep.id, MOST_LOOKS)
        if not left or not lacks_metric(sweep, ending, progress):
            return None
        found = hint(sweep, ended.run, ended.folder)
        self._looks[sweep.id] = 0 if found else left - 1
        return found


def lacks_metric(sweep: Sweep, ending: Ending, progress: Progress) -> bool:
    """Return whether a run has finished without its metric."""
    metric = sweep.config.metric
    if metric is None or ending.state is not RunState.FINISHED:
        return False
    return not _is_measured(metric, progress)


def hint(sweep: Sweep, run: Run, folder: str) -> str | None:
    """Return how the metric of an attempt that lacks it can be read of what that has printed."""
    from sweepcli.runs.metrics import pattern_hint  # noqa: PLC0415 -- patterns, for such runs alone

    found = pattern_hint.in_output(folder, sweep.config)
    return found and f"run {run.id}: {found.words(sweep.path)}"


def _is_measured(metric: Metric, progress: Progress) -> bool:
    """Return whether a run has logged its metric; NaN may be what it is with these params."""
    return progress.value is not None or metric.name in progress.summary
