from __future__ import annotations

import numpy as np
import pytest

from landscapes import UNIT, config, runs
from sweepcli.records import Metric
from sweepcli.search.axes import Axis
from sweepcli.search.importance import sample
from sweepcli.sweep_config import parameters


def test_values_that_are_spread_evenly_or_as_a_bell_keep_their_shape() -> None:
    rng = np.random.default_rng(0)

    for values in (rng.random(200), rng.standard_normal(200)):
        found = sample.evened(values)

        assert found.mean() == pytest.approx(0.0)
        assert found.std() == pytest.approx(1.0)
        assert found == pytest.approx((values - values.mean()) / values.std(), abs=0.02)


@pytest.mark.parametrize("worst", [1e3, 1e30, 1.7e308])
def test_a_catastrophe_comes_near_and_stays_the_worst(worst: float) -> None:
    values = np.append(np.linspace(0.0, 0.1, 99), worst)

    found = sample.evened(values)

    assert found[98] < found[99] < 6
    assert np.ptp(found[:99]) > 2


def test_a_better_half_of_equal_values_leaves_the_ranks_of_the_others() -> None:
    values = np.array([1.0] * 6 + [2.0, 3.0, 1e9])

    found = sample.evened(values)

    assert len(set(found[:6])) == 1
    assert np.diff(found[5:]).min() > 0.1


@pytest.mark.parametrize(
    ("settings", "order"),
    [
        ({"values": [64, 16, 32]}, [1, 2, 0]),
        ({"values": [True, False]}, [1, 0]),
        ({"values": ["b", "a"]}, [0, 1]),
        ({"values": ["b", "a", "c"]}, None),
        ({"values": [1, "a", 2]}, None),
        ({"min": 3, "max": 5}, [0, 1, 2]),
    ],
)
def test_values_have_an_order_or_none(settings: dict[str, object], order: list[int] | None) -> None:
    found = sample.order(Axis(parameters.flatten({"p": settings})[0]))
    assert (None if found is None else found.tolist()) == order


def test_ranks_of_equal_values_are_shared() -> None:
    space = config({"a": UNIT})
    params = [{"a": place} for place in (0.1, 0.2, 0.3, 0.4)]
    done = runs(params, [1.0, 1.0, 2.0, 2.0])

    seen = sample.observed(space.parameters, Metric("loss"), done, 10)

    assert sample.correlations(seen) == [pytest.approx(2 / np.sqrt(5))]


def test_what_is_looked_at_of_a_grid_has_every_value_of_its_last_parameter() -> None:
    space = config({"a": UNIT})
    done = runs([{"a": i % 10 / 10} for i in range(1000)], [float(i) for i in range(1000)])

    seen = sample.observed(space.parameters, Metric("loss"), done, 100)
    again = sample.observed(space.parameters, Metric("loss"), done, 100)

    assert len(seen.values) == 100
    assert len(set(seen.places[0].tolist())) == 10
    assert (seen.values == again.values).all()
