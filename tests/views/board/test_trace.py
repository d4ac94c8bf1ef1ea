from __future__ import annotations

import math

from sweepcli.views.board import trace
from sweepcli.views.board.trace import Trace


def of(values: list[float]) -> list[float]:
    made = Trace()
    for value in values:
        made.add(value)
    return made.values


def test_a_short_curve_is_kept_as_it_is() -> None:
    assert of([3.0, 1.0, 2.0]) == [3.0, 1.0, 2.0]


def test_a_long_curve_is_kept_as_means_of_equally_many_values() -> None:
    assert of([float(n) for n in range(1024)])[:3] == [3.5, 11.5, 19.5]


def test_a_curve_without_end_stays_small() -> None:
    values = of([float(n) for n in range(100_000)])

    assert trace.MOST / 2 <= len(values) <= trace.MOST
    assert values == sorted(values)


def test_what_is_no_number_spoils_no_mean() -> None:
    values = of([math.nan, 1.0] * trace.MOST)

    assert set(values) == {1.0}
    assert math.isnan(of([math.inf])[0])
