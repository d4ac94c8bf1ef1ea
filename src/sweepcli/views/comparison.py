"""Some runs side by side: what differs, what is the same, and the curves of their metric."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.values import finite, leaves
from sweepcli.views import curves, glyphs, grid, render, terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sweepcli.records import JSON, Metric, Run
    from sweepcli.stores import Store
    from sweepcli.views.curves import Curve

LEAST = 12  # places that a run's column needs
PICTURE = 60  # characters, at most


class Compared(NamedTuple):
    """A run with its curve of the metric."""

    run: Run
    sweep: str  # its path
    curve: Curve | None


class Comparison(NamedTuple):
    """Runs side by side; the metric is that of the first one's sweep."""

    runs: list[Compared]
    metric: Metric | None

    def record(self, now: float) -> dict[str, JSON]:
        """Return it for `--json`."""
        runs = [each.run for each in self.runs]
        differing, same = _split([dict(leaves(run.params)) for run in runs])
        return {
            "metric": self.metric and self.metric.name,
            "differ": list(differing),
            "same": same,
            "runs": [
                {
                    **render.run_record(each.run, now),
                    "sweep": each.sweep,
                    "curve": each.curve and each.curve._asdict(),
                }
                for each in self.runs
            ],
        }

    def lines(self, width: int, now: float, *, plain: bool = False) -> list[str]:
        """Return it for people: a block for as many runs as there is room for."""
        runs = [each.run for each in self.runs]
        differing, same = _split([dict(leaves(run.params)) for run in runs])
        name_width = max(map(terminal.cells, (*differing, "params")))
        room = max(1, (width - name_width - 2) // (LEAST + len(grid.GAP)))
        lines = []
        for start in range(0, len(runs), room):
            lines += [*self._block(runs[start : start + room], differing, width, now), ""]
        if same:
            lines += grid.pairs([("same in all", render.params_line(same))], width)
        return [*lines, *self._pictures(width, plain=plain)] if self.metric else lines

    def _block(
        self, runs: Sequence[Run], differing: Sequence[str], width: int, now: float
    ) -> list[str]:
        params = [dict(leaves(run.params)) for run in runs]
        metric = self.metric.name if self.metric else "value"
        fields: dict[str, Callable[[Run], JSON]] = {
            "state": lambda run: str(run.state),
            f"best {metric}": lambda run: run.value,
            "at step": lambda run: run.value_step,
            "duration": lambda run: render.duration(run.seconds(now)),
        }
        summaries = [dict(leaves(run.summary)) for run in runs]
        logged = dict.fromkeys(name for each in summaries for name in each)
        rows: list[list[JSON]] = [
            *([f"* {name}", *(each.get(name) for each in params)] for name in differing),
            *([f"  {name}", *map(read, runs)] for name, read in fields.items()),
            *([f"  {name}", *(each.get(name) for each in summaries)] for name in logged),
        ]
        return grid.table(["", *(run.id for run in runs)], rows, width).lines

    def _pictures(self, width: int, *, plain: bool) -> list[str]:
        """Return the curves of the metric on one scale, each as long as its steps are many."""
        known = [each.curve for each in self.runs if each.curve is not None]
        values = [v for curve in known for v in curve.values if finite(v) is not None]
        if self.metric is None or not values:
            return []
        low, high = min(values), max(values)
        last = max(curve.steps[-1] for curve in known) or 1
        room = min(PICTURE, width - 40)
        rows = [
            [
                each.run.id,
                _picture(each.curve, room, last, (low, high), plain=plain),
                _end(each.curve),
            ]
            for each in self.runs
        ]
        scale = f"{self.metric.name}, from {render.number(low)} to {render.number(high)}"
        return [scale, *grid.table(["", "", ""], rows, width).lines[1:]]


def _end(curve: Curve | None) -> str:
    if curve is None:
        return ""
    return f"{render.number(curve.values[-1])} at step {curve.steps[-1]}"


def _picture(
    curve: Curve | None, room: int, last: int, scale: tuple[float, float], *, plain: bool
) -> str:
    if curve is None:
        return ""
    length = max(1, round(room * max(1, curve.steps[-1]) / last))
    return glyphs.sparkline(curve.values, min(room, length), plain=plain, scale=scale)


def _split(params: Sequence[dict[str, JSON]]) -> tuple[list[str], dict[str, JSON]]:
    """Return the names under which runs differ, and what is the same in all of them."""
    names = dict.fromkeys(name for each in params for name in each)
    same = {
        name: params[0][name]
        for name in names
        if all(name in each and each[name] == params[0][name] for each in params)
    }
    return [name for name in names if name not in same], same


def of(store: Store, ids: Sequence[str]) -> Comparison:
    """Return runs side by side, each once; raise UnknownRun for one that is not there."""
    runs = [store.run(run_id) for run_id in dict.fromkeys(ids)]
    sweeps = {run.sweep_id: store.sweep(run.sweep_id) for run in runs}
    metric = sweeps[runs[0].sweep_id].config.metric
    found = [
        Compared(
            run,
            sweeps[run.sweep_id].path,
            curves.of_run(store, run).get(metric.name) if metric else None,
        )
        for run in runs
    ]
    return Comparison(found, metric)
