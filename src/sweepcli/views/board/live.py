"""A board on the terminal while an agent works, below its log.

The agent calls `refresh` whenever it is awake; there is no thread.
"""

from __future__ import annotations

import io
import math
import os
import sys
import time
from typing import TYPE_CHECKING, Self

from sweepcli.views import terminal
from sweepcli.views.board import log, picture
from sweepcli.views.board.observed import Observed
from sweepcli.views.board.screen import JobControl, Paint, Screen

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
SETTLE_S = 0.3  # after a change of the size: tmux says the next one a quarter of a second later
NARROWEST = 30  # columns
MOST_BEGUN = 5  # lines that runs have begun
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
        rewraps = terminal.rewraps(os.environ)
        self._screen = Screen(self._stderr.fileno(), self._stderr.encoding, rewraps=rewraps)
        self._paint = Paint(self._stderr)
        self._jobs = JobControl()
        self._waiting: list[str] = []  # lines of the log that are to be written
        self._begun: list[str] = []  # lines that will come again once they are finished
        self._board: list[str] = []
        self._size = self._screen.size
        self._settled = 0.0  # monotonic: when the size will have been the same for long enough
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
        self._screen.close(self._taken())
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
            self._screen.close(self._taken())
            self._jobs.stop()
            self._next_look = self._next_paint = 0.0
        if self._jobs.has_gone_on:  # others may have written below what we had painted
            self._jobs.has_gone_on, self._next_look = False, 0.0
            self._screen.forget()
        now = time.monotonic()
        if not self._is_settled(now):
            return self._settled - now
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
            self._waiting.append(log.cleaned(line))
        self._is_stale = True
        if len(self._waiting) > MOST_WAITING and self._is_settled(time.monotonic()):
            self._show()
        return len(piece)

    def unfinished(self, lines: Sequence[bytes]) -> None:
        """Show lines that were begun, such as progress bars."""
        begun = [log.cleaned(line) for line in lines]
        if begun != self._begun:
            self._begun, self._is_stale = begun, True

    # The screen

    def _is_settled(self, now: float) -> bool:
        """Return whether the size has been the same for a while.

        A window that is dragged has another size many times in a second, and a terminal may be
        ahead of what it says: nothing is written until it has come to rest.
        """
        size = self._screen.size
        if self._jobs.is_resized or size != self._size:
            self._jobs.is_resized = False
            self._size, self._settled = size, now + SETTLE_S
            self._next_look = self._next_paint = 0.0
        return now >= self._settled

    def _say(self, line: str) -> None:
        self._waiting.append(self._paint.message(line))
        self._is_stale = True

    def _look(self, now: float) -> None:
        """Draw the board again, to be painted."""
        self._next_look = now + AGAIN_S
        self._observed.read(now)
        width = picture.width_in(self._size.columns)
        lines: list[Line] = []
        if width >= NARROWEST and self._size.rows > 1:
            drawn, height = self._observed.board(), self._size.rows // 2
            lines = picture.lines(drawn, width, height, plain=self._paint.is_plain)
        self._board, self._is_stale = [self._paint.line(line) for line in lines], True

    def _show(self) -> bool:
        """Paint; return whether the terminal took it."""
        if not self._screen.is_ready():
            return False
        if not self._screen.is_in_front:  # only lines, as from any program in the background
            self._screen.forget()
            self._screen.paint(self._taken(), [])
            self._is_stale = False
            return True
        mark = "..." if self._paint.is_plain else "…"
        room = min(MOST_BEGUN, self._size.rows // 4) if self._board else 0
        begun = self._begun[-room:] if room else []
        width = picture.width_in(self._size.columns)
        cropped = [log.cropped(line, width, mark) for line in begun]
        self._screen.paint(self._taken(), [*cropped, *self._board])
        self._is_stale = False
        return True

    def _taken(self) -> list[str]:
        """Return the lines that wait, and forget them."""
        taken, self._waiting = self._waiting, []
        return taken


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
