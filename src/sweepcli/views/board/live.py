"""A board on the terminal while an agent works: the board, and below it the end of the log.

The agent calls `refresh` whenever it is awake; there is no thread.
"""

from __future__ import annotations

import io
import math
import sys
import time
from typing import TYPE_CHECKING, Self

from sweepcli.views.board import log, picture
from sweepcli.views.board.log import LogWindow
from sweepcli.views.board.observed import Observed
from sweepcli.views.board.screen import JobControl, Paint, Screen, Size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TextIO

    from sweepcli.agents.options import AgentOptions
    from sweepcli.agents.report import Reporter
    from sweepcli.records import Ending, Progress, Row, Run, Sweep
    from sweepcli.runs.slots import Slot
    from sweepcli.stores import Store
    from sweepcli.views.board.observed import Line

AGAIN_S = 0.5  # between two looks at the runs
SOON_S = 0.1  # and until news is shown: short runs do not wait for the terminal
LEAST_LOG = 5  # lines
NARROWEST = 30  # columns
MOST_WAITING = 200  # lines of runs that wait to be shown


class LiveBoard:
    """A reporter that shows the runs, and passes every call on to one that writes lines.

    While entered, whatever is written to `sys.stderr` goes to the log; main thread only.
    """

    by_lines = True  # as a sink

    def __init__(self, reporter: Reporter, observed: Observed) -> None:
        self._reporter = reporter
        self._observed = observed
        self._stderr = sys.stderr
        self._lines = _Lines(self._stderr, self._say)
        self._screen = Screen(self._stderr.fileno(), self._stderr.encoding)
        self._paint = Paint(self._stderr)
        self._jobs = JobControl()
        self._log = LogWindow()
        self._board: list[str] = []
        self._size = self._screen.size
        self._next_look = self._next_paint = 0.0  # monotonic
        self._is_stale = True  # something has happened since the last painting

    def __enter__(self) -> Self:
        self._stderr.flush()
        self._jobs.begin()
        sys.stderr = self._lines
        return self

    def __exit__(self, *_: object) -> None:
        sys.stderr = self._stderr
        self._lines.finish()
        self._screen.close(self._log.leaving(0))
        self._jobs.end()

    # As a reporter

    def started(self, run: Run, slot: Slot, argv: Sequence[str]) -> None:
        """Show a run that is about to start."""
        self._observed.started(run, slot)
        self._reporter.started(run, slot, argv)
        self._next_look = 0.0

    def logged(self, run: Run, rows: Sequence[Row], progress: Progress) -> None:
        """Show what a run has logged."""
        self._observed.logged(run, rows, progress)

    def ended(self, run: Run, ending: Ending) -> None:
        """Show that an attempt is over."""
        self._observed.ended(run)
        self._reporter.ended(run, ending)
        self._next_look = 0.0

    def logs(self, run: Run, channel: str) -> None:
        """Say how a run logs its metrics."""
        self._reporter.logs(run, channel)

    def signaled(self, text: str) -> None:
        """Show what a signal means for the runs, as long as they run."""
        self._observed.signaled(text)
        self._reporter.signaled(text)
        self._next_look = 0.0

    def note(self, text: str) -> None:
        """Write any other message."""
        self._reporter.note(text)

    def warn(self, text: str, run: Run | None = None) -> None:
        """Say what a person should correct."""
        self._reporter.warn(text, run)

    def refresh(self) -> float:
        """Handle the signals, paint what has changed; return in how many seconds to do so again."""
        if self._jobs.is_asked_to_stop:
            self._screen.close(self._log.leaving(0))
            self._jobs.stop()
            self._next_look = self._next_paint = 0.0
        if self._jobs.has_gone_on:  # others may have written below what we had painted
            self._jobs.has_gone_on, self._next_look = False, 0.0
            self._log.leave_shown(self._screen.height, self._width)
            self._screen.forget()
        now = time.monotonic()
        if self._size != (size := self._screen.size):
            self._resize(size)
        is_due = now >= self._next_look
        if (is_due or self._is_stale) and now >= self._next_paint:
            if is_due:
                self._look(now)
            self._next_paint = now + (SOON_S if self._show() else AGAIN_S)
        if self._is_stale:
            return max(0.0, self._next_paint - now)
        if self._observed.is_idle and self._next_look > now:
            return math.inf
        return max(self._next_look - now, self._next_paint - now, 0.0)

    # As a sink

    @property
    def waits_for(self) -> Sequence[int]:
        """The terminal."""
        return [self._screen.fd]

    def is_ready(self) -> bool:
        """Return whether the terminal takes more."""
        return self._screen.is_ready()

    def write(self, piece: bytes) -> int:
        """Take whole lines of what runs print."""
        for line in piece.removesuffix(b"\n").split(b"\n"):
            self._log.add(log.cleaned(line))
        self._is_stale = True
        if len(self._log) > MOST_WAITING:
            self._show()
        return len(piece)

    def unfinished(self, lines: Sequence[bytes]) -> None:
        """Show lines that were begun, such as progress bars."""
        begun = [log.cleaned(line) for line in lines]
        if begun != self._log.unfinished:
            self._log.unfinished, self._is_stale = begun, True

    # The screen

    @property
    def _width(self) -> int:
        """How wide a line is: terminals do not agree on what the last column is for."""
        return self._size.columns - 1

    def _resize(self, size: Size) -> None:
        """Record the new size of the terminal.

        One that has become lower has moved its first rows out of sight, and keeps them.
        """
        before, self._size = self._size, size
        self._next_look = self._next_paint = 0.0
        was_full = self._screen.height == before.rows - 1
        if was_full and size.columns == before.columns and size.rows < before.rows:
            self._log.leave_shown(before.rows - size.rows - len(self._board), self._width)

    def _say(self, line: str) -> None:
        self._log.add(self._paint.message(line))
        self._is_stale = True

    def _look(self, now: float) -> None:
        """Draw the board again, to be painted."""
        self._next_look = now + AGAIN_S
        self._observed.read(now)
        width, height = self._width, self._size.rows - 1 - LEAST_LOG
        lines: list[Line] = []
        if width >= NARROWEST and height > 0:
            drawn = self._observed.board()
            lines = picture.lines(drawn, width, height, plain=self._paint.is_plain)
        self._board, self._is_stale = [self._paint.line(line) for line in lines], True

    def _show(self) -> bool:
        """Paint; return whether the terminal took it."""
        if not self._screen.is_ready():
            return False
        if not self._screen.is_in_front:  # only lines, as from any program in the background
            self._screen.forget()
            self._screen.paint(self._log.leaving(0), [])
            self._is_stale = False
            return True
        height = max(0, self._size.rows - 1 - len(self._board)) if self._board else 0
        leaving = self._log.leaving(height)
        mark = "..." if self._paint.is_plain else "…"
        shown = [log.cropped(line, self._width, mark) for line in self._log.show(height)]
        self._screen.paint(leaving, [*self._board, *shown])
        self._is_stale = False
        return True


def of(
    store: Store, sweeps: Sequence[Sweep], options: AgentOptions, reporter: Reporter
) -> LiveBoard:
    """Return the board of an agent."""
    return LiveBoard(reporter, Observed(store, sweeps, options.slots, options.run_limit))


class _Lines(io.TextIOBase):
    """Takes the place of standard error, and passes on what is written line by line."""

    def __init__(self, terminal: TextIO, take: Callable[[str], None]) -> None:
        super().__init__()
        self._terminal = terminal
        self._take = take
        self._begun = ""

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self._take(line)
        return len(text)

    def finish(self) -> None:
        """Pass on an unfinished line."""
        if self._begun:
            self.write("\n")

    def fileno(self) -> int:
        return self._terminal.fileno()

    def isatty(self) -> bool:
        return True
