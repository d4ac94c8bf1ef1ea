"""The part of a board that shows the runs at work: a line or two for each slot. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli import values as dotted
from sweepcli.views import glyphs, render, terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON, Params
    from sweepcli.views.board.state import AtWork, Board, Line

WIDE = 110  # columns, from which on there is room for params beside the figures
LONGEST_NAME = 14
HEADING, VALUE, CURVE, PARAMS = "dim", "bold", "cyan", ""
GAP = "  "


class Column(NamedTuple):
    """What stands under one heading."""

    heading: str
    cells: Sequence[str]
    least: int = 0  # how wide it is at least, so that what comes later finds its place
    style: str = ""
    is_number: bool = False

    @property
    def width(self) -> int:
        """How wide it is."""
        return max(self.least, *map(terminal.cells, (self.heading, *self.cells)))


def lines(board: Board, width: int, height: int, *, plain: bool) -> list[Line]:
    """Return the runs at work in at most `height` lines."""
    idle = board.slots - len(board.at_work)
    note = [] if not idle or board.slots == 1 else [f"{render.many(idle, 'slot')} without a run"]
    if not board.at_work:
        note = ["no run at work"]
    room = height - 1 - len(note)  # below the headings
    is_wide = width >= WIDE
    each = 1 if is_wide or 2 * len(board.at_work) > room else 2
    shown = board.at_work
    if len(shown) * each > room:
        shown = shown[: max(0, room - 1) // each]
        rest = len(board.at_work) - len(shown)
        note.insert(0, f"{'...' if plain else '…'} and {rest} more" if shown else _at_work(rest))
    table = _table(board, shown, curve=24 if is_wide else 12, plain=plain) if shown else []
    found = []
    for at, line in enumerate(table):
        text = _params(shown[at - 1]) if at else "parameters"
        if each == 1:
            found.append([*line, (text, PARAMS if at else HEADING)])
        else:
            found += [line, [("    " + text, PARAMS)]] if at else [line]
    return (found + [[(text, HEADING)] for text in note])[: max(0, height)]


def _at_work(count: int) -> str:
    return f"{render.many(count, 'run')} at work"


def _table(board: Board, shown: Sequence[AtWork], *, curve: int, plain: bool) -> list[Line]:
    """Return the figures of some runs, below their headings."""
    columns = [Column("run", [work.run.id for work in shown], 8)]
    if any(work.slot for work in shown):
        columns.insert(0, Column("slot", [work.slot for work in shown]))
    columns += [
        Column("time", [clock(work.seconds) for work in shown], 7, is_number=True),
        Column("step", [_whole(work.step) for work in shown], 6, is_number=True),
    ]
    if any(course.metric for course in board.courses):
        curves = [glyphs.sparkline(work.curve, curve, plain=plain) for work in shown]
        columns += [
            Column(_metric(board), [_value(work.latest) for work in shown], 9, "", is_number=True),
            Column("best", [_value(work.best) for work in shown], 9, VALUE, is_number=True),
            Column("curve", curves, curve, CURVE),
        ]
    return [_row(columns, at) for at in range(-1, len(shown))]


def _row(columns: Sequence[Column], at: int) -> Line:
    """Return a row of a table, its headings for -1."""
    line: Line = []
    for column in columns:
        text = column.heading if at < 0 else column.cells[at]
        fill = " " * (column.width - terminal.cells(text))
        line += [
            (fill + text if column.is_number else text + fill, HEADING if at < 0 else column.style),
            (GAP, ""),
        ]
    return line


def _metric(board: Board) -> str:
    names = {course.metric.name for course in board.courses if course.metric}
    name = names.pop() if len(names) == 1 else "metric"
    return terminal.cut(name, LONGEST_NAME, "")


def params_line(params: Params) -> str:
    """Return params on one line, numbers shorter than they are."""
    return " ".join(f"{name}={_short(value)}" for name, value in dotted.leaves(params))


def _short(value: JSON) -> str:
    return render.number(value) if isinstance(value, float) else render.shown(value)


def _params(work: AtWork) -> str:
    attempt = f"attempt {work.run.attempt}: " if work.run.attempt > 1 else ""
    return attempt + params_line(work.run.params)


def clock(seconds: float) -> str:
    """Return a time that changes as it is looked at, as a clock shows it."""
    whole = max(0, int(seconds))
    days, rest = divmod(whole, render.DAY_S)
    hours, minutes = rest // render.HOUR_S, rest // render.MINUTE_S % 60
    if days:
        return f"{days} d {hours} h"
    shown = f"{whole % render.MINUTE_S:02}"
    return f"{hours}:{minutes:02}:{shown}" if hours else f"{minutes}:{shown}"


def _whole(value: int | None) -> str:
    return "" if value is None else str(value)


def _value(value: float | None) -> str:
    return "" if value is None else render.number(value)
