"""What a config's `metrics_from` finds in a log, as lines and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.sweep_config import problems
from sweepcli.views import grid, render, shown, terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sweepcli.records import JSON, SweepConfig
    from sweepcli.runs.metrics.log_check import Found, LogCheck, Tried

MOST_ROWS = 10  # that are shown: the first and the last
MOST_NEAR = 5


def record(check: LogCheck) -> dict[str, JSON]:
    """Return it for `--json`."""
    missed = check.hint
    return {
        "log": check.log,
        "unit": check.unit,
        "size": check.size,
        "found": check.is_found,
        "metrics": {name: _values(check, name) for name in check.wanted},
        "patterns": [{"pattern": each.text, "matches": len(each.found)} for each in check.tried],
        "rows": [{check.unit: row.number, "values": row.values} for row in check.rows],
        "near": [{"line": number, "text": line} for number, line in check.near],
        "metrics_from": missed and missed.setting,
    }


def _values(check: LogCheck, name: str) -> dict[str, JSON]:
    numbers = [value for _, value in check.numbers(name)]
    first, last = (numbers[0], numbers[-1]) if numbers else (None, None)
    return {"count": len(numbers), "first": first, "last": last}


def lines(check: LogCheck, config: SweepConfig, width: int) -> list[str]:
    """Return it for people."""
    are = f"{len(check.rows)} of {render.many(check.size, check.unit)}"
    head = [("log", f"{check.log}: {are} {'matches' if len(check.rows) == 1 else 'match'}")]
    head += [
        ("metric", f"{render.metrics([metric])}: {_found(check, metric.name)}")
        for metric in config.objectives
    ]
    result = grid.pairs(head, width)
    if check.tried:
        rows = [_pattern(each) for each in check.tried]
        table = grid.table(
            ("pattern", "lines", "first", "last"), rows, width - 2, whole=("pattern",)
        )
        result += ["patterns", *(f"  {line}" for line in table.lines)]
    if check.rows:
        result += [f"{check.unit}s found", *_rows(check)]
    return result + list(_near(check, width))


def _found(check: LogCheck, name: str) -> str:
    numbers = check.numbers(name)
    if not numbers:
        return "not found"
    ends = [
        f"{render.number(value)} in {check.unit} {at}" for at, value in (numbers[0], numbers[-1])
    ]
    if len(numbers) == 1:
        return f"one number, {ends[0]}"
    values = [value for _, value in numbers]
    between = f"from {render.number(min(values))} to {render.number(max(values))}"
    return f"{len(numbers)} numbers, {between}; the first {ends[0]}, the last {ends[1]}"


def _pattern(tried: Tried) -> list[JSON]:
    ends = (tried.found[0].number, tried.found[-1].number) if tried.found else (None, None)
    return [problems.quoted(tried.text), len(tried.found), *ends]


def _rows(check: LogCheck) -> Iterator[str]:
    rows: Sequence[Found] = check.rows
    some = rows if len(rows) <= MOST_ROWS else [*rows[: MOST_ROWS // 2], *rows[-MOST_ROWS // 2 :]]
    digits = len(str(some[-1].number))
    for place, row in enumerate(some):
        if place == MOST_ROWS // 2 and len(rows) > MOST_ROWS:
            yield f"  {'…':>{digits}}  {len(rows) - MOST_ROWS} more"
        yield f"  {row.number:>{digits}}  {shown.params(row.values, terminal.LONGEST)}"


def _near(check: LogCheck, width: int) -> Iterator[str]:
    if not check.near:
        return
    yield "not read, though the metric's name is in it"
    digits = len(str(check.near[min(len(check.near), MOST_NEAR) - 1][0]))
    for number, line in check.near[:MOST_NEAR]:
        yield terminal.cut(f"  {number:>{digits}}  {line.strip()}", width)
    if len(check.near) > MOST_NEAR:
        yield f"  {'…':>{digits}}  {len(check.near) - MOST_NEAR} more"
    if check.hint is not None and check.hint.setting:
        like, rest = problems.quoted(check.hint.lines[-1]), ", write in the config"
        yield terminal.cut(f"to read lines such as {like}", width - len(rest)) + rest
        yield f"  {check.hint.setting}"
