"""A sweep at work: where it stands, and the runs that agents have now, as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.views import curves, glyphs, grid, render, standing, sweep_view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON, Metric, Run, Sweep
    from sweepcli.stores import Store
    from sweepcli.views.curves import Curve
    from sweepcli.views.standing import Standing

ROWS = 200  # of a run's history that are read for its picture
PICTURE = 20  # characters, at most
HEADINGS = ("run", "step", "now", "best", "curve", "for", "params")


class AtWork(NamedTuple):
    """A run that an agent has now, with the curve of the metric."""

    run: Run
    curve: Curve | None

    def record(self, now: float) -> dict[str, JSON]:
        """Return it for `--json`."""
        return {
            **render.run_record(self.run, now),
            "latest": self.run.latest,
            "latest_step": self.curve and self.curve.steps[-1],
        }


class Top(NamedTuple):
    """A sweep and its runs at work."""

    standing: Standing
    running: list[AtWork]
    left_out: int  # more runs at work than were asked for

    def record(self, results: str) -> dict[str, JSON]:
        """Return it for `--json`."""
        now = self.standing.now
        running = [each.record(now) for each in self.running]
        return {**self.standing.record(results), "running": running}

    def lines(self, results: str | None, width: int, *, plain: bool = False) -> list[str]:
        """Return it for people."""
        told = sweep_view.lines(self.standing, results, width, plain=plain)
        if not self.running:
            return [*told, "", f"no running runs; the sweep is {self.standing.sweep.state}"]
        rows = [self._row(each, width, plain=plain) for each in self.running]
        table = grid.table(HEADINGS, rows, width).lines
        more = [f"and {self.left_out} more"] if self.left_out else []
        return [*told, "", *table, *more]

    def _row(self, each: AtWork, width: int, *, plain: bool) -> list[JSON]:
        run, curve = each
        room = min(PICTURE, width // 6)
        return [
            run.id,
            curve and curve.steps[-1],
            run.latest,
            run.value,
            glyphs.sparkline(curve.values, room, plain=plain) if curve else "",
            render.duration(run.seconds(self.standing.now)),
            render.params_line(run.params),
        ]


def of(store: Store, sweep: Sweep, most: int, now: float | None = None) -> Top:
    """Return a sweep with at most so many of its runs at work."""
    found = standing.of(store, sweep, now)
    running = [run for run, _ in store.running(sweep.id)]
    metric = found.config.metric
    at_work = [AtWork(run, _curve(store, run, metric)) for run in running[:most]]
    return Top(found, at_work, len(running) - len(at_work))


def _curve(store: Store, run: Run, metric: Metric | None) -> Curve | None:
    return curves.of_run(store, run, ROWS).get(metric.name) if metric else None


def fitting(lines: Sequence[str], height: int) -> list[str]:
    """Return lines for a screen of so many: what does not fit is left out of the middle."""
    if len(lines) <= height:
        return list(lines)
    blank = next((at for at, line in enumerate(lines) if not line), len(lines))
    head = min(blank, max(height // 2, height - (len(lines) - blank)))
    return [*lines[:head], *lines[blank:]][:height]
