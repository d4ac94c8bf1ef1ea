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
    from sweepcli.records import Ending, Progress, Run, Sweep
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
        sweep = ended.assignment.sweep
        if ending.state is not RunState.FINISHED:
            return None
        found = self._in_a_row.setdefault(sweep.id, set())
        lacking = lacking_metric(sweep, ending, progress)
        if lacking is None:
            found.clear()
            return None
        found.add(ended.run.id)
        if len(found) < self._most or not controller.learns(sweep.config):
            return None
        if controller.has_value(self._store, sweep):
            return None
        return (
            f"{len(found)} runs in a row finished without {lacking!r}, from which "
            f"{sweep.config.method} learns, and no other run has it ({MORE})"
        )

    def hint(self, ended: Ended, ending: Ending, progress: Progress) -> str | None:
        """Return how a finished run's metric can be read of what it printed; once for a sweep."""
        sweep = ended.assignment.sweep
        left = self._looks.get(sweep.id, MOST_LOOKS)
        lacking = left and lacking_metric(sweep, ending, progress)
        if not lacking:
            return None
        found = hint(sweep, ended.run, ended.folder, lacking)
        self._looks[sweep.id] = 0 if found else left - 1
        return found


def lacking_metric(sweep: Sweep, ending: Ending, progress: Progress) -> str | None:
    """Return which metric of its sweep, the first, a run has finished without; None without any.

    NaN may be what a metric is with these params.
    """
    if ending.state is not RunState.FINISHED or progress.value is not None:
        return None
    names = (metric.name for metric in sweep.config.objectives)
    return next((name for name in names if name not in progress.summary), None)


def hint(sweep: Sweep, run: Run, folder: str, name: str) -> str | None:
    """Return how a metric that an attempt lacks can be read of what that has printed."""
    from sweepcli.runs.metrics import pattern_hint  # noqa: PLC0415 -- patterns, for such runs alone

    found = pattern_hint.in_output(folder, name, sweep.config.metrics_from)
    return found and f"run {run.id}: {found.words(sweep.path)}"
