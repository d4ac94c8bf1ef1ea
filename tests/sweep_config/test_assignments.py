"""NAME=VALUE: its sides, its commas, and its values, which are a config's."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sweepcli.errors import ConfigError
from sweepcli.records import JSON
from sweepcli.sweep_config import assignments, document


def value(text: str) -> JSON:
    return assignments.value("x", text, f"-P x={text}").data


@pytest.mark.parametrize(
    "text",
    [
        *("1e-4", "1", "1.0", "-.5", "0x1f", "1_000", "010", "yes", "off", "null", "~", "3.x"),
        *("'1e-4'", '"1"', '"a, b"', "'it''s'", '"\\u00e9"', "plain text", "a/b:c", "2021-01-01"),
        *("[1, two, '3']", "{a: 1, b: [yes]}", "[]", "é", "1:30", "<<", "="),
    ],
)
def test_a_value_is_read_as_in_a_config(text: str) -> None:
    in_a_config = document.read(f"x: {text}", "s.yaml").data["x"]

    assert value(text) == in_a_config
    assert type(value(text)) is type(in_a_config)


@pytest.mark.parametrize(
    "text",
    [
        *("*.csv", "@x", "%a", "`a`", "!x", "&a", "a: b", "key:", "- a", "? a", "| a", "> a"),
        *("a #1", "#1", "a,b", "x]", "}", "don't", "a\tb", "---", "a\nb"),
    ],
)
def test_what_yaml_cannot_read_is_text_unless_it_begins_with_a_quote_or_bracket(text: str) -> None:
    assert value(text) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('"a', "a quote is never closed"),
        ("'a", "a quote is never closed"),
        ('"a" b', "is not valid YAML"),
        ("[1, 2", "a `,` or the closing bracket is missing"),
        ("{a: 1", "-P x={a: 1: is not valid YAML"),
        ("[*a]", "has no anchor"),
        (".inf", "is not a finite number"),
        ("a\x01b", "U+0001 is not allowed"),
    ],
)
def test_a_value_that_cannot_be_read_names_the_option_and_no_line(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        value(text)

    assert said in str(error.value)
    assert f"-P x={text}: ".replace("\x01", " ") in str(error.value)


def test_a_number_in_an_unusual_base_is_told_with_how_a_shell_keeps_the_text() -> None:
    (warning,) = assignments.value("x", "010", "-P x=010").warnings

    assert str(warning) == """-P x=010: 010 is read as 8 (base 8) (for the text, write x='"010"')"""


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), min_size=1))
@example("1e-4")
@example("it's")
@example("*")
def test_every_text_can_be_written_in_quotes(text: str) -> None:
    assert value(json.dumps(text, ensure_ascii=False)) == text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1", ["1"]),
        ("1,2, 3", ["1", "2", "3"]),
        ("[1,2],[3,4]", ["[1,2]", "[3,4]"]),
        ("{a: [1,2], b: '}'},x", ["{a: [1,2], b: '}'}", "x"]),
        ('"a,b",c', ['"a,b"', "c"]),
        ("'it''s, so',b", ["'it''s, so'", "b"]),
        ('"a\\",b",c', ['"a\\",b"', "c"]),
        ("don't,can't", ["don't", "can't"]),
        ("x],y", ["x]", "y"]),
        ("a[0,1],b", ["a[0,1]", "b"]),
        (",1,", ["", "1", ""]),
        ('"a,b', ['"a', "b"]),
    ],
)
def test_commas_part_values_but_for_those_in_quotes_and_brackets(
    text: str, parts: list[str]
) -> None:
    assert assignments.listed(text) == parts


def test_an_open_bracket_is_an_error() -> None:
    with pytest.raises(ValueError, match="never closed"):
        assignments.listed("[1,2],[3")


def test_both_sides_are_needed_and_the_first_equals_sign_parts_them() -> None:
    assert assignments.parted(" a.b = c=d ") == ("a.b", "c=d")
    for written in ("lr", "=1", " =1", ""):
        with pytest.raises(ValueError, match="write NAME=VALUE"):
            assignments.parted(written)
    with pytest.raises(ValueError, match="is a shell variable not set"):
        assignments.parted("lr=")
