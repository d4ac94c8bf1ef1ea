"""What a config's `metrics_from` finds in a log, as lines and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.sweep_config import literals
from sweepcli.views import grid, render, shown, terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sweepcli.records import JSON, SweepConfig
    from sweepcli.runs.metrics.trial import Found, Trial, Tried

MOST_ROWS = 10  # that are shown: the first and the last
MOST_NEAR = 5


def record(trial: Trial) -> dict[str, JSON]:
    """Return it for `--json`."""
    missed = trial.unread
    return {
        "log": trial.log,
        "unit": trial.unit,
        "size": trial.size,
        "found": trial.is_found,
        "metrics": {name: _values(trial, name) for name in trial.wanted},
        "patterns": [{"pattern": each.text, "matches": len(each.found)} for each in trial.tried],
        "rows": [{trial.unit: row.number, "values": row.values} for row in trial.rows],
        "near": [{"line": number, "text": line} for number, line in trial.near],
        "metrics_from": missed and missed.setting,
    }


def _values(trial: Trial, name: str) -> dict[str, JSON]:
    numbers = [value for _, value in trial.numbers(name)]
    first, last = (numbers[0], numbers[-1]) if numbers else (None, None)
    return {"count": len(numbers), "first": first, "last": last}


def lines(trial: Trial, config: SweepConfig, width: int) -> list[str]:
    """Return it for people."""
    are = f"{len(trial.rows)} of {render.many(trial.size, trial.unit)}"
    head = [("log", f"{trial.log}: {are} {'matches' if len(trial.rows) == 1 else 'match'}")]
    head += [
        ("metric", f"{render.metrics([metric])}: {_found(trial, metric.name)}")
        for metric in config.objectives
    ]
    result = grid.pairs(head, width)
    if trial.tried:
        rows = [_pattern(each) for each in trial.tried]
        table = grid.table(
            ("pattern", "lines", "first", "last"), rows, width - 2, whole=("pattern",)
        )
        result += ["patterns", *(f"  {line}" for line in table.lines)]
    if trial.rows:
        result += [f"{trial.unit}s found", *_rows(trial)]
    return result + list(_near(trial, width))


def _found(trial: Trial, name: str) -> str:
    numbers = trial.numbers(name)
    if not numbers:
        return "not found"
    ends = [
        f"{render.number(value)} in {trial.unit} {at}" for at, value in (numbers[0], numbers[-1])
    ]
    if len(numbers) == 1:
        return f"one number, {ends[0]}"
    values = [value for _, value in numbers]
    between = f"from {render.number(min(values))} to {render.number(max(values))}"
    return f"{len(numbers)} numbers, {between}; the first {ends[0]}, the last {ends[1]}"


def _pattern(tried: Tried) -> list[JSON]:
    ends = (tried.found[0].number, tried.found[-1].number) if tried.found else (None, None)
    return [literals.quoted(tried.text), len(tried.found), *ends]


def _rows(trial: Trial) -> Iterator[str]:
    rows: Sequence[Found] = trial.rows
    some = rows if len(rows) <= MOST_ROWS else [*rows[: MOST_ROWS // 2], *rows[-MOST_ROWS // 2 :]]
    digits = len(str(some[-1].number))
    for place, row in enumerate(some):
        if place == MOST_ROWS // 2 and len(rows) > MOST_ROWS:
            yield f"  {'…':>{digits}}  {len(rows) - MOST_ROWS} more"
        yield f"  {row.number:>{digits}}  {shown.params(row.values, terminal.LONGEST)}"


def _near(trial: Trial, width: int) -> Iterator[str]:
    if not trial.near:
        return
    yield "not read, though the metric's name is in it"
    digits = len(str(trial.near[min(len(trial.near), MOST_NEAR) - 1][0]))
    for number, line in trial.near[:MOST_NEAR]:
        yield terminal.cut(f"  {number:>{digits}}  {line.strip()}", width)
    if len(trial.near) > MOST_NEAR:
        yield f"  {'…':>{digits}}  {len(trial.near) - MOST_NEAR} more"
    if trial.unread is not None and trial.unread.setting:
        like = literals.quoted(trial.unread.lines[-1])
        yield terminal.cut(f"to read lines such as {like}, write in the config", width)
        yield f"  {trial.unread.setting}"
