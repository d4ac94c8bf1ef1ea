"""What comes out of a config: as understood, as a record, from files, flags and Python data."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from enum import StrEnum
from pathlib import Path

import pytest

from sweepcli.errors import ConfigError
from sweepcli.records import JSON, Goal, Metric
from sweepcli.sweep_config import load
from sweepcli.sweep_config.parse import parse

TEXT = """
program: train.py
method: random
metric: {name: loss, goal: maximize}
parameters:
  lr: {min: 1e-5, max: 0.1}
  depth: {parameters: {n: {min: 1, max: 3}}}
  act: {values: [relu, 3]}
run_cap: 3.0
args: unused
"""


def test_a_config_is_understood_in_wandbs_keys() -> None:
    assert load.load(TEXT, "s.yaml").raw == {
        "method": "random",
        "program": "train.py",
        "metric": {"name": "loss", "goal": "maximize"},
        "run_cap": 3,
        "parameters": {
            "lr": {"distribution": "uniform", "min": 1e-5, "max": 0.1},
            "depth": {"parameters": {"n": {"distribution": "int_uniform", "min": 1, "max": 3}}},
            "act": {"distribution": "categorical", "values": ["relu", 3]},
        },
    }


def test_a_config_becomes_a_record() -> None:
    config = load.load(TEXT, "s.yaml").config

    assert config.metric == Metric("loss", Goal.MAXIMIZE)
    assert [parameter.name for parameter in config.parameters] == ["act", "depth.n", "lr"]
    assert config.command == ("${env}", "${interpreter}", "${program}", "${args}")
    assert config.run_cap == 3


def test_what_is_stored_parses_to_the_same_record() -> None:
    loaded = load.load(TEXT, "s.yaml")
    assert parse(loaded.raw) == loaded.config


def test_a_timeout_is_stored_as_written_and_obeyed_in_seconds() -> None:
    loaded = load.load(TEXT + "timeout: 1h30m\nmax_retries: 2.0", "s.yaml")

    assert (loaded.raw["timeout"], loaded.raw["max_retries"]) == ("1h30m", 2)
    assert (loaded.config.timeout_s, loaded.config.max_retries) == (5400.0, 2)
    assert load.load_mapping(loaded.raw).config == loaded.config


@pytest.mark.parametrize("more", ["", "timeout:\nmax_retries:"])
def test_a_run_has_no_timeout_and_no_retries_unless_they_are_asked_for(more: str) -> None:
    config = load.load(TEXT + more, "s.yaml").config
    assert (config.timeout_s, config.max_retries) == (None, 0)


def test_items_of_a_command_become_text() -> None:
    config = load.load(TEXT + "command: [python, 3, true]", "s.yaml").config
    assert config.command == ("python", "3", "True")


def test_flags_replace_top_level_keys() -> None:
    loaded = load.load(TEXT, "s.yaml", overrides={"program": "other.py", "name": "mine"})
    assert loaded.config.program == "other.py"
    assert loaded.raw["name"] == "mine"


class Act(StrEnum):
    RELU = "relu"


class Array:
    """What numpy's arrays have in common with torch's tensors."""

    def tolist(self) -> list[float]:
        return [0.5, 1.5]


def test_python_data_becomes_plain_json() -> None:
    data = {"a": {"values": (1, Act.RELU, date(2021, 1, 1))}, "b": {"values": Array()}}

    raw = load.load_mapping({"method": "grid", "parameters": data}).raw

    assert raw["parameters"]["a"]["values"] == [1, "relu", "2021-01-01"]
    assert type(raw["parameters"]["a"]["values"][1]) is str
    assert raw["parameters"]["b"]["values"] == [0.5, 1.5]


def test_exponents_that_safe_load_left_as_text_are_numbers() -> None:
    parameters = {"lr": {"distribution": "log_uniform_values", "min": "1e-5", "max": "1e-2"}}

    loaded = load.load_mapping({"method": "random", "parameters": parameters})

    assert loaded.raw["parameters"]["lr"]["min"] == 1e-5
    assert "the text '1e-5' is read as a number" in str(loaded.warnings[0])


ENDLESS: dict[str, JSON] = {"method": "grid"}
ENDLESS["parameters"] = ENDLESS


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({1, 2}, "parameters.x.values: a set is not plain data"),
        ([float("nan")], "parameters.x.values[0]: is not a finite number"),
        ([10**400], "parameters.x.values[0]: is not a finite number"),
        (["a\0"], "parameters.x.values[0]: holds a character (NUL"),
        ([{(1, 2): 3}], "parameters.x.values[0]: a tuple cannot be a key"),
        (ENDLESS, "is nested too deep"),
        (int, "a type is not plain data"),
    ],
)
def test_python_data_that_no_file_could_hold_is_refused(value: JSON, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load.load_mapping({"method": "grid", "parameters": {"x": {"values": value}}})

    assert str(caught.value).startswith("config: ")
    assert said in str(caught.value)


def test_parsing_a_stored_config_needs_neither_yaml_nor_jsonschema() -> None:
    loaded = "{'yaml', 'jsonschema'} & {*sys.modules}"
    code = f"import sys; import sweepcli.sweep_config.parse; print({loaded})"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "sweep.yaml").write_bytes(b"\xff\r\n")
    assert load.read_file(str(tmp_path / "sweep.yaml")) == b"\xff\r\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("swep.yaml", "swep.yaml: no such file (did you mean '"),
        ("missing/x.yaml", "x.yaml: no such file"),
        ("folder", "folder: is a folder (name the config file in it)"),
        ("large.yaml", "large.yaml: is larger than 1 MB"),
        ("a\0b", "cannot be read: "),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "sweep.yaml").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "large.yaml").write_bytes(b"#" * 1_000_001)

    with pytest.raises(ConfigError) as caught:
        load.read_file(f"{tmp_path}/{name}")

    assert said in str(caught.value)


@pytest.mark.parametrize("path", ["me/vision/ab12cd34", "ab12cd34"])
def test_a_sweep_id_in_place_of_a_file_is_recognised(path: str) -> None:
    with pytest.raises(ConfigError, match=f"`agent {path}` runs it"):
        load.read_file(path)


def test_a_flag_that_is_no_text_is_refused_as_in_a_config() -> None:
    with pytest.raises(ConfigError, match="name: holds a character"):
        load.load(TEXT, "s.yaml", overrides={"name": "\udcff"})
