"""Command lines as the real parsers take them: every style with every kind of value."""

from __future__ import annotations

import pytest

import parsers_table
from parsers import READERS, STYLE_OF, Option
from sweepcli.records import JSON
from sweepcli.sweep_config import schema
from sweepcli.sweep_config.argument_styles import STYLES, arguments
from sweepcli.values import leaves

MANY = [name for name, style in STYLE_OF.items() if style is not None]
# Each kind: the params of a run, and the type and the default of each option of its program.
KINDS: dict[str, tuple[dict[str, JSON], dict[str, Option]]] = {
    "true": ({"x": True}, {"x": Option(bool, default=False)}),
    "false": ({"x": False}, {"x": Option(bool, default=True)}),
    "whole number": ({"x": 32}, {"x": Option(int, 1)}),
    "number": ({"x": 1e-5}, {"x": Option(float, 1.0)}),
    "negative number": ({"x": -1e-5}, {"x": Option(float, 1.0)}),
    "text with spaces": ({"x": "a b"}, {"x": Option(str, "d")}),
    "text that looks like a number": ({"x": "1"}, {"x": Option(str, "d")}),
    "text with a hyphen first": ({"x": "-a b"}, {"x": Option(str, "d")}),
    "text of several lines": ({"x": "a\n'b' \"c\", d"}, {"x": Option(str, "d")}),
    "empty text": ({"x": ""}, {"x": Option(str, "d")}),
    "list of numbers": ({"x": [64, 32]}, {"x": Option(list[int], [1])}),
    "list of negative numbers": ({"x": [-1e-5, -2.5]}, {"x": Option(list[float], [1.0])}),
    "list of texts": ({"x": ["a b", "c,d", ""]}, {"x": Option(list[str], ["d"])}),
    "list of one": ({"x": ["-a"]}, {"x": Option(list[str], ["d"])}),
    "nested": (
        {"opt": {"name": "adam", "fast": False, "betas": [0.9, 0.99]}},
        {
            "opt.name": Option(str, "sgd"),
            "opt.fast": Option(bool, default=True),
            "opt.betas": Option(list[float], [0.0]),
        },
    ),
    "all at once": (
        {"amp": True, "layers": [64, 32], "tag": "a b", "opt": {"lr": 1e-5}},
        {
            "amp": Option(bool, default=False),
            "layers": Option(list[int], [1]),
            "tag": Option(str, "d"),
            "opt.lr": Option(float, 1.0),
        },
    ),
}


@pytest.mark.parametrize("parser", MANY)
@pytest.mark.parametrize("kind", KINDS)
def test_a_value_arrives_as_what_it_is(parser: str, kind: str) -> None:
    params, options = KINDS[kind]

    argv = arguments("args", params, STYLE_OF[parser])

    assert READERS[parser](options, argv) == dict(leaves(params))


@pytest.mark.parametrize(
    ("parser", "given"),
    [
        *((parser, []) for parser in ("argparse", "click", "typer", "absl")),
        ("tyro", ["--x", "None"]),
        ("jsonargparse", ["--x=null"]),
        ("hydra", ["x=null"]),
    ],
)
def test_null_arrives_or_is_left_out(parser: str, given: list[str]) -> None:
    argv = arguments("args", {"x": None}, STYLE_OF[parser])

    assert argv == given
    default = {"x": Option(float | None, 0.5)}
    assert READERS[parser](default, argv) == {"x": None if given else 0.5}


@pytest.mark.slow
def test_the_page_on_command_lines_says_what_the_parsers_do() -> None:
    with open(parsers_table.PAGE, encoding="utf-8") as file:
        page = file.read()
    assert page == parsers_table.fresh(page), "run `python tests/parsers_table.py`"


def test_every_style_that_a_config_may_name_is_tested_with_its_parser() -> None:
    assert schema.schema()["properties"]["args_style"]["enum"] == list(STYLES)
    assert {STYLE_OF[parser] for parser in MANY} == set(STYLES)
