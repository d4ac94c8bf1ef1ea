from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweepcli.records import JSON, SweepConfig
from sweepcli.search import random
from sweepcli.sweep_config import parameters
from unread_runs import UnreadRuns

CONTINUOUS = {"lr": {"min": 0.0, "max": 1.0}, "n": {"min": 1, "max": 9}}
UNEVEN = {
    "even": {"values": [1, 2, 3]},
    "odds": {"values": ["a", "b", "c"], "probabilities": [0.7, 0.3, 0.0]},
    "q": {"distribution": "q_uniform", "min": 0.0, "max": 1.0, "q": 0.25},
}

PINNED_CONTINUOUS = [{"lr": 0.30126463168618545, "n": 9}, {"lr": 0.05368294367233106, "n": 9}]
PINNED_INTS = [25, 1, 35, 68, 21]


def draws(raw: dict[str, JSON], n: int, seed: int = 0) -> list[JSON]:
    config = SweepConfig("random", parameters.flatten(raw), seed=seed)
    return [suggestion.params for suggestion in random.suggest(config, [], n)]


def counted(raw: dict[str, JSON]) -> int | None:
    return random.size(SweepConfig("random", parameters.flatten(raw)))


@given(sizes=st.lists(st.integers(1, 7), min_size=1, max_size=3), seed=st.integers(0, 99))
def test_a_finite_space_is_covered_exactly_once(sizes: list[int], seed: int) -> None:
    raw = {f"p{i}": {"values": list(range(size))} for i, size in enumerate(sizes)}
    found = [json.dumps(params) for params in draws(raw, 1000, seed)]
    assert len(found) == len(set(found)) == counted(raw)


def test_unequal_weights_are_covered_exactly_once_too() -> None:
    found = {json.dumps(params) for params in draws(UNEVEN, 1000)}
    assert len(draws(UNEVEN, 1000)) == len(found) == counted(UNEVEN) == 3 * 2 * 5
    assert not any('"odds": "c"' in text for text in found)


def test_twelve_of_twelve_cells_are_twelve_different_runs() -> None:
    raw = {"a": {"values": [1, 2, 3]}, "b": {"min": 1, "max": 4}}
    assert len({json.dumps(params) for params in draws(raw, 12)}) == 12


@pytest.mark.parametrize("raw", [CONTINUOUS, UNEVEN])
def test_one_at_a_time_draws_what_many_at_once_draw(raw: dict[str, JSON]) -> None:
    config = SweepConfig("random", parameters.flatten(raw), seed=4)
    single = [random.suggest(config, UnreadRuns(i), 1)[0] for i in range(20)]
    assert single == random.suggest(config, [], 20)


def test_another_seed_draws_other_values() -> None:
    assert draws(CONTINUOUS, 5, seed=0) != draws(CONTINUOUS, 5, seed=1)
    assert draws(UNEVEN, 30, seed=0) != draws(UNEVEN, 30, seed=1)


def test_another_parameter_does_not_move_the_others() -> None:
    more = draws({**CONTINUOUS, "a": {"min": 0.0, "max": 1.0}}, 10)
    assert [params["lr"] for params in more] == [params["lr"] for params in draws(CONTINUOUS, 10)]


def test_draws_never_change_between_releases() -> None:
    # A sweep that goes on under a newer version must not repeat or skip draws.
    assert draws(CONTINUOUS, 2) == PINNED_CONTINUOUS
    assert draws({"a": {"min": 1, "max": 100}}, 5) == [{"a": a} for a in PINNED_INTS]


def test_first_draws_have_the_weights_of_the_config() -> None:
    first = Counter(draws(UNEVEN, 1, seed)[0]["odds"] for seed in range(2000))
    steps = Counter(draws(UNEVEN, 1, seed)[0]["q"] for seed in range(2000))

    assert first["a"] / 2000 == pytest.approx(0.7, abs=0.04)
    assert steps[0.0] / 2000 == pytest.approx(0.125, abs=0.03)
    assert steps[0.5] / 2000 == pytest.approx(0.25, abs=0.04)


@pytest.mark.parametrize("count", [2, 3, 5, 8])
def test_every_cell_is_as_likely_to_come_first_and_second(count: int) -> None:
    raw = {"a": {"min": 1, "max": count}}

    pairs = Counter(tuple(p["a"] for p in draws(raw, 2, seed)) for seed in range(3000))

    expected = 3000 / (count * (count - 1))
    assert len(pairs) == count * (count - 1)
    assert all(abs(n - expected) < 5 * expected**0.5 for n in pairs.values())


def test_a_huge_finite_space_is_drawn_at_once_and_has_an_end() -> None:
    raw = {f"p{i}": {"min": 0, "max": 10**9} for i in range(70)}

    found = draws(raw, 3)

    assert counted(raw) == (10**9 + 1) ** 70
    assert len({json.dumps(params) for params in found}) == 3


@pytest.mark.parametrize(
    "raw",
    [
        CONTINUOUS,
        {"q": {"distribution": "q_normal"}},
        {"q": {"distribution": "q_uniform", "min": 0, "max": 10**9, "q": 1}},
        {n: {"distribution": "q_uniform", "min": 0, "max": 999, "q": 1} for n in "ab"},
    ],
)
def test_spaces_too_large_to_list_or_without_bounds_have_no_end(raw: dict[str, JSON]) -> None:
    assert counted(raw) is None
    assert len(draws(raw, 3)) == 3
