"""Ranges and values as people know them from other tools."""

from __future__ import annotations

import pytest

from sweepcli.sweep_config import other_forms


@pytest.mark.parametrize(
    "text",
    [
        *("1:8", "1-8", "1 - 8", "1 to 8", "1 8", "1|8", "1;8", "1/8", "1~8"),
        *(
            "(1,8)",
            "<1..8>",
            "[1:8]",
            "{1,8}",
            "uniform(1,8)",
            "tune.uniform(1, 8)",
            "uniform[1:8]",
        ),
        *("range(1,8)", "int(interval(1,8))", "randint(1, 8)", "choice(1,8)", "values(1,8)"),
        *("min=1,max=8", "{min: 1, max: 8}", '{"low": 1, "high": 8}', "{values: [1, 8]}"),
    ],
)
def test_two_numbers_may_be_a_range_or_values(text: str) -> None:
    assert other_forms.instead("x", text) == "for a range, write x=1..8; for values, x=1,8"


@pytest.mark.parametrize(
    "text",
    [
        *("log(1e-4,1e-1)", "loguniform(1e-4, 1e-1)", "log_uniform[1e-4:1e-1]", "log:1e-4..1e-1"),
        *("tag(log,interval(1e-4,1e-1))", "{distribution: log_uniform, min: 1e-4, max: 1e-1}"),
    ],
)
def test_a_logarithm_is_kept(text: str) -> None:
    fix = "for a range, write x=1e-4..1e-1:log; for values, x=1e-4,1e-1"
    assert other_forms.instead("x", text) == fix


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("choice('a','b')", "a,b"),
        ("choices[a|b]", "a,b"),
        ("{a,b}", "a,b"),
        ("0.1|0.2|0.3", "0.1,0.2,0.3"),
        ("64 128 256", "64,128,256"),
    ],
)
def test_what_can_only_be_values_is_written_as_values(text: str, values: str) -> None:
    assert other_forms.instead("x", text) == f"for values, write x={values}"


@pytest.mark.parametrize("text", ["1:9:2", "range(1,9,2)", "linspace(0,1,5)", "choice()"])
def test_what_has_steps_is_told_both_forms(text: str) -> None:
    fix = "for a range, write x=LOW..HIGH; for values, x=1,2,3"
    assert other_forms.instead("x", text) == fix


@pytest.mark.parametrize(
    "text",
    [
        *("1..8", "1e-4..1e-1:log", "1,8", "16:9,4:3", "-5", "1e-5", "10_000", "0.5", "2024-01-02"),
        *("f(x)", "nn.Linear(3,4)", "v1..v2", "a-b", "x y", "1.2.3", "1-a", "3d", "log.txt", "log"),
        *("[1, 8]", "[1,[2]]", "{a: 1}", "{}", "http://x:80", "../data/1..2", '"1-8"', ""),
    ],
)
def test_what_is_meant_as_it_stands_is_left_alone(text: str) -> None:
    assert other_forms.instead("x", text) is None
