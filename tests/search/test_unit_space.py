from __future__ import annotations

import numpy as np
import pytest

from parameter_examples import EVERY, raw
from sweepcli.records import JSON
from sweepcli.search.axes import Axis
from sweepcli.search.unit_space import Space
from sweepcli.sweep_config import parameters

FALSY: list[JSON] = [0, False, None, "", 1, True, "1"]


def axis(settings: dict[str, JSON]) -> Axis:
    return Axis(parameters.flatten({"p": settings})[0])


def space(**settings: dict[str, JSON]) -> Space:
    return Space(parameters.flatten(settings))


@pytest.mark.parametrize("distribution", EVERY)
def test_every_value_has_a_place_that_leads_back_to_it(distribution: str) -> None:
    line = axis(raw(distribution))

    for place in np.linspace(*line.ends, 41):
        value = line.value(float(place))
        back = line.place(value)

        assert back is not None
        assert (
            line.value(back) == pytest.approx(value) if line.is_line else line.value(back) == value
        )


def test_falsy_values_are_different_choices() -> None:
    choices = axis({"values": FALSY})

    places = [choices.place(value) for value in FALSY]

    assert len(set(places)) == len(FALSY)
    assert [choices.value(place) for place in places if place is not None] == FALSY


def test_a_value_has_its_share_of_the_axis() -> None:
    weighed = axis({"values": ["a", "b", "c"], "probabilities": [0.5, 0.2, 0.3]})
    assert weighed.weights == pytest.approx([0.5, 0.2, 0.3])
    assert axis({"min": 1, "max": 4}).weights == pytest.approx([0.25] * 4)


@pytest.mark.parametrize(
    ("settings", "strange"),
    [
        ({"values": ["a", "b"]}, ["c", None, ["a"], {"a": 1}, 0]),
        ({"min": 1, "max": 5}, [0, 6, 2.5, "3", None, True]),
        ({"min": 0.5, "max": 2.0}, [0.4, 2.1, "1", None, True, float("nan"), [1]]),
        ({"distribution": "q_uniform", "min": 0, "max": 1, "q": 0.25}, [0.3, 2, -1]),
    ],
)
def test_what_a_parameter_cannot_have_is_nowhere(
    settings: dict[str, JSON], strange: list[JSON]
) -> None:
    assert [axis(settings).place(value) for value in strange] == [None] * len(strange)


def test_probabilities_are_shares_of_the_axis() -> None:
    choices = axis({"values": ["a", "b", "c"], "probabilities": [0.7, 0, 0.3]})

    assert choices.size == 2
    assert choices.middles == pytest.approx([0.35, 0.85])
    assert [choices.value(place) for place in (0.1, 0.69, 0.71)] == ["a", "a", "c"]


def test_choices_are_equally_far_from_each_other_and_numbers_have_their_order_besides() -> None:
    words, numbers = space(p={"values": ["a", "b", "c"]}), space(p={"values": [64, 16, 32]})

    for each, groups in ((words, 1), (numbers, 2)):
        x = each.coordinates(each.points_of([0, 1, 2]))
        squares = each.squared_distances(x)
        assert len(squares) == groups
        assert squares[0] == pytest.approx(1 - np.eye(3))
    assert squares[1, 1] == pytest.approx([4 / 9, 0, 1 / 9])  # 16 to 64, to itself and to 32


def test_params_and_points_lead_to_each_other() -> None:
    mixed = space(
        lr={"distribution": "log_uniform_values", "min": 1e-5, "max": 0.1},
        model={"parameters": {"depth": {"min": 1, "max": 4}, "kind": {"value": "mlp"}}},
    )
    params = {"lr": 0.001, "model": {"depth": 3, "kind": "mlp"}}

    place = mixed.place(params)

    assert place == pytest.approx([0.5, 0.625])
    assert mixed.params(np.array(place))["model"] == params["model"]
    assert mixed.combinations is None


@pytest.mark.parametrize(
    "params",
    [{}, {"a": 1}, {"a": 1, "g": 2}, {"a": 1, "g": {"b": 3}}, {"a": 9, "g": {"b": "x"}}],
)
def test_params_that_do_not_fit_have_no_point(params: dict[str, JSON]) -> None:
    fixed = space(a={"value": 1}, g={"parameters": {"b": {"values": ["x", "y"]}}})
    assert fixed.place(params) is None
    assert fixed.place({"a": 1, "g": {"b": "y"}, "more": 0}) == [0.75]


def test_the_cells_of_a_finite_space_are_numbered() -> None:
    finite = space(a={"values": ["x", "y"]}, b={"min": 1, "max": 3})

    points = finite.points_of(range(6))

    assert finite.combinations == 6
    assert [finite.cell(u) for u in points] == list(range(6))
    assert [finite.params(u) for u in points][4] == {"a": "y", "b": 2}
