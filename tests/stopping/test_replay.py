from __future__ import annotations

import math

import pytest

from sweepcli.records import Goal
from sweepcli.stopping import replay
from sweepcli.stopping.replay import Logged, Past

RULE = {"type": "hyperband", "min_iter": 2}


def past(*losses: float, start: float = 1000.0, end: float | None = None) -> Past:
    """Return a run that logs every 10 s, and ends with its last value if not told otherwise."""
    logged = [Logged(start + 10 * i, 1, i, loss) for i, loss in enumerate(losses, 1)]
    return Past([(start, logged[-1].at if end is None else end)], logged)


def test_a_run_is_cut_where_the_rule_would_have_judged_it() -> None:
    runs = {"good": past(1, 1, 1, 1), "bad": past(2, 3, 2, 2, start=1001.0)}

    cuts = replay.replay(RULE, Goal.MINIMIZE, runs, tick_s=0.5)

    assert list(cuts) == ["bad"]
    at, reason, best, values, seconds = cuts["bad"]
    assert reason == "stopped: 3 at step 2 (value 2) is worse than 1, the best third after 2 values"
    assert (at, best, values, seconds) == (1021.5, 2, 2, 19.5)


def test_what_comes_after_a_cut_raises_no_bar() -> None:
    # The first is cut after 2 values, so that its 0 never stood at band 6.
    rule = {"type": "hyperband", "min_iter": 2}
    late = past(9, 9, 9, 9, 9, 0, start=1000.5)
    runs = {"cut": late, "best": past(1, 1, 1, 1, 1, 8), "next": past(1, 1, 1, 1, 1, 8)}

    assert list(replay.replay(rule, Goal.MINIMIZE, runs, tick_s=0.5)) == ["cut"]


def test_a_run_that_is_complete_is_not_cut_once_others_have_shown_how_long_they_are() -> None:
    whole = [past(1, 1, start=float(i))._replace(is_finished=True) for i in range(3)]
    runs = {**{str(i): run for i, run in enumerate(whole)}, "late": past(2, 2, end=9999.0)}

    assert replay.replay(RULE, Goal.MINIMIZE, runs, tick_s=0.5) == {}
    unfinished = {name: run._replace(is_finished=False) for name, run in runs.items()}
    assert list(replay.replay(RULE, Goal.MINIMIZE, unfinished, tick_s=0.5)) == ["late"]
    early = {**runs, "late": past(2, 2, start=-900.0, end=9999.0)}  # while the others are at work
    assert replay.replay(RULE, Goal.MINIMIZE, early, tick_s=0.5).keys() == {"late"}


def test_a_run_that_has_ended_is_cut_no_more() -> None:
    runs = {"ended": past(2, 2, 2), "later": past(1, 1, start=2000.0)}
    assert replay.replay(RULE, Goal.MINIMIZE, runs, tick_s=0.5) == {}


def test_a_run_at_work_counts_up_to_what_it_logged_last() -> None:
    runs = {"good": past(1, 1, 1), "at work": past(2, 2, 2, start=1001.0, end=math.inf)}
    assert replay.replay(RULE, Goal.MINIMIZE, runs, tick_s=0.5)["at work"].seconds == 9.5


def test_the_goal_turns_the_judgement() -> None:
    runs = {"high": past(2, 2, 2), "low": past(1, 1, 1, start=1001.0)}
    cuts = replay.replay(RULE, Goal.MAXIMIZE, runs, tick_s=0.5)
    assert [(run_id, cut.best) for run_id, cut in cuts.items()] == [("low", 1)]


def test_the_time_between_attempts_is_not_time_at_work() -> None:
    run = Past([(0.0, 10.0), (50.0, 70.0)], [])

    assert replay.seconds(run) == 30
    assert replay.seconds(run, since=5.0) == 25
    assert replay.seconds(run, since=60.0) == pytest.approx(10)
