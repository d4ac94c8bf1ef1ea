"""Text to data and places: YAML's readings, limits and broken files."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sweepcli.errors import ConfigError
from sweepcli.records import JSON
from sweepcli.sweep_config import document


def read(text: str | bytes) -> document.Document:
    return document.read(text, "s.yaml")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[("1e-5", 1e-5), ("1E5", 1e5), ("1.0e5", 1e5), ("1e+3", 1e3), ("-.5", -0.5)],
        *[("'1e-5'", "1e-5"), ('"1e5"', "1e5"), ("!!str 1e5", "1e5"), ("!!float 1e-5", 1e-5)],
        *[("yes", True), ("off", False), ("~", None), ("", None), ("0x1f", 31), ("1_000", 1000)],
        *[("1e-5x", "1e-5x"), (".5 or 1", ".5 or 1"), ("08", "08"), ("=", "="), ("1.5", 1.5)],
        ("2021-01-01", "2021-01-01"),
    ],
)
def test_a_plain_value_is_read_as_wandb_means_it(text: str, value: JSON) -> None:
    found = read(f"a: {text}").data["a"]
    assert found == value
    assert type(found) is type(value)


def test_every_key_and_item_has_its_place() -> None:
    places = read("method: grid\nparameters:\n  lr:\n    values: [1, 2]\n").places

    assert places[()] == (1, 1)
    assert places["parameters", "lr"] == (3, 3)
    assert places["parameters", "lr", "values"] == (4, 5)
    assert places["parameters", "lr", "values", 1] == (4, 17)


def test_numbers_that_pyyaml_leaves_as_text_are_remembered() -> None:
    assert read("a: 1e-5\nb: 0.1\nc: '1e-5'").exponents == {("a",)}


def test_keys_become_text_as_in_json() -> None:
    assert read("1: a\n1.5: b\n2021-01-01: c").data == {"1": "a", "1.5": "b", "2021-01-01": "c"}


def test_a_byte_order_mark_is_fine() -> None:
    assert read(b"\xef\xbb\xbfa: 1").data == {"a": 1}


def test_merge_keys_work_and_the_own_key_wins() -> None:
    found = read("a: &a {x: 1, y: 1}\nb: &b {x: 2, z: 2}\nc: {y: 3, <<: [*a, *b]}")
    assert found.data["c"] == {"x": 1, "y": 3, "z": 2}
    assert not found.warnings


def test_an_anchor_may_be_defined_anew_for_what_follows() -> None:
    assert read("a: &x 1\nb: *x\nc: &x 2\nd: *x").data == {"a": 1, "b": 1, "c": 2, "d": 2}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3", "s.yaml:3:1: a: is already set in line 1"),
        ("a: 012", "s.yaml:1:4: a: 012 is read as 10 (base 8)"),
        ("a: 1:30", "s.yaml:1:4: a: 1:30 is read as 90 (base 60)"),
        ("on: 1", "s.yaml:1:1: true: the key on is read as true"),
    ],
)
def test_an_odd_reading_is_a_warning(text: str, said: str) -> None:
    (warning,) = read(text).warnings
    assert str(warning).startswith(said)


def test_of_a_double_key_the_last_counts() -> None:
    assert read("a: 1\na: 2").data == {"a": 2}


LAUGHS = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n"
    for old, new in zip("abcde", "bcdef", strict=True)
)
ALIAS_LADDER = "a0: &a0 [1]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 150))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "s.yaml:1:1: the file is empty"),
        ("# nothing\n", "the file is empty"),
        ("---\n", "s.yaml:2:1: the file holds a single value or nothing, not a mapping"),
        ("- a", "s.yaml:1:1: the file holds a list, not a mapping"),
        ("a: 1\n---\nb: 2", "s.yaml:2:1: a second document begins"),
        ("a:\n\tb: 1", "s.yaml:2:1: is not valid YAML: there is a tab here (indent with spaces)"),
        ('{\n\t"a": 1}', "s.yaml:2:2: there is a tab before this (indent with spaces)"),
        ("a: b\x00", "s.yaml:1:5: the character U+0000 is not allowed"),
        ('a: "\\0"', "s.yaml:1:4: a: holds a character (NUL"),
        (b"a: 1\nb: \xe9", "s.yaml:2:4: is not UTF-8 text"),
        ("a: *b", "s.yaml:1:4: the alias `*b` has no anchor `&b` above it"),
        ("a: &a [*a]", "s.yaml:1:8: the alias `*a` is inside its own anchor"),
        ("a: !!python/name:os.system x", "s.yaml:1:4: the tag `tag:yaml.org,2002:python/name:os"),
        ("a: !!set {b}", "s.yaml:1:4: the tag"),
        ("a: {{lr}}", "s.yaml:1:5: a: a key must be a word"),
        ("a: {<<: 3}", "`<<` can only merge mappings"),
        ("a: .inf", "s.yaml:1:4: a: .inf is not a finite number"),
        ("a: 1e999", "is not a finite number"),
        ("a: 0x_", "s.yaml:1:4: a: '0x_' is not a number"),
        ("a: " + "1:" * 300_000 + "0", "is not a number"),
        ("a: !!int ''", "'' is not a number"),
        ("a: b: c", "s.yaml:1:5: is not valid YAML: an extra `:`"),
        ("a: [1, 2", "or the closing bracket is missing"),
        ("a: 'x", "is not valid YAML"),
        ("a: @x", "s.yaml:1:4: is not valid YAML: a value cannot begin with this character"),
        ("a: " + "[" * 500, "is nested more than 100 levels deep"),
        ("a: " + "[" * 5000, "nest"),  # newer parsers stop before we do
        (LAUGHS, "is too large or too deep once its aliases are expanded"),
        ("a: [" + "1," * 100_001 + "]", "the file holds more than 100,000 values, too many"),
        (ALIAS_LADDER, "is too large or too deep once its aliases are expanded"),
        ("a: 1\n" * 200_001, "s.yaml: is larger than 1 MB"),
    ],
)
def test_what_cannot_be_read_is_one_error_with_its_place(text: str | bytes, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(text)

    assert said in str(caught.value)
    assert str(caught.value).startswith("s.yaml:")
    assert "\n" not in str(caught.value)


@given(st.text(alphabet="ab01e:-.[]{}&*!?#'\"|>%@<~,\\ \t\n\x85\u2028", max_size=60))
def test_any_text_is_read_or_refused_with_a_config_error(text: str) -> None:
    try:
        data = read(text).data
    except ConfigError as error:
        assert str(error).startswith("s.yaml:")  # noqa: PT017 -- either way is right
    else:
        assert isinstance(data, dict)


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused_with_a_config_error(data: bytes) -> None:
    try:
        read(data)
    except ConfigError as error:
        assert str(error).startswith("s.yaml:")  # noqa: PT017 -- either way is right


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**9), max_value=10**9)
    | st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9)
    | st.text(st.characters(categories=["L", "P", "Zs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("xyz"), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abc", min_size=1), VALUES, max_size=4))
def test_what_pyyaml_writes_comes_back(data: dict[str, JSON]) -> None:
    assert read(yaml.safe_dump(data, allow_unicode=True)).data == data
