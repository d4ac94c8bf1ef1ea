"""How many runs of a sweep finished without its metric, and how it could be read all the same.

The one place that says so: for the agent's last lines, `sweep show`, `sweep best` and the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON, Sweep
    from sweepcli.runs.metrics.pattern_hint import PatternHint
    from sweepcli.stores import Store

MOST = 2000  # runs that are looked at, the last ones
MOST_LOOKS = 3  # at what these have printed


class WithoutMetric(NamedTuple):
    """Runs that finished and logged no number as the metric."""

    path: str  # of the sweep
    metric: str
    runs: int
    found: PatternHint | None  # what one of them printed

    @property
    def line(self) -> str:
        """How many there are."""
        many = "1 run" if self.runs == 1 else f"{self.runs:,} runs"
        return f"{many} finished without {self.metric!r}"

    @property
    def hint(self) -> str:
        """What to do."""
        if self.found is not None:
            return self.found.words(self.path)
        return "let the program log it, or say with `metrics_from` where it prints or writes it"

    def record(self) -> dict[str, JSON]:
        """Return it for `--json` and the page."""
        nothing: dict[str, JSON] = {"printed": [], "metrics_from": None, "value": None}
        found = self.found.record() if self.found else nothing
        return {"metric": self.metric, "runs": self.runs, "hint": self.hint, **found}


def of(store: Store, sweep: Sweep, results: str | None) -> WithoutMetric | None:
    """Return what is known of a sweep's runs that finished without its metric, None without any.

    Of several metrics the first that any run lacks is named, until none lacks any.
    What they printed is looked at where it is in the results directory here.
    """
    for metric in sweep.config.objectives:
        if runs := store.finished_without(sweep.id, metric.name, MOST):
            found = results and _printed(results, sweep, metric.name, runs[:MOST_LOOKS])
            return WithoutMetric(sweep.path, metric.name, len(runs), found or None)
    return None


def _printed(
    results: str, sweep: Sweep, name: str, runs: Sequence[tuple[str, int]]
) -> PatternHint | None:
    from sweepcli.runs.metrics import pattern_hint  # noqa: PLC0415 -- agents, who seldom need it, load us

    places = (folders.attempt_folder(results, sweep, *run) for run in runs)
    looks = (pattern_hint.in_output(folder, name, sweep.config.metrics_from) for folder in places)
    return next((found for found in looks if found), None)
