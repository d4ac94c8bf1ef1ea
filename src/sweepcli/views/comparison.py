"""Runs side by side: what differs, what is the same, and the curves of their metric."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.printed import escaped
from sweepcli.values import finite, leaves
from sweepcli.views import curves, glyphs, grid, headings, render, shown, terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sweepcli.records import JSON, Metric, Run, Sweep
    from sweepcli.stores import Store
    from sweepcli.views.curves import Curve
    from sweepcli.views.grid import Fitting
    from sweepcli.views.headings import Heading
    from sweepcli.views.params_order import ParamsOrder

LEAST = 12  # width that a run's column needs
NAMES = 3  # names have this part of the width at most
PICTURE = 60  # characters, at most


class Compared(NamedTuple):
    """A run with its curve of the metric."""

    run: Run
    sweep: str  # its path
    curve: Curve | None

    @property
    def params(self) -> dict[str, JSON]:
        """The params by their dotted names."""
        return dict(leaves(self.run.params))


class Comparison(NamedTuple):
    """Runs side by side; the metric is that of the first one's sweep, as is the order."""

    runs: list[Compared]
    metric: Metric | None
    order: ParamsOrder | None = None  # of the params, for people

    def record(self, now: float) -> dict[str, JSON]:
        """Return it for `--json`."""
        differing, same = self._split()
        return {
            "metric": self.metric and self.metric.name,
            "differ": differing,
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

    def lines(
        self,
        width: int,
        now: float,
        *,
        plain: bool = False,
        longest: int | None = terminal.LONGEST,
    ) -> list[str]:
        """Return it for people: a block for as many runs as there is room for.

        Nothing is cut where no value has a `longest`.
        """
        differing, same = self._split()
        differing = self.order.names(differing) if self.order else differing
        name_width = max(map(terminal.cells, (*map(escaped, differing), "params"))) + 2
        if longest:  # longer names are cut
            name_width = min(name_width, width // NAMES)
        room = max(1, (width - name_width) // (LEAST + len(grid.GAP)))
        lines: list[str] = []
        start = 0
        while start < len(self.runs):
            block = self._block(self.runs[start : start + room], differing, now)
            table = grid.table(*block, width if longest else None)
            if table.left_out and room > 1:  # a number is longer than the least width
                room -= 1
                continue
            lines += [*table.lines, ""]
            start += room
        if same:
            lines += grid.pairs([("same in all", shown.params(same, longest))], width)
        return [*lines, *self._pictures(width, plain=plain)] if self.metric else lines

    def _split(self) -> tuple[list[str], dict[str, JSON]]:
        """Return the params in which runs differ, and those that are the same in all of them."""
        params = [each.params for each in self.runs]
        names = dict.fromkeys(name for each in params for name in each)
        same = {
            name: params[0][name]
            for name in names
            if all(name in each and each[name] == params[0][name] for each in params)
        }
        return [name for name in names if name not in same], same

    def _block(
        self, shown: Sequence[Compared], differing: Sequence[str], now: float
    ) -> tuple[list[str], list[list[JSON | Fitting]]]:
        """Return the headings and rows of some runs, each a column."""
        params, runs = [each.params for each in shown], [each.run for each in shown]
        summaries = [dict(leaves(run.summary)) for run in runs]
        logged = dict.fromkeys(name for each in summaries for name in each)
        metric = self.metric.name if self.metric else "value"
        counted = render.counted(self.metric) or "best"
        named = headings.of([*map(escaped, differing)], LEAST)
        rows: list[list[JSON | Fitting]] = [
            [partial(_marked, heading), *(each.get(name) for each in params)]
            for name, heading in zip(differing, named, strict=True)
        ]
        if any(run.name for run in runs):
            rows.append(["  name", *(run.name for run in runs)])
        rows.append(["  state", *(str(run.state) for run in runs)])
        rows.append([f"  {counted} {escaped(metric)}", *(run.value for run in runs)])
        steps = [run.step_of_several for run in runs]
        if any(step is not None for step in steps):
            rows.append(["  at step", *steps])
        if counted != "best":
            rows.append([f"  best {escaped(metric)}", *(run.best for run in runs)])
        rows.append(["  duration", *(render.duration(run.seconds(now)) for run in runs)])
        rows += [[f"  {escaped(name)}", *(each.get(name) for each in summaries)] for name in logged]
        return ["", *(run.id for run in runs)], rows

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
            [run.id, _picture(curve, room, last, (low, high), plain=plain), _end(curve)]
            for run, _, curve in self.runs
        ]
        scale = f"{escaped(self.metric.name)}, from {render.number(low)} to {render.number(high)}"
        return [scale, *grid.table(["", "", ""], rows, width).lines[1:]]


def _marked(name: Heading, width: int) -> str:
    """Return the name of a param in which runs differ, as the label of a row."""
    return f"* {name(max(0, width - len('* ')))}"


def _end(curve: Curve | None) -> str:
    if curve is None:
        return ""
    at = f" at step {curve.steps[-1]}" if len(curve.steps) > 1 else ""
    return f"{render.number(curve.values[-1])}{at}"


def _picture(
    curve: Curve | None, room: int, last: int, scale: tuple[float, float], *, plain: bool
) -> str:
    if curve is None:
        return ""
    length = max(1, round(room * max(1, curve.steps[-1]) / last))
    return glyphs.sparkline(curve.values, min(room, length), plain=plain, scale=scale)


def of(
    store: Store,
    ids: Sequence[str],
    order: Callable[[Store, Sweep], ParamsOrder | None] = lambda *_: None,
) -> Comparison:
    """Return runs side by side, each once; raise UnknownRun for one that is not there.

    `order` returns that of the params of a sweep.
    """
    runs = [store.run(run_id) for run_id in dict.fromkeys(ids)]
    sweeps = {run.sweep_id: store.sweep(run.sweep_id) for run in runs}
    first = sweeps[runs[0].sweep_id]
    metric = first.config.metric
    found = [
        Compared(run, sweeps[run.sweep_id].path, curves.of_metric(store, run, metric))
        for run in runs
    ]
    return Comparison(found, metric, order(store, first))
