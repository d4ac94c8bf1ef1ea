from __future__ import annotations

from sweepcli.views import rate
from sweepcli.views.rate import Pace


def test_the_rate_is_that_of_the_ends_in_the_last_hour() -> None:
    ends = [*(1.0, 2.0, 3.0), *(9_700.0, 9_800.0, 9_900.0)]

    assert rate.of(ends, 10, 9_900.0) == Pace(36.0, 1000.0)


def test_time_without_an_end_makes_it_slower() -> None:
    assert rate.of([100.0, 200.0, 300.0], None, 500.0) == Pace(18.0, None)


def test_few_ends_make_no_rate() -> None:
    assert rate.of([100.0, 200.0], 5, 300.0) is None
    assert rate.of([100.0, 100.0, 100.0], 5, 100.0) is None
