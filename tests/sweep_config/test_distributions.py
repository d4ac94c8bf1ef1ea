from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parameter_examples import EVERY, NUMBERS, allows
from sweepcli.records import JSON, Parameter
from sweepcli.sweep_config.distributions import DISTRIBUTIONS, Settings
from sweepcli.sweep_config.parameters import describe, infer

unit = st.floats(0, 1)
names = pytest.mark.parametrize("name", EVERY)


@names
@given(x=unit)
def test_every_value_is_allowed_and_survives_json(name: str, x: float) -> None:
    value = DISTRIBUTIONS[name].ppf(x, EVERY[name])
    assert allows(name, value)
    assert json.loads(json.dumps(value, allow_nan=False)) == value


@pytest.mark.parametrize("name", NUMBERS)
@given(x=unit, y=unit)
def test_numbers_grow_with_x(name: str, x: float, y: float) -> None:
    low, high = sorted((x, y))
    ppf = DISTRIBUTIONS[name].ppf
    assert ppf(low, EVERY[name]) <= ppf(high, EVERY[name])


@pytest.mark.parametrize("name", [name for name in NUMBERS if not name.startswith("q_")])
@given(x=st.floats(1e-9, 1 - 1e-9))
def test_cdf_undoes_ppf(name: str, x: float) -> None:
    row, settings = DISTRIBUTIONS[name], EVERY[name]

    value = row.ppf(x, settings)

    width = 1 / 12 if name == "int_uniform" else 1e-12
    assert x - 1e-12 <= row.cdf(value, settings) <= x + width + 1e-12


@pytest.mark.parametrize("count", [1, 2, 3, 7, 49, 97, 1000])
def test_ppf_undoes_cdf_for_whole_numbers_and_lists(count: int) -> None:
    whole, listed = {"min": 5, "max": 4 + count}, {"values": list(range(5, 5 + count))}

    for value in range(5, 5 + count):
        for name, settings in (("int_uniform", whole), ("categorical", listed)):
            row = DISTRIBUTIONS[name]
            assert row.ppf(row.cdf(value, settings), settings) == value


@names
def test_the_ends_of_x_give_the_ends_of_the_values(name: str) -> None:
    ppf, settings = DISTRIBUTIONS[name].ppf, EVERY[name]

    ends = ppf(0.0, settings), ppf(1.0, settings)

    assert ends[0] == ppf(1e-18, settings) or "normal" in name or "beta" in name
    assert all(not isinstance(end, float) or math.isfinite(end) for end in ends)


@pytest.mark.parametrize(
    ("name", "bounds", "ends"),
    [
        ("log_uniform_values", (1e-4, 1000), (1e-4, 1000.0)),
        ("inv_log_uniform_values", (1e-4, 1000), (1e-4, 1000.0)),
        ("uniform", (-0.1, 0.7), (-0.1, 0.7)),
        ("log_uniform", (-0.1, 0.7), (math.exp(-0.1), math.exp(0.7))),
        ("inv_log_uniform", (-0.1, 0.7), (math.exp(-0.7), math.exp(0.1))),
    ],
)
def test_the_ends_are_the_bounds_themselves(
    name: str, bounds: tuple[float, float], ends: tuple[float, float]
) -> None:
    ppf, settings = DISTRIBUTIONS[name].ppf, dict(zip(("min", "max"), bounds, strict=True))

    assert (ppf(0.0, settings), ppf(1.0, settings)) == ends
    assert (ppf(1e-17, settings), ppf(1 - 2.0**-53, settings)) == ends


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"min": 0.1, "max": 0.5, "q": 0.1}, [0.1, 0.2, 0.3, 0.4, 0.5]),
        ({"min": 1, "max": 10, "q": 4}, [4, 8]),
        ({"min": 0.5, "max": 3.5, "q": 1}, [1, 2, 3]),
        ({"min": 1, "max": 3, "q": 1.0}, [1.0, 2.0, 3.0]),
        ({"min": 5, "max": 7, "q": 4}, [5, 7]),
        ({"min": 0.6, "max": 0.6, "q": 0.2}, [0.6]),
    ],
)
def test_quantised_values_are_exact_multiples_inside_the_bounds(
    settings: Settings, expected: list[JSON]
) -> None:
    ppf = DISTRIBUTIONS["q_uniform"].ppf
    values = sorted({repr(ppf(i / 200, settings)) for i in range(201)}, key=float)
    assert values == [repr(value) for value in expected]


