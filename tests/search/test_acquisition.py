from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from sweepcli.search import acquisition
from sweepcli.search.acquisition import Improvement, log_h
from sweepcli.search.gaussian_process import Hyperparameters, Posterior
from sweepcli.search.unit_space import Space
from sweepcli.sweep_config import parameters

Array = NDArray[np.float64]
RAW = {"a": {"min": 0.0, "max": 1.0}, "b": {"min": 1, "max": 9}, "c": {"values": ["x", "y", "z"]}}
MIXED = Space(parameters.flatten(RAW))
LINES = Space(parameters.flatten({"a": RAW["a"], "b": RAW["a"]}))


def improvement(space: Space, value: Callable[[Array], Array]) -> Improvement:
    u = space.snapped(np.random.default_rng(0).random((30, len(space.axes))))
    x, y = space.coordinates(u), value(u)
    of = Hyperparameters(np.full(len(space.axis_of), 0.7), 1e-4)
    return Improvement(
        Posterior(x, y, space.groups, of), space, float(y.min()), 1.0, u, np.full(len(u), 1e-3)
    )


@pytest.mark.parametrize("t", [-200.0, -30.5, -29.5, -8.0, -1.0, 0.0, 2.0, 9.5, 12.0])
def test_log_h_is_right_from_the_far_tail_to_the_straight_line(t: float) -> None:
    log, ratio = (float(v[0]) for v in log_h(np.array([t])))

    if t < -5:  # by the continued fraction of Mills' ratio
        v, mills = -t, 0.0
        for k in range(60, 0, -1):
            mills = k / (v + mills)
        mills = 1 / (v + mills)
        h = 1 - v * mills
        expected = -v * v / 2 - math.log(2 * math.pi) / 2 + math.log(h)
        slope = mills / h
    else:
        tail = math.erfc(-t / math.sqrt(2)) / 2
        h = math.exp(-t * t / 2) / math.sqrt(2 * math.pi) + t * tail
        expected, slope = math.log(h), tail / h
    assert log == pytest.approx(expected, abs=4e-3 if t < -30 else 1e-4)
    assert ratio == pytest.approx(slope, rel=4e-3)


def test_the_slope_is_that_of_finite_differences() -> None:
    found = improvement(MIXED, lambda u: (u[:, 0] - 0.3) ** 2 + 0.1 * u[:, 2])
    u = MIXED.snapped(np.random.default_rng(1).random((6, 3)))

    values, slope = found.with_slope(u)

    step = np.array([1e-5, 0, 0])
    expected = (found.at(u + step) - found.at(u - step)) / 2e-5
    assert values == pytest.approx(found.at(u))
    assert slope[:, 0] == pytest.approx(expected, rel=0.02, abs=0.02)


def test_the_maximum_is_better_than_any_of_many_points() -> None:
    found = improvement(LINES, lambda u: ((u - 0.37) ** 2).sum(1))
    rng = np.random.default_rng(2)

    u = acquisition.maximise(found, rng.random((3, 2)), np.ones(2), rng)

    everywhere = np.random.default_rng(3).random((20_000, 2))
    assert found.at(u[:1])[0] >= found.at(everywhere).max()
    assert (np.diff(found.at(u)) <= 2e-4).all()  # of no more digits is the order made


def test_every_point_stands_for_values() -> None:
    found = improvement(MIXED, lambda u: u.sum(1))
    rng = np.random.default_rng(4)

    u = acquisition.maximise(found, MIXED.snapped(rng.random((3, 3))), np.ones(3), rng)

    assert MIXED.snapped(u) == pytest.approx(u, abs=1e-12)
