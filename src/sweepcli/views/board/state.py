"""What a board shows at one moment: sweeps, and runs in their slots."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.views import render

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sweepcli.records import Metric, Run, RunState
    from sweepcli.views.pace import Pace

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
    pace: Pace | None = None
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


class Board(NamedTuple):
    """All that is shown."""

    courses: Sequence[Course]
    at_work: Sequence[AtWork]
    slots: int = 1
    signaled: str = ""  # what a signal to the agent means for the runs
