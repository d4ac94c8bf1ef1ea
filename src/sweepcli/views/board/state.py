"""What a board shows at one moment: sweeps, and runs in their slots."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.views import render

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sweepcli.records import Metric, Run, RunState

Span = tuple[str, str]
Line = list[Span]


class AtWork(NamedTuple):
    """A run in its slot, as far as it is known."""

    run: Run
    slot: str  # its name for people; empty where there is but one
    seconds: float  # since the attempt began
    step: int | None = None
    latest: float | None = None
    best: float | None = None
    curve: Sequence[float] = ()


class Course(NamedTuple):
    """How far a sweep is."""

    path: str
    counts: Mapping[RunState, int]
    total: int | None = None
    state: str = ""  # if it is not the usual one
    per_hour: float | None = None
    metric: Metric | None = None
    best: Run | None = None
    asked: tuple[int, int] | None = None  # how many attempts of this agent ended, and of how many

    @property
    def done(self) -> int:
        """How many runs have ended for good."""
        return render.done(self.counts)

    @property
    def has_end(self) -> bool:
        """Whether it is known how many runs there are to come."""
        return self.total is not None or self.asked is not None

    @property
    def seconds_left(self) -> float | None:
        """How long this agent goes on at the present rate; None as long as there is none."""
        left = [] if self.total is None else [self.total - self.done]
        if self.asked is not None:
            left.append(self.asked[1] - self.asked[0])
        if not left or not self.per_hour:
            return None
        return max(0, min(left)) / self.per_hour * render.HOUR_S


class Board(NamedTuple):
    """All that is shown."""

    courses: Sequence[Course]
    at_work: Sequence[AtWork]
    slots: int = 1
    signaled: str = ""  # what a signal to the agent means for the runs
