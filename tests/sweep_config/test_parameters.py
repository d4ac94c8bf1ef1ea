from __future__ import annotations

import pytest

from sweepcli.errors import ConfigError
from sweepcli.records import Parameter
from sweepcli.sweep_config import parameters

NESTED = {
    "z": {"value": 0},
    "opt": {
        "parameters": {
            "name": {"values": ["sgd", "adam"]},
            "adam": {"parameters": {"beta": {"min": 0.5, "max": 0.9}}},
        }
    },
    "Batch": {"distribution": "q_normal", "mu": 64},
}


def test_leaves_are_sorted_by_name_at_every_level() -> None:
    leaves = parameters.flatten(NESTED)
    assert [leaf.name for leaf in leaves] == ["Batch", "opt.adam.beta", "opt.name", "z"]


def test_a_leaf_has_its_distribution_and_the_defaults() -> None:
    leaf = parameters.flatten(NESTED)[0]
    assert leaf == Parameter(("Batch",), "q_normal", {"mu": 64, "sigma": 1.0, "q": 1.0})


def test_a_dotted_name_is_one_flat_parameter() -> None:
    raw = {"opt.lr": {"value": 1}, "opt": {"parameters": {"lr": {"value": 2}}}}
    leaves = parameters.flatten(raw)
    assert parameters.nest(leaves, [2, 1]) == {"opt": {"lr": 2}, "opt.lr": 1}


def test_a_parameter_may_be_called_parameters() -> None:
    raw = {"parameters": {"parameters": {"parameters": {"value": 1}}}, "value": {"value": 2}}
    leaves = parameters.flatten(raw)
    assert [leaf.path for leaf in leaves] == [("parameters", "parameters"), ("value",)]


def test_params_are_nested_and_sorted() -> None:
    params = parameters.nest(parameters.flatten(NESTED), [32, 0.7, "adam", {"b": 1, "a": 2}])

    expected = (
        '{"Batch": 32, "opt": {"adam": {"beta": 0.7}, "name": "adam"}, "z": {"b": 1, "a": 2}}'
    )
    assert repr(params).replace("'", '"') == expected


def test_an_unknown_distribution_is_refused_with_its_place() -> None:
    raw = {"opt": {"parameters": {"lr": {"mu": 0, "sigma": 1}}}}
    with pytest.raises(ConfigError, match=r"parameters\.opt\.lr"):
        parameters.flatten(raw)
