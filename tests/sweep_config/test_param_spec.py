"""`-P NAME=SPEC`: ranges, values, one value, and what was meant as one of them."""

from __future__ import annotations

import pytest

from sweepcli.errors import ConfigError
from sweepcli.records import JSON
from sweepcli.sweep_config import param_spec
from sweepcli.sweep_config.distributions import DISTRIBUTIONS

INTS, FLOATS = "int_uniform", "uniform"
LOG_INTS, LOG_FLOATS = "q_log_uniform_values", "log_uniform_values"


def read(text: str) -> param_spec.Spec:
    return param_spec.read("x", text, f"-P x={text}")


@pytest.mark.parametrize(
    ("text", "distribution", "low", "high"),
    [
        ("1..8", INTS, 1, 8),
        ("-3..3", INTS, -3, 3),
        ("1_000..2_000", INTS, 1000, 2000),
        ("1..8.0", FLOATS, 1.0, 8.0),
        ("0.1..0.5", FLOATS, 0.1, 0.5),
        (".1..0.5", FLOATS, 0.1, 0.5),
        ("1e-4..1e-1", FLOATS, 1e-4, 1e-1),
        ("-1 .. 1e0", FLOATS, -1.0, 1.0),
        ("1e-4..1e-1:log", LOG_FLOATS, 1e-4, 1e-1),
        ("1e-4..1 : log", LOG_FLOATS, 1e-4, 1.0),
        ("16..1024:log", LOG_INTS, 16, 1024),
        ("1..9:LOG", LOG_INTS, 1, 9),
    ],
)
def test_a_range_has_whole_numbers_if_both_ends_are_whole(
    text: str, distribution: str, low: float, high: float
) -> None:
    settings = read(text).settings

    assert settings["distribution"] == distribution
    ends = (settings["min"], settings["max"])
    assert ends == (low, high)
    assert {type(end) for end in ends} == {type(low)}
    assert read(text).is_range


def test_whole_numbers_stay_whole_on_a_log_scale() -> None:
    settings = read("16..1024:log").settings
    draw = DISTRIBUTIONS[settings["distribution"]].ppf

    drawn = [draw(share / 100, settings) for share in range(101)]

    assert all(type(each) is int for each in drawn)
    assert (drawn[0], drawn[50], drawn[-1]) == (16, 128, 1024)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,2,3", [1, 2, 3]),
        ("sgd, adam", ["sgd", "adam"]),
        ("1e-3,'1e-3',yes,null", [1e-3, "1e-3", True, None]),
        ("[1,2],[3,4]", [[1, 2], [3, 4]]),
        ('"a,b",*.csv,@x', ["a,b", "*.csv", "@x"]),
        ("../a,../b", ["../a", "../b"]),
        ('"1..5",2', ["1..5", 2]),
        ('"",x', ["", "x"]),
    ],
)
def test_commas_make_a_list_of_values(text: str, values: list[JSON]) -> None:
    assert read(text).settings == {"values": values}
    assert read(text).size == len(values)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[("0.1", 0.1), ("adam", "adam"), ("{a: 1}", {"a": 1}), ('"1..5"', "1..5")],
        *[("../data", "../data"), ("..", ".."), ("v1..v2", "v1..v2"), ("main..dev", "main..dev")],
        *[("http://x:80", "http://x:80"), ("a:log", "a:log"), ("f(x)", "f(x)"), ("-1", -1)],
    ],
)
def test_one_value_is_the_same_in_every_run(text: str, value: JSON) -> None:
    spec = read(text)

    assert spec.settings == {"value": value}
    assert not spec.warnings
    assert spec.size == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *[(text, "write LOW..HIGH") for text in ("1e-4...1e-1", "1..", "..5", ".1...5", "1..x")],
        *[(text, "write LOW..HIGH") for text in ("1...", "x..5", "1..5..9", "0..100%")],
        ("5..1", "5 is not less than 1: write x=1..5"),
        ("5..5", "5 is not less than 5: write x=5"),
        ("0..1:log", "numbers above 0: 0 is not"),
        ("-1..1.0:log", "numbers above 0: -1 is not"),
        ("1..5:lgo", "`:lgo` is not known behind a range: write x=1..5 or x=1..5:log"),
        ("1..5:", "write x=1..5 or x=1..5:log"),
        ("1..5:2", "for steps, list the values, as in x=1,2,3"),
        ("=0.1", "begins with a second `=`: write x=0.1"),
        ("1:10", "write x=1..10"),
        ("1,2:log", "`:log` is for a range"),
        ("0.1:log", "`:log` is for a range"),
        ("1..5,7", "1..5 is a range, which cannot stand among values"),
        ("1,2,", "has an empty value beside a comma"),
        ("(3,3),(5,5)", "a list is [1,2]"),
        ("choice(a,b)", "for values, write x=a,b (for the text, write x='\"choice(a,b)\"')"),
        ("f(a,b)", "values are a,b,c"),
        ("[1,2", "never closed"),
    ],
)
def test_a_typo_has_one_error_with_the_right_form(text: str, said: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 -- the text is looked at below
        read(text)

    assert said in str(error.value)


def test_a_bound_that_is_no_finite_number_is_an_error() -> None:
    with pytest.raises(ConfigError, match="not a finite number"):
        read("1..1e400")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0..1", "the whole numbers 0 and 1 (for all between, write x=0.0..1.0)"),
        ("1e-4..1e-1", "9 of 10 draws are above 0.01 (to draw each power of ten"),
        ("1..1000", "write x=1..1000:log)"),
        ("[a, 2]", "is one value, a list (for one of its items in each run, write x=a,2)"),
        ("010", "010 is read as 8 (base 8)"),
        ("1,010", "010 is read as 8 (base 8)"),
        ("010..020", "020 is read as 16 (base 8)"),
    ],
)
def test_what_may_be_meant_otherwise_is_told(text: str, said: str) -> None:
    assert said in str(read(text).warnings[-1])
