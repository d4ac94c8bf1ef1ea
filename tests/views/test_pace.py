from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from support import an_ending, begin, claimed, end, grid
from sweepcli.records import Run, RunState, SweepState
from sweepcli.runs.slots import Slot
from sweepcli.stores import open_store
from sweepcli.views import pace, status, sweep_view, top_view
from sweepcli.views.board import picture
from sweepcli.views.board.observed import Observed
from sweepcli.views.dashboard import answers
from sweepcli.views.pace import Pace

NOW = 10_000.0


def a_run(state: RunState, started_at: float, ended_at: float | None = None) -> Run:
    return Run("r", "s1", 1, "k", state, {}, started_at=started_at, ended_at=ended_at)


def ended(*seconds: float) -> list[Run]:
    """Return runs that took so many seconds, each ended before the next one."""
    return [a_run(RunState.FINISHED, at, at + each) for at, each in enumerate(seconds, 1)]


def test_it_is_the_mean_duration_over_the_slots_at_work() -> None:
    just_begun = [a_run(RunState.RUNNING, NOW)] * 2
    assert pace.of([*ended(50, 150), *just_begun], 2, 10, NOW) == Pace(72.0, 500.0)


def test_what_runs_have_done_so_far_is_not_to_come() -> None:
    begun = [a_run(RunState.RUNNING, NOW - 30), a_run(RunState.RUNNING, NOW - 70)]
    assert pace.of([*ended(100), *begun], 2, 10, NOW) == Pace(72.0, 450.0)


def test_a_run_that_takes_longer_than_the_others_makes_it_slower() -> None:
    hangs = a_run(RunState.RUNNING, NOW - 300)
    assert pace.of([*ended(100), hangs], 1, None, NOW) == Pace(18.0, None)


def test_only_the_latest_ends_count() -> None:
    runs = [*ended(*[7.0] * 50, *[100.0] * pace.ENDS), a_run(RunState.RUNNING, NOW)]
    assert pace.of(runs, 1, 1, NOW) == Pace(36.0, 100.0)


def test_nothing_is_known_before_a_run_has_ended_or_while_none_is_at_work() -> None:
    preempted = a_run(RunState.PREEMPTED, 1.0, 2.0)
    assert pace.of([preempted, a_run(RunState.RUNNING, NOW)], 1, 5, NOW) is None
    assert pace.of(ended(100), 0, 5, NOW) is None


def test_runs_that_take_no_time_have_a_pace() -> None:
    assert pace.of([*ended(0), a_run(RunState.RUNNING, NOW)], 1, 0, NOW) == Pace(3.6e6, 0.0)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Pace(1234.5, 30.7), "20.6 runs/min, 30 s to go"),
        (Pace(52.04, 3_461.0), "52 runs/h, 57 min to go"),
        (Pace(12.4, 9_000.0), "12.4 runs/h, 2 h 30 min to go"),
        (Pace(9.96, 3e5), "9.96 runs/h, 3 d 11 h to go"),
        (Pace(0.5, None), "0.5 runs/h"),
    ],
)
def test_it_is_written_for_people(found: Pace, words: str) -> None:
    assert found.words == words


def test_board_show_top_and_page_say_the_same_at_the_same_moment(tmp_path: Path) -> None:
    with closing(open_store(os.path.join(tmp_path, "results"))) as store:
        begin(store, 9, grid(9))
        store.set_state("s1", SweepState.RUNNING, allowed=[SweepState.PENDING])
        end(store, claimed(store), an_ending()._replace(at=902.0))
        claimed(store), claimed(store)
        sweep, now = store.sweep("s1"), 302.0

        board = Observed(store, [sweep], (Slot(0), Slot(1)), None, clock=lambda: now)
        board.read(1.0)
        on_board = [
            "".join(text for text, _ in line) for line in picture.lines(board.board(), 150, 9)
        ]
        shown = sweep_view.lines(status.of(store, sweep, now), None, 80)
        top = top_view.of(store, sweep, 9, now).lines(None, 80)
        page = answers.sweep(store, sweep, "", now)

    words = "8 runs/h, 55 min to go"  # 8 runs of 15 min, two at a time, with 5 min behind them
    assert words in on_board[1]
    assert f"pace      {words}" in shown
    assert f"pace      {words}" in top
    assert page["pace"] == words
