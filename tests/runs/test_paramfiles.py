from __future__ import annotations

import json
import math
import os
import subprocess
import sys

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sweepcli import env
from sweepcli.records import JSON, Params
from sweepcli.runs import paramfiles

# All that JSON can hold, half surrogate pairs too; YAML must read back what was written.
TEXT = st.text(st.characters(), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
PARAMS = st.dictionaries(TEXT.filter(lambda name: name != "wandb_version"), VALUES, max_size=4)
# Words that one YAML or another takes for something other than text.
ODD = [
    *("on", "no", "Yes", "y", "N", "null", "~", "", "true", "1e5", "012", "0o12", "0x1F", "1:30"),
    *("1_000", ".5", ".inf", "-.INF", ".nan", "2021-01-01", "<<", "=", "- a", "# a", "a: b", "?"),
    *("two\nlines", "tab\t", " space ", '"', "'", "\\", "\x00\x07\x7f\x85\xa0\u2028\ufeff\uffff"),
    *("é", "😀", "👨\u200d👩", "\ud800", "%", "@", "`", "*x", "&x", "!x", "{", "[", "---"),
    "x" * 3000,  # too long for a key on one line, unless it is marked
]


def same(one: JSON, other: JSON) -> bool:
    """Tell whether both are equal in types and order too; NaN equals itself."""
    return json.dumps(one) == json.dumps(other)


def read_back(params: Params) -> Params:
    loaded = yaml.safe_load(paramfiles.wandb_yaml(params))
    assert loaded.pop("wandb_version") == 1
    return {name: entry["value"] for name, entry in loaded.items()}


def test_the_param_file_has_the_form_of_wandb() -> None:
    params: Params = {"lr": 0.001, "bs": 8, "opt": {"mom": 0.9, "on": ["a", None]}}

    assert paramfiles.wandb_yaml(params) == (
        "wandb_version: 1\n\n"
        "lr:\n  value: 0.001\n"
        "bs:\n  value: 8\n"
        'opt:\n  value: {mom: 0.9, "on": ["a", null]}\n'
    )


def test_a_run_without_params_has_the_version_alone() -> None:
    assert paramfiles.wandb_yaml({}) == "wandb_version: 1"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e-05, "1.0e-05"),
        (1e22, "1.0e+22"),
        (1.5e-07, "1.5e-07"),
        (2.0, "2.0"),
        (-0.0, "-0.0"),
        (math.inf, ".inf"),
        (-math.inf, "-.inf"),
        (math.nan, ".nan"),
    ],
)
def test_floats_are_written_so_that_every_yaml_reads_floats(value: float, text: str) -> None:
    assert paramfiles.wandb_yaml({"x": value}).endswith(f"\nx:\n  value: {text}\n")
    assert same(read_back({"x": value}), {"x": value})


@pytest.mark.parametrize("text", ODD)
def test_odd_text_stays_text_as_name_and_as_value(text: str) -> None:
    params: Params = {text: text, "nested": {text: [text]}}
    assert same(read_back(params), params)


@given(PARAMS)
def test_yaml_reads_back_any_params(params: Params) -> None:
    assert same(read_back(params), params)


def test_the_yaml_keeps_letters_of_all_languages() -> None:
    assert '"größe 值"' in paramfiles.wandb_yaml({"x": "größe 值"})


@given(PARAMS)
def test_json_reads_back_any_params_from_one_line(params: Params) -> None:
    text = paramfiles.params_json(params)
    assert same(json.loads(text), params)
    assert text.index("\n") == len(text) - 1


def test_the_environment_has_params_and_their_leaves() -> None:
    params: Params = {
        "lr": 1e-05,
        "use-gae": True,
        "name": "a b",
        "none": None,
        "opt": {"lr": 0.1, "nadam": {"betas": [1, 2]}, "rest": {}},
    }

    assert paramfiles.environment(params) == {
        "SWEEPCLI_PARAM_lr": "1e-05",
        "SWEEPCLI_PARAM_use_gae": "true",
        "SWEEPCLI_PARAM_name": "a b",
        "SWEEPCLI_PARAM_none": "null",
        "SWEEPCLI_PARAM_opt": '{"lr": 0.1, "nadam": {"betas": [1, 2]}, "rest": {}}',
        "SWEEPCLI_PARAM_opt__lr": "0.1",
        "SWEEPCLI_PARAM_opt__nadam__betas": "[1, 2]",
        "SWEEPCLI_PARAM_opt__rest": "{}",
        "SWEEPCLI_PARAMS": json.dumps(params),
    }


def test_of_names_that_become_one_the_first_keeps_the_variable() -> None:
    variables = paramfiles.environment({"a": {"b": 0}, "x.y": 1, "x-y": 2, "a__b": 3})
    assert variables["SWEEPCLI_PARAM_x_y"] == "1"
    assert variables["SWEEPCLI_PARAM_a__b"] == "3"


@pytest.mark.parametrize("value", ["a\0b", "\ud800", "x" * 100_001, "é" * 50_001])
def test_what_no_environment_can_hold_is_left_out(value: str) -> None:
    variables = paramfiles.environment({"bad": value, "good": 1})

    assert "SWEEPCLI_PARAM_bad" not in variables
    assert variables["SWEEPCLI_PARAM_good"] == "1"
    assert (env.PARAMS in variables) == (len(value) < 10)


@pytest.mark.skipif(os.name == "nt", reason="Windows has other limits")
def test_the_largest_variables_reach_a_program() -> None:
    params: Params = {"x": "é" * 50_000, "group": {"y": "z" * 90_000}}
    script = "import os; print(sum(map(len, os.environ.values())))"

    variables = paramfiles.environment(params)
    program = [sys.executable, "-S", "-c", script]
    done = subprocess.run(program, env=variables, capture_output=True, check=True)

    assert int(done.stdout) >= sum(map(len, variables.values()))


def test_writing_param_files_needs_no_yaml_library() -> None:
    script = "import sys, sweepcli.runs.paramfiles; print('yaml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.split() == [b"False"]
