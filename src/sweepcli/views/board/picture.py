"""The board of an agent at work: its sweeps, and the run in each of its slots. Pure.

A line is made of spans, each a text and the style in which rich writes it. No colour has a
meaning that the words do not have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.records import RunState
from sweepcli.views import glyphs, pace, render, terminal
from sweepcli.views.board import slot_lines

if TYPE_CHECKING:
    from sweepcli.views.board.state import Board, Course, Line

LEAST_BAR, MOST_BAR = 8, 40
NAME, GOOD, BAD, FAINT = "bold", "bold cyan", "bold yellow", "dim"


def lines(board: Board, width: int, height: int, *, plain: bool = False) -> list[Line]:
    """Return the board in at most `height` lines of at most `width` cells.

    `plain`: with ASCII's characters alone, as far as they are ours.
    """
    if len(board.courses) == 1:
        head = _whole(board.courses[0], width, plain=plain)
    else:
        head = [_short(course, width) for course in board.courses]
    head = head[: max(1, height - 2)]
    room = height - len(head)
    body = slot_lines.lines(board, width, room - 1, plain=plain)
    foot = [_rule(board.signaled, width, plain=plain)] if room > 0 else []
    return [_fitted(line, width, plain=plain) for line in [*head, *body, *foot][:height]]


def _rule(text: str, width: int, *, plain: bool) -> Line:
    """Return what parts the board from the log."""
    dash = "-" if plain else "─"
    if not text:
        return [(dash * width, FAINT)]
    rest = width - terminal.cells(text) - 4
    return [(dash * 2 + " ", FAINT), (text, BAD), (" " + dash * rest, FAINT)]


def _whole(course: Course, width: int, *, plain: bool) -> list[Line]:
    """Return a sweep in two lines, with a bar where there is room for it."""
    first = _joined(course.path, _figures(course), width)
    room = width - _width(first) - 2
    if course.total and room >= LEAST_BAR:
        share = course.done / course.total
        size = min(room, MOST_BAR)
        bar = glyphs.track(share, size, plain=plain)
        first[1:1] = [("  ", ""), (bar, "cyan")]
    return [first, _best(course)] if course.metric else [first]


def _short(course: Course, width: int) -> Line:
    """Return a sweep in one line."""
    found = _figures(course)
    if course.best is not None:
        value = render.value_line(course.best, course.metric)
        found.append((2, f"best {value} ({course.best.id})", GOOD))
    return _joined(course.path, found, width)


def _best(course: Course) -> Line:
    best = course.best
    if best is None:
        return [("best: none yet", FAINT)]
    value = render.value_line(best, course.metric)
    params = slot_lines.params_line(best.params)
    return [("best ", ""), (value, GOOD), (f", run {best.id}: {params}", "")]


def _figures(course: Course) -> list[tuple[int, str, str]]:
    """Return what is told of a sweep; what has a low number first is told on narrow screens too."""
    counts = course.counts
    failed = counts.get(RunState.FAILED, 0) + counts.get(RunState.CRASHED, 0)
    at_work = counts.get(RunState.RUNNING, 0)
    found = [(0, f"{render.of_total(course.done, course.total)} done", "")]
    if course.state:
        found.insert(0, (0, course.state, BAD))
    if failed:
        found.append((1, f"{failed} failed", BAD))
    if at_work:
        found.append((6, f"{at_work} at work", ""))
    if course.total is not None:
        found.append((4, f"{max(0, course.total - course.done - at_work)} left", ""))
    if course.asked is not None:
        found.append((3, f"{course.asked[0]} of {course.asked[1]} by this agent", ""))
    if course.pace is not None:
        found.append((5, pace.rate_words(course.pace.per_hour), ""))
    if course.has_end:
        left = course.pace and course.pace.left_s
        found.append((2, "? to go" if left is None else pace.to_go_words(left), ""))
    return found


def _joined(name: str, figures: list[tuple[int, str, str]], width: int) -> Line:
    """Return a name and as many figures as there is room for."""
    left = list(figures)
    while True:
        line: Line = [(name, NAME), ("  ", "")]
        for at, (_, text, style) in enumerate(left):
            line += [(", ", ""), (text, style)] if at else [(text, style)]
        if _width(line) <= width or len(left) < 2:
            return line
        left.remove(max(left, key=lambda each: each[0]))


def _width(line: Line) -> int:
    return sum(terminal.cells(text) for text, _ in line)


def _fitted(line: Line, width: int, *, plain: bool) -> Line:
    """Return a line that is no wider than the screen."""
    if _width(line) <= width:
        return line
    mark = "..." if plain else "…"
    fitted: Line = []
    room = width - len(mark)
    for text, style in line:
        if terminal.cells(text) > room:
            return [*fitted, (terminal.exactly(text, max(0, room)) + mark, style)]
        room -= terminal.cells(text)
        fitted.append((text, style))
    return fitted
