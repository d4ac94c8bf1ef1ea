"""The picture of a board: an agent's sweeps, and the run in each of its slots. Pure.

A line is made of spans, each a text and the style in which rich writes it. No colour has a
meaning that the words do not have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.printed import escaped
from sweepcli.records import RunState
from sweepcli.views import glyphs, headings, pace, render, shown, terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON
    from sweepcli.views.board.observed import Board, Line, RunProgress, SweepProgress

LEAST_BAR, MOST_BAR = 8, 40
WIDE = 110  # columns, from which on there is room for params next to the figures
LONGEST_NAME, SHORT_NAME = 14, 8
UNLESS_EMPTY = ("slot", "name")  # columns that not every board has
HEADING, VALUE, CURVE, PARAMS = "dim", "bold", "cyan", ""
GAP, INDENT = "  ", "    "
LEAST_PARAMS = 20  # cells for params beside other things, which are left out or shorter instead
NAME, GOOD, BAD, FAINT = "bold", "bold cyan", "bold yellow", "dim"


def lines(board: Board, width: int, height: int, *, plain: bool = False) -> list[Line]:
    """Return the board in at most `height` lines of at most `width` cells.

    `plain`: with ASCII characters only, as far as they are ours.
    """
    if len(board.sweeps) == 1:
        head = _two_lines(board.sweeps[0], width, plain=plain)
    else:
        head = [_one_line(sweep, width, plain=plain) for sweep in board.sweeps]
    head = head[: max(1, height - 2)]
    room = height - len(head)
    rule = [_rule(board.signaled, width, plain=plain)] if room > 0 else []
    body = _running_runs(board, width, room - 1, plain=plain)
    return [_fitted(line, width, plain=plain) for line in [*rule, *head, *body][:height]]


def width_in(columns: int) -> int:
    """Return how wide a line may be in a terminal: twice what half of it has room for.

    Terminals do not agree on what the last column is for, and a split takes a column for itself.
    """
    return max(0, columns - 1) // 2 * 2


def _rule(text: str, width: int, *, plain: bool) -> Line:
    """Return the line between the log and the board, which fits even half of the terminal."""
    dash = "-" if plain else "─"
    half = width // 2
    if not text:
        return [(dash * half, FAINT)]
    rest = half - terminal.cells(text) - 4
    return [(dash * 2 + " ", FAINT), (text, BAD), (" " + dash * rest, FAINT)]


def _two_lines(sweep: SweepProgress, width: int, *, plain: bool) -> list[Line]:
    """Return a sweep in two lines, with a bar where there is room for it."""
    first = _joined(sweep.path, _figures(sweep), width, plain=plain)
    room = width - _width(first) - 2
    if sweep.total and room >= LEAST_BAR:
        share = sweep.done / sweep.total
        size = min(room, MOST_BAR)
        bar = glyphs.track(share, size, plain=plain)
        first[1:1] = [("  ", ""), (bar, "cyan")]
    return [first, _best(sweep, width, plain=plain)] if sweep.metric else [first]


def _one_line(sweep: SweepProgress, width: int, *, plain: bool) -> Line:
    """Return a sweep in one line."""
    found = _figures(sweep)
    if sweep.best is not None:
        value = render.value_line(sweep.best, sweep.metric)
        found.append((2, f"best {value} ({sweep.best.id})", GOOD))
    return _joined(sweep.path, found, width, plain=plain)


def _best(sweep: SweepProgress, width: int, *, plain: bool) -> Line:
    best, mark = sweep.best, _mark(plain=plain)
    if best is None:
        return [("best: none yet", FAINT)]
    value, found = render.value_line(best, sweep.metric), f", run {best.id}: "
    named = f", run {best.id} ({_short(best.name or '', plain=plain)}): "
    if best.name and width - terminal.cells(value + named) >= LEAST_PARAMS:
        found = named
    if width - terminal.cells(value + found) < LEAST_PARAMS:
        name, _, value = value.partition("=")
        value = value.partition(" ")[0]
        room = min(SHORT_NAME, width - len(f"best ={value}"))
        value = f"{terminal.cut_middle(name, room, mark)}={value}"
    line: Line = [("best ", ""), (value, GOOD), (found, "")]
    params = sweep.order.differing(best.params)
    return [*line, (_params_line(params, width - _width(line), plain=plain), "")]


def _params_line(params: Sequence[tuple[str, JSON]], width: int, *, plain: bool) -> str:
    """Return as many params as have room, without a character that is not ASCII and ours."""
    text = headings.pairs_within(params, width)
    return text.replace(shown.MARK, "~") if plain else text


def _figures(sweep: SweepProgress) -> list[tuple[int, str, str]]:
    """Return the figures of a sweep; narrow terminals show those with low numbers in front."""
    counts = sweep.counts
    failed = render.failed(counts)
    running = counts.get(RunState.RUNNING, 0)
    found = [(0, f"{render.of_total(sweep.done, sweep.total)} done", "")]
    if sweep.state:
        found.insert(0, (0, sweep.state, BAD))
    if failed:
        found.append((1, f"{failed} failed", BAD))
    if running:
        found.append((6, f"{running} running", ""))
    if sweep.total is not None:
        found.append((4, f"{max(0, sweep.total - sweep.done - running)} left", ""))
    if sweep.asked is not None:
        found.append((3, f"{sweep.asked[0]} of {sweep.asked[1]} by this agent", ""))
    if sweep.pace is not None:
        found.append((5, pace.rate_words(sweep.pace.per_hour), ""))
    if sweep.has_end:
        left = sweep.pace and sweep.pace.left_s
        found.append((2, "? to go" if left is None else pace.to_go_words(left), ""))
    return found


def _joined(name: str, figures: list[tuple[int, str, str]], width: int, *, plain: bool) -> Line:
    """Return a name and as many figures as there is room for; a long name is cut for the last."""
    left = list(figures)
    while True:
        spans = [span for _, text, style in left for span in ((", ", ""), (text, style))]
        room = width - _width(spans[1:]) - len(GAP)
        if terminal.cells(name) <= room or len(left) < 2:
            cut = terminal.cut_middle(name, room, _mark(plain=plain))
            return [(cut, NAME), (GAP, ""), *spans[1:]]
        left.remove(max(left, key=lambda each: each[0]))


def _width(line: Line) -> int:
    return sum(terminal.cells(text) for text, _ in line)


def _fitted(line: Line, width: int, *, plain: bool) -> Line:
    """Return a line that is no wider than the screen."""
    if _width(line) <= width:
        return line
    mark = _mark(plain=plain)
    fitted: Line = []
    room = width - len(mark)
    for text, style in line:
        if terminal.cells(text) > room:
            return [*fitted, (terminal.exactly(text, max(0, room)) + mark, style)]
        room -= terminal.cells(text)
        fitted.append((text, style))
    return fitted


class Column(NamedTuple):
    """A heading and the cells below it."""

    heading: str
    cells: Sequence[str]
    least: int = 0  # how wide it is at least, so that columns do not move when values come
    style: str = ""
    is_number: bool = False
    rank: int = 0  # of those that find no room, the one with the highest is left out; 0: none

    @property
    def width(self) -> int:
        """How wide it is."""
        return max(self.least, *map(terminal.cells, (self.heading, *self.cells)))


def _running_runs(board: Board, width: int, height: int, *, plain: bool) -> list[Line]:
    """Return the running runs in at most `height` lines."""
    running = board.running
    idle = board.slots - len(running)
    note = [render.many(idle, "idle slot")] if idle and board.slots > 1 else []
    if not running:
        note = ["no running runs"]
    room = height - 1 - len(note)  # below the headings
    each = 1 if width >= WIDE or 2 * len(running) > room else 2
    shown = running
    if len(shown) * each > room:
        shown = shown[: max(0, room - 1) // each]
        rest = len(running) - len(shown)
        more = f"{_mark(plain=plain)} and {rest} more"
        note.insert(0, more if shown else render.many(rest, "running run"))
    found = _of_runs(board, shown, width, is_one_line=each == 1, plain=plain) if shown else []
    return (found + [[(text, HEADING)] for text in note])[: max(0, height)]


def _of_runs(
    board: Board, running: Sequence[RunProgress], width: int, *, is_one_line: bool, plain: bool
) -> list[Line]:
    """Return some runs below their headings, the params of each beside or below its figures."""
    if not is_one_line:
        headings, *rows = [line[:-1] for line in _table(board, running, width, plain=plain)]
        room = width - len(INDENT)
        below: list[Line] = [
            [(INDENT + _params(each, room, plain=plain), PARAMS)] for each in running
        ]
        return [headings, *(line for pair in zip(rows, below, strict=True) for line in pair)]
    table = _table(board, running, width - LEAST_PARAMS, plain=plain)
    room = width - _width(table[0])
    texts = ["parameters", *(_params(each, room, plain=plain) for each in running)]
    styles = [HEADING, *[PARAMS] * len(running)]
    return [[*line, (text, style)] for line, text, style in zip(table, texts, styles, strict=True)]


def _params(each: RunProgress, width: int, *, plain: bool) -> str:
    """Return the params of a run, with the attempt if it is not the first and there is room."""
    has_attempt = each.run.attempt > 1 and width >= 2 * LEAST_PARAMS
    attempt = f"attempt {each.run.attempt}: " if has_attempt else ""
    return attempt + _params_line(each.params, width - len(attempt), plain=plain)


def _table(board: Board, shown: Sequence[RunProgress], width: int, *, plain: bool) -> list[Line]:
    """Return the figures of some runs that there is room for, below their headings."""
    columns = [
        Column("slot", [each.slot for each in shown], rank=2),
        Column("run", [each.run.id for each in shown], 8),
        Column("name", [_short(each.run.name or "", plain=plain) for each in shown], rank=6),
        Column("time", [clock(each.seconds) for each in shown], 7, is_number=True, rank=1),
        Column("step", [render.cell(each.step) for each in shown], 6, is_number=True, rank=4),
    ]
    if any(sweep.metric for sweep in board.sweeps):
        curve = 24 if width >= WIDE - LEAST_PARAMS else 12
        curves = [glyphs.sparkline(each.curve, curve, plain=plain) for each in shown]
        latest = [_value(each.run.latest) for each in shown]
        values = [_value(each.run.value) for each in shown]
        name = _metric(board, plain=plain)
        columns += [
            Column(name, latest, 9, "", is_number=True, rank=3),
            Column(_counted(board), values, 9, VALUE, is_number=True),
            Column("curve", curves, curve, CURVE, rank=5),
        ]
    columns = [each for each in columns if each.heading not in UNLESS_EMPTY or any(each.cells)]
    while (
        sum(each.width + len(GAP) for each in columns) - len(GAP) > width
        and (last := max(columns, key=lambda each: each.rank)).rank
    ):
        columns.remove(last)
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


def _metric(board: Board, *, plain: bool) -> str:
    names = {sweep.metric.name for sweep in board.sweeps if sweep.metric}
    return _short(names.pop() if len(names) == 1 else "metric", plain=plain)


def _short(name: str, *, plain: bool) -> str:
    return terminal.cut_middle(escaped(name), LONGEST_NAME, _mark(plain=plain))


def _counted(board: Board) -> str:
    """Return what the values of runs are: the best, or another number that all sweeps ask for."""
    words = {render.counted(sweep.metric) or "best" for sweep in board.sweeps if sweep.metric}
    return words.pop() if len(words) == 1 else "value"


def clock(seconds: float) -> str:
    """Return a time as a clock shows it."""
    whole = max(0, int(seconds))
    days, rest = divmod(whole, render.DAY_S)
    hours, minutes = rest // render.HOUR_S, rest // render.MINUTE_S % 60
    if days:
        return f"{days} d {hours} h"
    shown = f"{whole % render.MINUTE_S:02}"
    return f"{hours}:{minutes:02}:{shown}" if hours else f"{minutes}:{shown}"


def _value(value: float | None) -> str:
    return "" if value is None else render.number(value)


def _mark(*, plain: bool) -> str:
    """Return the sign for text that is left out."""
    return "..." if plain else "…"
