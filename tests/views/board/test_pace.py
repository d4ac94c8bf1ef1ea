from __future__ import annotations

import pytest

from sweepcli.views.board import pace
from sweepcli.views.board.pace import Pace


def test_nothing_is_known_before_a_run_has_ended() -> None:
    seen = Pace()
    seen.see(0.0, 7)
    seen.see(60.0, 7)

    assert seen.per_hour(60.0) is None


def test_the_rate_is_that_of_the_runs_that_ended_meanwhile() -> None:
    seen = Pace()
    for at, done in ((0.0, 7), (60.0, 8), (120.0, 10)):
        seen.see(at, done)

    assert seen.per_hour(180.0) == pytest.approx(60.0)
    assert seen.per_hour(360.0) == pytest.approx(30.0)


def test_what_is_long_ago_counts_no_more() -> None:
    seen = Pace()
    for minute in range(600):
        seen.see(minute * 60.0, minute if minute < 300 else 300 + 2 * (minute - 300))

    assert seen.per_hour(599 * 60.0) == pytest.approx(120.0)


def test_runs_that_were_given_back_begin_a_new_count() -> None:
    seen = Pace()
    seen.see(0.0, 7)
    seen.see(60.0, 8)
    seen.see(90.0, 5)

    assert seen.per_hour(100.0) is None


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        *((-1.0, "0:00"), (59.9, "0:59"), (60.0, "1:00"), (3_599.0, "59:59")),
        *((3_600.0, "1:00:00"), (86_399.0, "23:59:59"), (100_000.0, "1 d 3 h")),
    ],
)
def test_a_clock_shows_hours_only_where_there_are_some(seconds: float, shown: str) -> None:
    assert pace.clock(seconds) == shown
