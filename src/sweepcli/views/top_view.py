"""`sweep top`: the status of a sweep and its running runs, shown again and again."""

from __future__ import annotations

import select
import sys
import termios
import time
import tty
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.printed import escaped, harmless
from sweepcli.views import (
    colours,
    curves,
    glyphs,
    grid,
    headings,
    params_order,
    render,
    shown,
    status,
    sweep_view,
    terminal,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.text import Text

    from sweepcli.records import JSON, Run, Sweep
    from sweepcli.stores import Store
    from sweepcli.views.curves import Curve
    from sweepcli.views.grid import Fitting
    from sweepcli.views.params_order import ParamsOrder
    from sweepcli.views.status import SweepStatus

ROWS = 200  # of a run's history that are read for its picture
PICTURE = 20  # characters, at most
PAUSE_S = 1.0  # between two looks
SHARE = 10  # a look that takes long is followed by a pause so many times as long
LEAVE = ("q", "Q", "\x03", "\x04", "\x1b")
WHOLE = ("step", "latest", "value", "curve", "duration")  # never cut
HEADINGS = ("run", "step", "latest", "value", "curve", "duration")
INDENT = "    "
LEAST_PARAMS = 20  # cells beside the figures of a run
WIDE = 110  # columns, from which on params are beside the figures even if they do not fit


class Running(NamedTuple):
    """A run that an agent has now, with the curve of the metric."""

    run: Run
    curve: Curve | None

    def record(self, now: float) -> dict[str, JSON]:
        """Return it for `--json`."""
        return {
            **render.run_record(self.run, now),
            "latest_step": self.curve and self.curve.steps[-1],
        }


class Top(NamedTuple):
    """The status of a sweep, and its running runs."""

    status: SweepStatus
    running: list[Running]
    left_out: int  # more running runs than were asked for
    order: ParamsOrder

    def record(self, results: str) -> dict[str, JSON]:
        """Return it for `--json`."""
        now = self.status.now
        running = [each.record(now) for each in self.running]
        return {**self.status.record(results), "running": running}

    def lines(
        self,
        results: str | None,
        width: int,
        *,
        plain: bool = False,
        longest: int | None = terminal.LONGEST,
    ) -> list[str]:
        """Return it for people; nothing is cut where no value has a `longest`."""
        best = self.status.best
        brief = self._params(best, width - sweep_view.LABEL) if best and longest else None
        lines = sweep_view.lines(
            self.status, results, width, plain=plain, longest=longest, best_params=brief
        )
        if not self.running:
            return [*lines, "", f"no running runs; the sweep is {self.status.shown_state.word}"]
        more = [f"and {self.left_out} more"] if self.left_out else []
        table = self._table(width if longest else None, plain=plain)
        return [*lines, "", *table, *more]

    def _table(self, width: int | None, *, plain: bool) -> list[str]:
        """Return the running runs, each with its params behind it, or where these need it below."""
        named = {"value": render.counted(self.status.config.metric) or "best"}
        heads = [named.get(each, each) for each in HEADINGS]
        picture = PICTURE if width is None else min(PICTURE, width // 8)
        rows = [self._row(each, picture, plain=plain) for each in self.running]
        if width is None:
            texts = [shown.params(each.run.params) for each in self.running]
            whole = [[*row, text] for row, text in zip(rows, texts, strict=True)]
            return grid.table([*heads, "params"], whole).lines
        beside = grid.table(heads, rows, width - LEAST_PARAMS, whole=WHOLE).lines
        start = max(map(terminal.cells, beside))
        texts = [self._params(each.run, width - start - len(grid.GAP)) for each in self.running]
        if width >= WIDE or not any(text.endswith(shown.MARK) for text in texts):
            pairs = zip(beside, ["params", *texts], strict=True)
            return [terminal.exactly(line, start) + grid.GAP + text for line, text in pairs]
        first, *lines = grid.table(heads, rows, width, whole=WHOLE).lines
        texts = [INDENT + self._params(each.run, width - len(INDENT)) for each in self.running]
        return [first, *(line for pair in zip(lines, texts, strict=True) for line in pair)]

    def _params(self, run: Run, width: int) -> str:
        return headings.pairs_within(self.order.differing(run.params), width)

    def _row(self, each: Running, picture: int, *, plain: bool) -> list[JSON | Fitting]:
        run, curve = each
        return [
            partial(_called, run),
            curve and curve.steps[-1],
            run.latest,
            run.value,
            glyphs.sparkline(curve.values, picture, plain=plain) if curve else "",
            render.duration(run.seconds(self.status.now)),
        ]


def _called(run: Run, width: int) -> str:
    """Return a run's id, with as much of its name as there is room for."""
    text = render.called(run)
    if run.name and terminal.cells(text) > width:
        room = width - len(run.id) - len(" ()")
        name = terminal.cut_middle(escaped(run.name), room)
        return f"{run.id} ({name})" if room >= headings.SHORTEST_NAME else run.id
    return text


def of(store: Store, sweep: Sweep, most: int, now: float | None = None) -> Top:
    """Return a sweep with at most so many of its running runs."""
    found = status.of(store, sweep, now)
    running = [run for run, _ in store.running(sweep.id)]
    metric = found.config.metric
    shown = [Running(run, curves.of_metric(store, run, metric, ROWS)) for run in running[:most]]
    order = params_order.seen(store, sweep)
    return Top(found, shown, len(running) - len(shown), order)


def fitting(lines: Sequence[str], height: int) -> list[str]:
    """Return lines for a screen of this height: what does not fit is left out of the middle."""
    if len(lines) <= height:
        return list(lines)
    blank = next((at for at, line in enumerate(lines) if not line), len(lines))
    head = min(blank, max(height // 2, height - (len(lines) - blank)))
    return [*lines[:head], *lines[blank:]][:height]


def show(look: Callable[[int, int], Sequence[str]]) -> None:
    """Show the lines that `look` returns for a width and a height, until q or Ctrl-C.

    They fill the terminal's other screen.
    """
    from rich.console import Console, Group  # noqa: PLC0415 -- 50 ms, for terminals alone
    from rich.live import Live  # noqa: PLC0415 -- as above

    console = Console(highlight=False)
    live = Live(console=console, screen=True, auto_refresh=False, redirect_stdout=False)
    with _keys() as has_left, live:
        try:
            while True:
                begin = time.monotonic()
                lines = look(console.width, console.height)
                live.update(Group(*(_line(line) for line in lines)), refresh=True)
                took = time.monotonic() - begin
                if has_left(max(PAUSE_S, SHARE * took)):
                    return
        except KeyboardInterrupt:  # the usual end
            return


def _line(line: str) -> Text:
    text = colours.coloured(harmless(line))
    text.no_wrap = True
    text.overflow = "ellipsis"
    return text


@contextmanager
def _keys() -> Iterator[Callable[[float], bool]]:
    """Read single keys; yield a function that waits some seconds and returns whether to leave."""
    if not sys.stdin.isatty():
        yield _waited
        return
    fd = sys.stdin.fileno()
    before = termios.tcgetattr(fd)
    tty.setcbreak(fd)
    try:
        yield _pressed
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)


def _waited(seconds: float) -> bool:
    time.sleep(seconds)
    return False


def _pressed(seconds: float) -> bool:
    """Wait for a key; any other than those that leave brings the next look at once."""
    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    return bool(ready) and sys.stdin.read(1) in ("", *LEAVE)
