from __future__ import annotations

import pytest

from sweepcli.records import Run, RunState, SweepConfig
from sweepcli.search import sobol
from sweepcli.sweep_config import parameters

# Points 1 to 4 of the unscrambled sequence in five dimensions (Joe and Kuo 2008).
KNOWN = [
    [0.5, 0.5, 0.5, 0.5, 0.5],
    [0.75, 0.25, 0.25, 0.25, 0.75],
    [0.25, 0.75, 0.75, 0.75, 0.25],
    [0.375, 0.375, 0.625, 0.875, 0.375],
]


def config(raw: dict[str, dict[str, object]], seed: int = 0) -> SweepConfig:
    return SweepConfig("sobol", parameters.flatten(raw), seed=seed)


def test_the_sequence_is_the_known_one() -> None:
    found = [[sobol.bits(index, axis) / 2**sobol.BITS for axis in range(5)] for index in range(5)]
    assert found == [[0.0] * 5, *KNOWN]


@pytest.mark.parametrize("seed", [0, 1, 99])
def test_every_power_of_two_fills_all_strips_evenly(seed: int) -> None:
    paths = [(f"x{axis}",) for axis in range(40)]

    points = [sobol.point(seed, index, paths) for index in range(256)]

    for axis in range(40):
        assert sorted(int(256 * point[axis]) for point in points) == list(range(256))


def test_there_is_no_end_of_axes() -> None:
    paths = [(f"x{axis}",) for axis in range(60)]

    point = sobol.point(0, 7, paths)

    assert len(set(point)) == 60
    assert all(0 < x < 1 for x in point)


def test_seeds_make_different_points() -> None:
    raw: dict[str, dict[str, object]] = {"x": {"min": 0.0, "max": 1.0}}
    assert sobol.suggest(config(raw), [], 3) != sobol.suggest(config(raw, 1), [], 3)


def test_a_space_that_the_sequence_is_slow_to_fill_is_used_up_all_the_same() -> None:
    sweep = config({"a": {"values": [1, 2], "probabilities": [0.999, 0.001]}, "b": {"value": 7}})

    made = sobol.suggest(sweep, [], 9)

    assert [s.params for s in made] == [{"a": 1, "b": 7}, {"a": 2, "b": 7}]
    runs = [Run(s.key, "s", 1, s.key, RunState.FINISHED, s.params) for s in made]
    assert sobol.suggest(sweep, runs, 1) == []
    assert sobol.size(config({"a": {"min": 0, "max": 5000}})) is None
