"""How fast the runs of a sweep end, and how long the rest will take.

The one estimate that the board, `sweep show`, `sweep top` and the page give, and its words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.records import DONE, RunState, SweepState
from sweepcli.values import mean
from sweepcli.views import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sweepcli.records import Run
    from sweepcli.stores import Store

ENDS = 30  # the latest, whose mean duration is taken
SHORTEST_S = 1e-3  # what a run takes at least


class Pace(NamedTuple):
    """Runs an hour, and the seconds to go if the number of runs is known."""

    per_hour: float
    left_s: float | None

    @property
    def words(self) -> str:
        """Both, for people."""
        to_go = [] if self.left_s is None else [to_go_words(self.left_s)]
        return ", ".join([rate_words(self.per_hour), *to_go])


def latest(store: Store, sweep_id: str, counts: Mapping[RunState, int]) -> list[Run]:
    """Return the latest runs of a sweep: enough for ENDS ends and all running ones."""
    most = ENDS + counts.get(RunState.RUNNING, 0)
    return store.page(sweep_id, descending=True, most=most)


def of_sweep(
    runs: Iterable[Run],
    state: SweepState,
    counts: Mapping[RunState, int],
    total: int | None,
    now: float,
) -> Pace | None:
    """Return the pace of a sweep from its latest runs, None if it starts no more of them."""
    if state not in (SweepState.PENDING, SweepState.RUNNING):
        return None
    left = None if total is None else total - render.done(counts)
    return of(runs, counts.get(RunState.RUNNING, 0), left, now)


def of(runs: Iterable[Run], running: int, left: int | None, now: float) -> Pace | None:
    """Return the pace from the latest runs, and from how many are running and left.

    None if no run has ended or none is running. `left` includes the running runs. One that takes
    longer than the mean raises the mean, so a sweep that hangs becomes slower; one that is not
    among the latest is expected to end at once.
    """
    known = list(runs)
    durations = _durations(known)
    took = mean(durations)
    if took is None or running < 1:
        return None
    so_far = [now - run.started_at for run in known if _is_running(run) and run.started_at]
    overdue = [seconds for seconds in so_far if seconds > took]
    took = max(SHORTEST_S, mean([*durations, *overdue]) or 0.0)
    missing = max(0, running - len(so_far))
    spent = sum(min(seconds, took) for seconds in so_far) + missing * took
    left_s = None if left is None else max(0.0, left * took - spent) / running
    return Pace(running / took * render.HOUR_S, left_s)


def _durations(runs: Sequence[Run]) -> list[float]:
    ends = sorted(
        (run.ended_at, run.ended_at - run.started_at)
        for run in runs
        if run.state in DONE and run.started_at is not None and run.ended_at is not None
    )
    return [max(0.0, seconds) for _, seconds in ends[-ENDS:]]


def _is_running(run: Run) -> bool:
    return run.state is RunState.RUNNING


def rate_words(per_hour: float) -> str:
    """Return a rate for people."""
    return f"{per_hour / 60:.3g} runs/min" if per_hour >= 600 else f"{per_hour:.3g} runs/h"


def to_go_words(seconds: float) -> str:
    """Return the time to go for people, rounded as an estimate should be."""
    days, rest = divmod(seconds, render.DAY_S)
    if days:
        return f"{int(days)} d {int(rest // render.HOUR_S)} h to go"
    return f"{(render.duration if seconds >= render.HOUR_S else render.age)(seconds)} to go"
