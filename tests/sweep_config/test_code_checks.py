from __future__ import annotations

import pytest

from sweepcli.errors import ConfigError
from sweepcli.records import JSON, CodeUse
from sweepcli.sweep_config import load

X = "method: grid\nprogram: t.py\nparameters: {x: {values: [1]}}\n"
PATTERNS = "{include: [data/labels.csv], exclude: ['*.ipynb']}"
ODD, ADD = "4:1: code: ", '(to add files, write `code: {include: ["a.csv"]}`)'
ALLOWED = "allowed here: frozen, include, exclude"
INCLUDED, EXCLUDED = ("data/labels.csv",), ("*.ipynb",)


@pytest.mark.parametrize(
    ("written", "meaning"),
    [
        ("frozen", CodeUse(is_frozen=True)),
        ("on", CodeUse()),
        ("'on'", CodeUse()),
        ("true", CodeUse()),
        ("off", CodeUse(is_recorded=False)),
        ("'off'", CodeUse(is_recorded=False)),
        ("false", CodeUse(is_recorded=False)),
        ("{frozen: true}", CodeUse(is_frozen=True)),
        ("{}", CodeUse()),
        (PATTERNS, CodeUse(include=INCLUDED, exclude=EXCLUDED)),
    ],
)
def test_code_says_what_becomes_of_the_code(written: str, meaning: CodeUse) -> None:
    loaded = load.load(f"{X}code: {written}", "s.yaml")

    assert (loaded.config.code, loaded.warnings) == (meaning, ())


def test_the_code_of_runs_is_recorded_unless_a_config_says_otherwise() -> None:
    assert load.load(X, "s.yaml").config.code == CodeUse(is_recorded=True, is_frozen=False)


@pytest.mark.parametrize(
    ("written", "frozen"),
    [
        ("", CodeUse(is_frozen=True)),
        ("code: off", CodeUse(is_frozen=True)),
        (f"code: {PATTERNS}", CodeUse(is_frozen=True, include=INCLUDED, exclude=EXCLUDED)),
    ],
)
def test_an_option_freezes_and_keeps_the_patterns(written: str, frozen: CodeUse) -> None:
    assert load.load(X + written, "s.yaml", freezes=True).config.code == frozen


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("freeze", '4:1: code: "freeze" is not one of frozen, on, off (write `code: frozen`)'),
        ("Frozen", '4:1: code: "Frozen" is not one of frozen, on, off (write `code: frozen`)'),
        ("frozn", "4:1: code: \"frozn\" is not one of frozen, on, off (did you mean 'frozen'?)"),
        ("none", '4:1: code: "none" is not one of frozen, on, off (write `code: off`)'),
        ("3", "4:1: code: 3 is not one of frozen, on, off"),
        (
            "[a.csv]",
            f'{ODD}["a.csv"] is not one of frozen, on, off {ADD}',
        ),
        (
            "{include: a.csv}",
            '4:8: code.include: must be a list, not the text "a.csv" (write ["a.csv"])',
        ),
        ("{frozen: 1}", "4:8: code.frozen: must be true or false, not 1"),
        (
            "{freeze: true}",
            "4:8: code.freeze: unknown key 'freeze' (allowed here: frozen, include, exclude)",
        ),
        ("{exclude: ['']}", "4:18: code.exclude[0]: is empty"),
    ],
)
def test_what_code_cannot_be_is_told_with_its_line(written: str, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load.load(f"{X}code: {written}", "s.yaml")

    assert str(raised.value) == f"s.yaml:{said}"


@pytest.mark.parametrize(
    ("key", "fix"),
    [
        ("freeze: true", "write `code: frozen`"),
        ("snapshot: true", "write `code: frozen`"),
        ("frozen: true", "write it under `code:`"),
        ("exclude: [a]", "write it under `code:`"),
        ("save_code: true", "did you mean 'code'?"),
        ("Code: frozen", "did you mean 'code'?"),
    ],
)
def test_what_is_meant_for_code_is_told(key: str, fix: str) -> None:
    [warning] = load.load(X + key, "s.yaml").warnings

    assert warning.fix == fix


def test_an_empty_code_is_ignored_with_a_warning() -> None:
    [warning] = load.load(f"{X}code:", "s.yaml").warnings

    assert str(warning) == "s.yaml:4:1: code: is empty and ignored (remove it)"


def test_a_script_may_freeze_its_sweep() -> None:
    data: dict[str, JSON] = {"method": "grid", "parameters": {"x": {"values": [1]}}}

    assert load.load_mapping({**data, "code": "frozen"}).config.code.is_frozen
