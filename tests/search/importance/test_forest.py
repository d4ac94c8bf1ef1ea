from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sweepcli.search.axes import Axis
from sweepcli.search.importance import forest, marginals
from sweepcli.search.importance.forest import Column, Forest
from sweepcli.sweep_config import parameters

Array = NDArray[np.float64]
TREES, RUNS = 7, 120
SPACE = {
    "line": {"min": 0.0, "max": 1.0},
    "kind": {"values": ["x", "y", "z", "w"], "probabilities": [0.4, 0.3, 0.2, 0.1]},
    "steps": {"min": 1, "max": 5},
}
AXES = [Axis(each) for each in parameters.flatten(SPACE)]


def grown() -> tuple[Forest, list[Column], Array, Array]:
    """Return a forest, its columns, and the positions (p, T, m) and values that it grew from."""
    rng = np.random.default_rng(3)
    seen = [forest.column(axis, TREES, rng) for axis in AXES]
    places = rng.random((len(AXES), RUNS))
    drawn = rng.integers(0, RUNS, (TREES, RUNS))
    values = np.sin(7 * places[1]) + places[0] * places[2] + rng.random(RUNS)
    positions = positions_of(seen, places)
    of_trees = np.take_along_axis(positions, drawn[None], axis=2)
    whole = np.array([not axis.is_line for axis in AXES])
    return forest.grow(of_trees, values[drawn], whole, rng), seen, of_trees, values[drawn]


def positions_of(seen: list[Column], places: Array) -> Array:
    return np.stack([c.positions(row, TREES) for c, row in zip(seen, places, strict=True)])


def test_a_leaf_has_the_mean_of_its_runs() -> None:
    made, _, positions, values = grown()

    reached = made.reached(positions)

    for leaf in made.leaves.nodes:
        assert made.value[leaf] == pytest.approx(values[reached == leaf].mean())
    assert set(reached.ravel()) == set(made.leaves.nodes)


def test_leaves_are_cut_as_far_as_there_are_runs_to_cut() -> None:
    made, _, positions, values = grown()

    reached = made.reached(positions)

    for leaf in made.leaves.nodes:
        inside = reached == leaf
        is_small = inside.sum() < forest.LEAST_TO_CUT
        one_point = all(len(set(row[inside])) == 1 for row in positions)
        assert is_small or one_point or len(set(values[inside])) == 1


def test_a_marginal_is_the_mean_over_all_other_axes() -> None:
    made, seen, _, _ = grown()
    rng = np.random.default_rng(0)

    found = marginals.of(made, seen, 1 / TREES)

    for number, axis in enumerate(AXES):
        for place in (0.05, 0.33, 0.5, 0.95):
            points = rng.random((len(AXES), 20_000))
            points[number] = place
            mean = made.value[made.reached(positions_of(seen, points))].mean()
            middle = float(found[number].weights @ found[number].values)
            told = middle + float(found[number].at(np.array([place]), axis)[0])
            assert told == pytest.approx(mean, abs=0.02)


def test_marginals_of_one_forest_have_one_mean() -> None:
    made, seen, _, _ = grown()
    means = [float(each.weights @ each.values) for each in marginals.of(made, seen, 1.0)]
    assert means == pytest.approx([means[0]] * len(means))


def test_marginals_add_up() -> None:
    made, seen, _, _ = grown()
    places = np.linspace(0.01, 0.99, 50)

    for axis, one in zip(AXES, marginals.of(made, seen, 1.0), strict=True):
        twice = marginals.add(marginals.add(marginals.flat(axis), one), one)

        assert twice.weights.sum() == pytest.approx(1.0)
        assert twice.at(places, axis) == pytest.approx(2 * one.at(places, axis))
        assert twice.variance == pytest.approx(4 * one.variance)


def test_values_without_an_order_have_another_one_in_every_tree() -> None:
    rng = np.random.default_rng(0)
    kind, line, steps = (forest.column(axis, 20, rng) for axis in AXES)

    assert len({tuple(row) for row in kind.position.tolist()}) > 5
    assert {tuple(row) for row in steps.position.tolist()} == {(0, 1, 2, 3, 4)}
    assert kind.boundaries[:, -1] == pytest.approx(1.0)
    assert line.before(np.array([0.25]), np.array([0])).tolist() == [0.25]
