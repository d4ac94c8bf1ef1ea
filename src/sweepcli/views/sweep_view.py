"""One sweep, and the list of all, as lines of a width. Pure."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from sweepcli import commands, folders
from sweepcli.printed import escaped
from sweepcli.views import failures, glyphs, grid, params_order, render, shown, terminal
from sweepcli.views import headings as of_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sweepcli.records import JSON, Run
    from sweepcli.search.importance import Importance
    from sweepcli.views.curves import Curve
    from sweepcli.views.grid import Fitting
    from sweepcli.views.status import SweepStatus

HEADINGS = ("path", "name", "state", "method", "runs", "best", "age")
FOR_PEOPLE = ("path", "name", "state", "runs", "best", "age", "method")
WHOLE = ("path", "state", "runs", "age")  # never cut
WITH_BARS = 100  # width from which on there is room for them in the list
ROW_BAR = 10
BAR = 40  # characters, at most
CURVE = 60
SHARE_BAR = 24
LABEL = 10  # width of the labels and the gap after them


def row(found: SweepStatus) -> list[JSON]:
    """Return a sweep as a row under HEADINGS."""
    value = render.value_line(found.best, found.config.metric) if found.best else None
    state, runs = found.shown_state.word, render.of_total(found.done, found.total)
    if failed := render.failed(found.counts):
        runs = f"{runs}, {failed} failed"
    age = render.age(found.now - found.sweep.created_at)
    return [found.sweep.path, found.sweep.name, state, found.config.method, runs, value, age]


def table_for_people(
    found: Sequence[SweepStatus], width: int, *, plain: bool
) -> tuple[list[str], list[list[JSON | Fitting]]]:
    """Return headings and rows in the order of what they are worth, for a width."""
    has_names = any(each.sweep.name for each in found)
    headings = [each for each in FOR_PEOPLE if has_names or each != "name"]
    rows = []
    for each in found:
        cells: dict[str, JSON | Fitting] = dict(zip(HEADINGS, row(each), strict=True))
        if each.total and width >= WITH_BARS:
            picture = glyphs.track(each.done / each.total, ROW_BAR, plain=plain)
            cells["runs"] = f"{picture} {cells['runs']}"
        if each.best and each.best.value is not None and each.config.metric:
            name, value = each.config.metric.name, render.number(each.best.value)
            cells["best"] = partial(_best, str(cells["best"]), name, value)
        rows.append([cells[heading] for heading in headings])
    return headings, rows


def _best(line: str, name: str, value: str, width: int) -> str:
    """Return the best value in so many cells, or as short as it can be."""
    if terminal.cells(line) <= width:
        return line
    [heading] = of_table.of([escaped(name)], of_table.SHORTEST_NAME)
    return of_table.named(heading, value, width) or value


def lines(
    found: SweepStatus,
    results: str | None,
    width: int,
    *,
    plain: bool = False,
    longest: int | None = terminal.LONGEST,
    best_params: str | None = None,
) -> list[str]:
    """Return a sweep for people; `results` is the directory that has its record, if any here.

    A param is cut where it would be longer than `longest`. `best_params` stands for those of the
    best run, where there is no room for all.
    """
    if best_params is None and found.best:
        best_params = _params(found, found.best, longest)
    pairs = _pairs(found, results, width, best_params, plain=plain)
    lines = grid.pairs(((name, text) for name, text in pairs if text), width, whole=("config",))
    if found.importance is not None:
        lines += importance_lines(found.importance, width, plain=plain)
    if found.workers:
        lines += _agents(found, width)
    return lines


def _pairs(
    found: SweepStatus, results: str | None, width: int, best_params: str | None, *, plain: bool
) -> Iterator[tuple[str, str]]:
    sweep = found.sweep
    states = render.states(found.counts)
    runs = render.of_total(found.done, found.total)
    yield "sweep", sweep.path
    yield "name", sweep.name or ""
    yield from render.said(sweep)
    yield "state", found.shown_state.line
    yield "method", found.config.method
    yield "metric", render.metrics(found.config.objectives)
    yield "progress", progress(found, width - LABEL, plain=plain)
    yield "runs", f"{runs} done" + (f" ({states})" if states else "")
    yield "pace", found.pace.words if found.pace else ""
    yield "best", best_line(found)
    yield "", best_params if best_params and not found.config.metrics else ""
    yield "no metric", f"{found.without.line}: {found.without.hint}" if found.without else ""
    yield "curve", curve_line(found.curve, width - LABEL, plain=plain)
    scales = render.by_length(found.length_scales)
    yield "model", f"length scales: {scales}" if scales else ""
    for at, line in enumerate(found.code.lines() if found.code else ()):
        yield "code" if at == 0 else "", line
    yield "created", time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(sweep.created_at))
    for at, each in enumerate(found.failures[: failures.GROUPS]):
        yield "failures" if at == 0 else "", each.line
    if more := len(found.failures[failures.GROUPS :]):
        yield "", f"and {more} more {'cause' if more == 1 else 'causes'}; --json has all of them"
    if sum(len(each.runs) for each in found.failures) >= failures.MOST:
        yield "", f"of the last {failures.MOST:,} that failed"
    if results is not None:
        yield "config", folders.sweep_record(results, sweep)


def _params(found: SweepStatus, best: Run, longest: int | None) -> str:
    order = params_order.of(found.config, found.importance)
    return shown.pairs(order.pairs(best.params), longest) if longest else shown.params(best.params)


def progress(found: SweepStatus, width: int, *, plain: bool) -> str:
    """Return a bar of the progress, nothing if the number of runs is not known."""
    if not found.total:
        return ""
    share = found.done / found.total
    return f"{glyphs.track(share, min(BAR, width - 6), plain=plain)} {min(share, 1.0):.0%}"


def best_line(found: SweepStatus) -> str:
    """Return the best run with its value and the step of it."""
    if found.config.metrics:
        return f"several metrics: `{commands.line('sweep best', found.sweep.path)}` lists them"
    best = found.best
    if best is None:
        return "none yet"
    state = render.bad_end(best)
    line = f"{render.called(best)}: {render.values_line(best, found.config.metric)}"
    return f"{line}; {state}" if state else line


def curve_line(curve: Curve | None, width: int, *, plain: bool) -> str:
    """Return a curve as a picture, with its first and last value and step."""
    if curve is None or len(curve.steps) < 2:
        return ""
    ends = " to ".join(render.number(value) for value in (curve.values[0], curve.values[-1]))
    text = f"{ends}, steps {curve.steps[0]} to {curve.steps[-1]}"
    picture = glyphs.sparkline(curve.values, max(8, min(CURVE, width - len(text) - 2)), plain=plain)
    return f"{picture}  {text}"


def importance_lines(found: Importance, width: int, *, plain: bool) -> list[str]:
    """Return the parameters, those that matter most first, with bars, or why there are none."""
    if found.reason:
        why = found.reason if found.explained is not None else f"not known: {found.reason}"
        return ["importance", *(f"  {line}" for line in grid.broken(why, width - 2))]
    explained = "" if found.explained is None else f", explaining {found.explained:.0%}"
    bar = min(SHARE_BAR, width // 3)
    rows = [
        [
            each.name,
            glyphs.bar(each.share, bar, plain=plain),
            f"{each.share:.0%}".rjust(4),
            "" if each.correlation is None else f"{each.correlation:+.2f}",
        ]
        for each in found.parameters
    ]
    if found.interactions:
        share = glyphs.bar(found.interactions, bar, plain=plain)
        rows.append(["(interactions)", share, f"{found.interactions:.0%}".rjust(4), ""])
    table = grid.table(["parameter", "importance", "", "correlation"], rows, width - 2).lines
    title = f"importance, from {render.many(found.runs, 'run')}{explained}"
    return [title, *(f"  {line}" for line in table)]


def _agents(found: SweepStatus, width: int) -> list[str]:
    headings = ("host", "pid", "running", "runs", "heartbeat")
    rows = [
        [
            each.agent.host,
            each.agent.pid or "by hand",
            each.running,
            each.runs,
            f"{render.age(found.now - each.agent.heartbeat_at)} ago"
            + (", dead" if each.is_dead else ""),
        ]
        for each in found.workers
    ]
    return ["agents", *(f"  {line}" for line in grid.table(headings, rows, width - 2).lines)]