@pytest.mark.parametrize("name", ["q_uniform", "q_log_uniform_values", "q_log_uniform", "q_beta"])
def test_cells_weigh_what_ppf_draws(name: str) -> None:
    row, settings = DISTRIBUTIONS[name], EVERY[name]
    cells = row.cells(settings)
    assert cells is not None
    assert cells.weights is not None

    draws = [row.ppf((i + 0.5) / 20_000, settings) for i in range(20_000)]

    assert {cells.at(i) for i in range(cells.size)} == set(draws)
    for i, weight in enumerate(cells.weights):
        assert draws.count(cells.at(i)) / 20_000 == pytest.approx(weight, abs=2e-4)


def test_zero_probabilities_have_no_cell_and_repetitions_add_up() -> None:
    cells = DISTRIBUTIONS["categorical_w_probabilities"].cells(
        {"values": ["a", "b", "a", "c"], "probabilities": [0.25, 0.0, 0.5, 0.25]}
    )

    assert cells is not None
    assert [cells.at(i) for i in range(cells.size)] == ["a", "c"]
    assert cells.weights == (0.75, 0.25)


def test_zero_deviation_and_huge_exponents_stay_finite() -> None:
    normal, log_normal = DISTRIBUTIONS["normal"], DISTRIBUTIONS["log_normal"]

    assert normal.ppf(0.9, {"mu": 3, "sigma": 0}) == 3.0
    assert normal.cdf(3.0, {"mu": 3, "sigma": 0}) == 1.0
    assert math.isfinite(log_normal.ppf(1.0, {"mu": 700, "sigma": 10}))


def test_cdf_of_a_foreign_value_names_it() -> None:
    with pytest.raises(ValueError, match="'x' is not one of the values"):
        DISTRIBUTIONS["categorical"].cdf("x", {"values": ["a", "b"]})


def test_cdf_tells_falsy_values_apart() -> None:
    values = [0, False, None, ""]
    cdfs = [DISTRIBUTIONS["categorical"].cdf(value, {"values": values}) for value in values]
    assert cdfs == [0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"value": None}, "constant"),
        ({"values": [1, 2]}, "categorical"),
        ({"values": [1, 2], "probabilities": [0.5, 0.5]}, "categorical_w_probabilities"),
        ({"min": 1, "max": 3}, "int_uniform"),
        ({"min": 1.0, "max": 3.0}, "uniform"),
        ({"min": 0, "max": 1.0}, "uniform"),
        ({"min": True, "max": 3}, "uniform"),
        ({"distribution": "normal"}, "normal"),
        ({"min": 0, "max": 1, "q": 0.1}, None),
        ({"mu": 0, "sigma": 1}, None),
        ({"values": [1], "min": 0}, None),
        ({}, None),
    ],
)
def test_keys_imply_the_distribution(settings: Settings, expected: str | None) -> None:
    assert infer(settings) == expected


@pytest.mark.parametrize(
    ("name", "settings", "expected"),
    [
        ("constant", {"value": "adam"}, "always adam"),
        ("categorical", {"values": [16, 32, "a"]}, "one of 16, 32, a"),
        (
            "categorical",
            {"values": ["1e-5", 1e-5, "True", True, "", "a, b"]},
            "one of '1e-5', 1e-05, 'True', True, '', 'a, b'",
        ),
        ("categorical", {"values": list(range(9))}, "one of 0, 1, 2, 3, 4, 5, 6, … (9 in all)"),
        (
            "categorical_w_probabilities",
            {"values": ["a", "b"], "probabilities": [0.25, 0.75]},
            "one of a (0.25), b (0.75)",
        ),
        ("log_uniform_values", {"min": 1e-5, "max": 0.1}, "log-uniform between 1e-05 and 0.1"),
        ("q_uniform", {"min": 0, "max": 1, "q": 0.1}, "uniform between 0 and 1 in steps of 0.1"),
    ],
)
def test_descriptions_are_for_people(name: str, settings: Settings, expected: str) -> None:
    assert describe(Parameter(("p",), name, settings)) == expected


@names
def test_every_distribution_has_a_meaning_and_a_description(name: str) -> None:
    row = DISTRIBUTIONS[name]

    assert row.meaning
    assert "{" not in row.meaning
    assert describe(Parameter(("p",), name, EVERY[name]))
    assert set(EVERY[name]) <= {*row.required, *row.defaults}
