from __future__ import annotations

import pytest

from sweepcli.search.importance import Importance, Share
from sweepcli.sweep_config import parse
from sweepcli.views import params_order
from sweepcli.views.params_order import ParamsOrder

PARAMETERS = {
    "batch": {"value": 32},
    "depth": {"values": [1, 2]},
    "lr": {"min": 0.1, "max": 1.0},
    "model": {"values": [{"kind": "a", "size": 1}, {"kind": "b", "size": 2}]},
    "seed": {"values": [7]},
    "steps": {"distribution": "q_uniform", "min": 3, "max": 3.5, "q": 1},
    "train": {"parameters": {"decay": {"value": 0.5}, "drop": {"min": 0.0, "max": 0.5}}},
}
PARAMS = {
    "batch": 32,
    "depth": 1,
    "lr": 0.5,
    "model": {"kind": "a", "size": 1},
    "seed": 7,
    "steps": 3.0,
    "train": {"decay": 0.5, "drop": 0.1},
    "by_hand": True,
}


def order(*important: str, **parameters: object) -> ParamsOrder:
    config = parse.parse(
        {"method": "random", "program": "a.py", "parameters": parameters or PARAMETERS}
    )
    shares = tuple(Share(name, 0.1, None) for name in important)
    return params_order.of(config, Importance(shares, 0.0, 1.0, 99, None))


def test_what_varies_and_matters_most_comes_first_and_constants_last() -> None:
    found = order("train.drop", "model", "lr", "depth")

    assert [name for name, _ in found.pairs(PARAMS)] == [
        *("train.drop", "model.kind", "model.size", "lr", "depth"),
        "by_hand",
        *("batch", "seed", "steps", "train.decay"),
    ]
    assert found.names(["seed", "depth", "train.drop"]) == ["train.drop", "depth", "seed"]


def test_as_long_as_nothing_is_known_to_matter_the_config_gives_the_order() -> None:
    config = parse.parse({"method": "random", "program": "a.py", "parameters": PARAMETERS})

    differing = params_order.of(config).differing(PARAMS)

    assert differing == [
        *(("depth", 1), ("lr", 0.5), ("model.kind", "a"), ("model.size", 1), ("train.drop", 0.1)),
        ("by_hand", True),
    ]


def test_where_nothing_varies_all_params_are_shown() -> None:
    assert order(x={"value": 1}, y={"value": 2}).differing({"x": 1, "y": 2}) == [("x", 1), ("y", 2)]


@pytest.mark.parametrize(
    ("name", "is_constant"), [("batch", True), ("train.decay", True), ("lr", False), ("new", False)]
)
def test_a_constant_is_known_by_its_name(name: str, *, is_constant: bool) -> None:
    assert order().is_constant(name) is is_constant


def test_columns_that_are_alike_in_all_rows_come_last() -> None:
    names = ["batch", "depth", "lr", "train.drop"]
    rows = [[32, 1, 0.5, 0.1], [32, 1, 0.25, 0.1]]

    assert order("depth").columns(names, rows) == ([2], [1, 3, 0])
    assert order("depth").columns(names, rows[:1]) == ([1, 2, 3], [0])
    assert order("depth").columns(names, []) == ([1, 2, 3], [0])
    assert order("lr").columns([], []) == ([], [])
