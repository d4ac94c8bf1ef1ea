from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweepcli.sweep_config import lattice


def test_steps_of_a_tenth_are_decimals_and_reach_the_maximum() -> None:
    points = lattice.spaced(0.1, 0.5, 0.1)
    assert [points.at(i) for i in range(points.size)] == [0.1, 0.2, 0.3, 0.4, 0.5]


def test_steps_are_ints_only_between_ints() -> None:
    whole, mixed = lattice.spaced(1, 9, 4), lattice.spaced(1.0, 9, 4)
    assert [repr(whole.at(i)) for i in range(whole.size)] == ["1", "5", "9"]
    assert [repr(mixed.at(i)) for i in range(mixed.size)] == ["1.0", "5.0", "9.0"]


def test_a_range_beyond_64_bits_is_counted() -> None:
    points = lattice.spaced(0, 2**70, 1)
    assert points.size == 2**70 + 1
    assert points.at(2**70) == 2**70


@given(
    low=st.decimals(-100, 100, places=3),
    span=st.decimals("0.001", 50, places=3),
    q=st.decimals("0.001", 10, places=3),
)
def test_multiples_agree_with_decimal_arithmetic(low: Decimal, span: Decimal, q: Decimal) -> None:
    high = low + span

    points = lattice.multiples(float(low), float(high), float(q))

    first, last = (
        (low / q).to_integral_value("ROUND_CEILING"),
        (high / q).to_integral_value("ROUND_FLOOR"),
    )
    assert points.size == max(0, last - first + 1)
    if points.size:
        assert points.at(0) == float(first * q)
        assert points.at(points.size - 1) == float(last * q)


def test_values_repeat_as_wandb_sees_it() -> None:
    values = [1, True, "1", 1.0, None, "None", [1], [1.0], {"a": 1, "b": 2}, {"b": 2, "a": 1}]

    kept = lattice.distinct(values)

    texts = ["1.0", "True", "'1'", "None", "'None'", "[1]", "[1.0]", "{'b': 2, 'a': 1}"]
    assert [repr(value) for value in kept] == texts


@pytest.mark.parametrize("value", [1e308, -1e308])
def test_a_value_too_large_to_count_stays_as_it_is(value: float) -> None:
    assert lattice.quantise(value, 1e-10) == value
