"""The quick order of the parameters, without a forest."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest

from landscapes import ALL, KNOWN, UNIT, config, draws, played, runs
from sweepcli.records import Params
from sweepcli.search.importance import effects

LOADS = "import sys; from sweepcli.search.importance import effects; print('numpy' in sys.modules)"


def order(name: str, count: int = 200) -> list[str]:
    landscape = ALL[name]
    space = config(landscape.parameters)
    found = effects.of(space, played(space, landscape.loss, count))
    return [each.name for each in found.parameters]


@pytest.mark.parametrize(("name", "first"), [("additive", "ab"), ("bowl", "f"), ("ishigami", "b")])
def test_what_matters_most_comes_first(name: str, first: str) -> None:
    assert "".join(order(name)).startswith(first)


def test_what_explains_the_rest_comes_second_even_if_it_is_little_of_the_whole() -> None:
    def loss(x: Params) -> float:
        return float(20 * x["a"] + 3 * x["z"])

    space = config(dict.fromkeys("abcdz", UNIT))

    found = effects.of(space, played(space, loss, 200)).parameters

    assert [each.name for each in found] == ["a", "z"]
    assert found[0].share > 0.8
    assert 0 < found[1].share < 0.1


def test_categories_and_lists_count_too() -> None:
    axes = {"kind": {"values": ["a", "b", [1, 2], {"x": 1}, None]}, "lr": UNIT}
    space = config(axes)
    weights = {"'a'": 0.0, "'b'": 5.0}
    found = effects.of(space, played(space, lambda x: weights.get(repr(x["kind"]), 2.0), 60))

    assert [each.name for each in found.parameters] == ["kind"]


def test_of_noise_alone_nothing_comes_first() -> None:
    space = config({f"p{at}": UNIT for at in range(12)})
    found = [
        effects.of(space, played(space, lambda _: 0.0, count, noise=1.0)) for count in (30, 90)
    ]

    assert [each.parameters for each in found] == [(), ()]


@pytest.mark.parametrize("count", [0, 1, 9])
def test_few_runs_tell_nothing(count: int) -> None:
    landscape = KNOWN["additive"]
    space = config(landscape.parameters)

    assert effects.of(space, played(space, landscape.loss, count)).parameters == ()


def test_runs_without_a_number_and_equal_values_are_borne() -> None:
    space = config({"a": UNIT})
    params = draws(space, 40)
    values = [[None, math.nan, math.inf, 1.0][at % 4] for at in range(40)]

    assert effects.of(space, runs(params, values)).parameters == ()
    assert effects.of(space, runs(params, [1.0] * 40)).parameters == ()


def test_it_loads_no_numpy() -> None:
    done = subprocess.run([sys.executable, "-c", LOADS], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
