from __future__ import annotations

import math

from sweepcli.records import JSON, Row
from sweepcli.views import curves
from sweepcli.views.curves import Curve


def rows(*values: tuple[int, dict[str, JSON]]) -> list[Row]:
    return [Row(line, step, None, found) for line, (step, found) in enumerate(values)]


def test_each_metric_is_a_curve_over_the_steps_at_which_it_was_logged() -> None:
    logged = rows((0, {"loss": 2, "note": "a"}), (1, {"val": {"acc": 0.5}}), (2, {"loss": 1}))

    assert curves.of_attempts([logged]) == {
        "loss": Curve([0, 2], [2.0, 1.0]),
        "val.acc": Curve([1], [0.5]),
    }


def test_a_later_attempt_counts_where_both_logged_a_step() -> None:
    first = rows((0, {"loss": 3}), (1, {"loss": 9}))
    second = rows((1, {"loss": 2}), (2, {"loss": 1}))
    assert curves.of_attempts([first, second])["loss"] == Curve([0, 1, 2], [3.0, 2.0, 1.0])


def test_a_thinned_curve_keeps_its_extremes_and_its_order() -> None:
    values = [math.sin(step / 50) for step in range(10_000)]
    values[4_321] = 17.0

    thin = curves.thinned(Curve(list(range(10_000)), values), 100)

    assert len(thin.steps) <= 100
    assert thin.steps == sorted(thin.steps)
    assert (max(thin.values), thin.steps[thin.values.index(17.0)]) == (17.0, 4_321)


def test_a_short_curve_stays_as_it_is() -> None:
    curve = Curve([0, 1], [math.nan, 1.0])
    assert curves.thinned(curve, 100) is curve
