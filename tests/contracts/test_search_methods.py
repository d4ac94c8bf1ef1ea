"""What every search method must keep, run over the registry."""

from __future__ import annotations

import json

import pytest

from parameter_examples import EVERY, allows, raw
from sweepcli import search
from sweepcli.errors import ConfigError, NotSupported
from sweepcli.records import Metric, Run, RunState, Suggestion, SweepConfig
from sweepcli.sweep_config import parameters

SMALL = {"a": {"values": [1, 2, 3]}, "g": {"parameters": {"b": {"values": ["x", "y"]}}}}
methods = pytest.mark.parametrize("name", search.METHODS)


def config(name: str, parameter: dict[str, object], seed: int = 0) -> SweepConfig:
    leaves = parameters.flatten(parameter)
    return SweepConfig(name, leaves, metric=Metric("loss"), seed=seed)


def finished(suggestions: list[Suggestion]) -> list[Run]:
    return [
        Run(f"r{i}", "s", i + 1, s.key, RunState.FINISHED, s.params, value=float(i))
        for i, s in enumerate(suggestions)
    ]


def one_by_one(sweep: SweepConfig, n: int) -> list[Suggestion]:
    made: list[Suggestion] = []
    while len(made) < n and (more := search.method(sweep.method)(sweep, finished(made), 1)):
        made += more
    return made


@methods
@pytest.mark.parametrize("distribution", EVERY)
def test_values_are_in_range_and_plain_json(name: str, distribution: str) -> None:
    sweep = config(name, {"p": raw(distribution)})
    try:
        suggestions = search.method(name)(sweep, [], 30)
    except ConfigError:
        return  # refused with a message, as grid does with what it cannot list

    values = [suggestion.params["p"] for suggestion in suggestions]

    assert values
    assert all(allows(distribution, value) for value in values)
    assert json.loads(json.dumps(values, allow_nan=False)) == values


@pytest.mark.parametrize(
    ("name", "learns"),
    [
        *(("grid", False), ("random", False), ("sobol", False), ("bayes", True)),
        *(("custom", True), ("my_package.search:suggest", True)),
    ],
)
def test_a_method_says_whether_it_needs_the_values_of_runs(name: str, learns: bool) -> None:
    assert search.learns(name) is learns


@methods
def test_the_same_question_has_the_same_answer(name: str) -> None:
    sweep = config(name, SMALL, seed=7)
    assert one_by_one(sweep, 4) == one_by_one(sweep, 4)


@methods
def test_no_key_comes_twice(name: str) -> None:
    keys = [suggestion.key for suggestion in one_by_one(config(name, SMALL), 100)]
    assert len(keys) == len(set(keys))


@methods
def test_a_finite_space_is_used_up_and_then_ends(name: str) -> None:
    sweep = config(name, SMALL)

    made = one_by_one(sweep, 100)

    distinct = {json.dumps(suggestion.params) for suggestion in made}
    assert len(made) == len(distinct) == search.size(sweep) == 6
    assert search.method(name)(sweep, finished(made), 3) == []


@methods
def test_asking_for_more_than_is_left_gives_what_is_left(name: str) -> None:
    sweep = config(name, SMALL)
    made = one_by_one(sweep, 4)
    assert len(search.method(name)(sweep, finished(made), 5)) == 2


def test_a_method_that_we_lack_is_refused_with_those_that_we_have() -> None:
    with pytest.raises(NotSupported, match=r"method: tree cannot be run .*\(use grid or random"):
        search.method("tree")
