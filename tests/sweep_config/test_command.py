from __future__ import annotations

import json
import os
import re
import shlex
import string
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweepcli.errors import ConfigError
from sweepcli.records import JSON, Params
from sweepcli.sweep_config import command, macros, unknown_macros
from sweepcli.sweep_config.command_checks import ambiguities_of

PARAMS: Params = {
    "bs": 32,
    "empty": "",
    "flag": True,
    "lr": 1e-05,
    "mix": [1, 2, "a"],
    "name": "one two",
    "none": None,
    "off": False,
    "optimizer": {"lr": 0.1, "nadam": {"beta": [True, None]}},
    "ö": "é",
}
TEXTS = {
    "bs": "32",
    "empty": "",
    "flag": "True",
    "lr": "1e-05",
    "mix": "[1, 2, 'a']",
    "name": "one two",
    "none": "None",
    "off": "False",
    "optimizer": "{'lr': 0.1, 'nadam': {'beta': [True, None]}}",
    "ö": "é",
}

PLACES = {"slot": "3", "gpu": "1,2", "port": "4321", "checkpoint_dir": "/runs/1/checkpoints"}


def expand(
    elements: list[str],
    params: Params,
    *,
    program: str | None = "train.py",
    environ: dict[str, str] | None = None,
) -> list[str]:
    return command.argv(
        elements,
        params,
        program=program,
        interpreter="/venv/bin/python",
        environ={"HOME": "/home/me", "lower": "${args}"} if environ is None else environ,
        own={"args_json_file": "/runs/1/params.json", **PLACES},
    )


@pytest.mark.parametrize(
    ("macro", "expected"),
    [
        ("${interpreter}", ["/venv/bin/python"]),
        ("${program}", ["train.py"]),
        ("${args}", [f"--{k}={v}" for k, v in TEXTS.items()]),
        ("${args_no_hyphens}", [f"{k}={v}" for k, v in TEXTS.items()]),
        ("${args_no_equals}", [t for k, v in TEXTS.items() for t in (f"--{k}", v)]),
        ("${args_json}", [json.dumps(PARAMS)]),
        ("${args_json_file}", ["/runs/1/params.json"]),
        ("${args_dict}", list(TEXTS)),
        ("${slot}", ["3"]),
        ("--gpus=${gpu}", ["--gpus=1,2"]),
        ("localhost:${port}", ["localhost:4321"]),
        ("${checkpoint_dir}/last.pt", ["/runs/1/checkpoints/last.pt"]),
        ("${envvar:HOME}", ["/home/me"]),
        ("${envvar:lower}", ["${args}"]),
        ("${lr}", ["1e-05"]),
        ("${empty}", [""]),
        ("${none}", ["None"]),
        ("${optimizer}", [TEXTS["optimizer"]]),
        ("${optimizer.nadam.beta}", ["[True, None]"]),
    ],
)
def test_a_macro_stands_for_what_it_stands_for_at_wandb(macro: str, expected: list[str]) -> None:
    assert expand([macro], PARAMS) == expected


def test_boolean_flags_are_there_or_not() -> None:
    params: Params = {"a": True, "b": False, "c": None, "d": 1, "e": "True"}
    assert expand(["${args_no_boolean_flags}"], params) == ["--a", "--c=None", "--d=1", "--e=True"]


@pytest.mark.skipif(os.name == "nt", reason="there is no env on Windows")
def test_the_default_command_is_that_of_wandb() -> None:
    assert expand(["${env}", "${interpreter}", "${program}", "${args}"], {"lr": 0.1}) == [
        "/usr/bin/env",
        "/venv/bin/python",
        "train.py",
        "--lr=0.1",
    ]


def test_where_there_is_no_env_its_element_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "ENV", ())
    assert expand(["${env}", "${program}"], {}) == ["train.py"]


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ("--cfg=${args_json_file}", "--cfg=/runs/1/params.json"),
        ("x_${envvar:HOME}:${envvar:HOME}", "x_/home/me:/home/me"),
        ("--lr=${lr}", "--lr=1e-05"),
        ("${bs}-${optimizer.lr}", "32-0.1"),
        ("${envvar:lower}!", "${args}!"),
        ("json=${args_json}", "json=" + json.dumps(PARAMS)),
    ],
)
def test_macros_inside_a_longer_element_are_expanded_in_place(element: str, expected: str) -> None:
    assert expand([element], PARAMS) == [expected]


@pytest.mark.parametrize(
    "element", ["${{wandb.run.name}}", "$lr", "$(lr)", "${lr", "${}", "${1}", "${x:-y}", "$", "a b"]
)
def test_what_is_no_macro_is_passed_on_as_it_is(element: str) -> None:
    assert expand([element], PARAMS) == [element]
    assert unknown_macros.problems_of([element], list(PARAMS)) == []


def test_elements_that_are_not_strings_become_text() -> None:
    elements: list[JSON] = ["train", 3, 0.5, True, None]
    assert expand(elements, {}) == ["train", "3", "0.5", "True", "None"]


def test_a_dot_may_be_part_of_a_name_or_between_two_levels() -> None:
    params: Params = {"a.b": {"c.d": 1}, "a": {"b": 2, "x.y": 3}}
    assert expand(["${a.b.c.d}", "${a.b}", "${a.x.y}"], params) == ["1", "{'c.d': 1}", "3"]


def test_a_macro_hides_a_parameter_of_its_name() -> None:
    assert expand(["${program}"], {"program": "other.py"}) == ["train.py"]


@pytest.mark.parametrize(
    ("element", "words"),
    [
        ("${arg}", "'${args}'"),
        ("${ARGS}", "'${args}'"),
        ("${ args }", "'${args}'"),
        ("${interpereter}", "'${interpreter}'"),
        ("--lr=${optimiser.lr}", "'${optimizer.lr}'"),
        ("${python3}", "neither a macro nor a parameter"),
        ("x${args}", "an element of its own"),
        ("${envvar:HOEM}", "'${envvar:HOME}'"),
        ("${envvar:NOT_THERE}", "no variable NOT_THERE"),
        ("${envvar:not a name}", "'${envvar:HOME}'"),
        ("${envvar:}", "'${envvar:HOME}'"),
    ],
)
def test_a_macro_that_cannot_be_expanded_is_named_with_a_fix(element: str, words: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(words)):
        expand([element], PARAMS)


def test_a_missing_program_is_an_error_only_where_it_is_used() -> None:
    assert expand(["./run.sh"], {}, program=None) == ["./run.sh"]
    with pytest.raises(ConfigError, match="add `program:"):
        expand(["${program}"], {}, program=None)


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
def test_an_argument_that_no_system_can_pass_is_refused(value: str) -> None:
    with pytest.raises(ConfigError, match="args_json_file"):
        expand(["${args}"], {"x": value})


def test_problems_are_reported_with_their_elements_and_fixes() -> None:
    elements = ["${env}", "${interpereter}", "--opt=${optimiser}", "x${args}", "${envvar:UNSET}"]

    problems = unknown_macros.problems_of(elements, ["optimizer.lr", "optimizer"])

    assert [(index, fix.partition(" To pass")[0]) for index, _, fix in problems] == [
        (1, "did you mean '${interpreter}'?"),
        (2, "did you mean '${optimizer}'?"),
        (3, "make it an element of its own"),
    ]


def test_a_group_of_parameters_may_be_named() -> None:
    assert unknown_macros.problems_of(["--opt=${optimizer}"], ["optimizer.lr"]) == []


@pytest.mark.parametrize("elements", [["--env=${env}"], ["--env", "${env}"]])
def test_a_parameter_that_a_macro_hides_is_reported(elements: list[str]) -> None:
    ((index, what, _),) = ambiguities_of(elements, ["env"])
    assert index == len(elements) - 1
    assert what == "${env} is the macro, not the parameter env"


def test_a_parameter_called_env_does_not_spoil_the_default_command() -> None:
    elements = ["${env}", "${interpreter}", "${program}", "${args}"]
    assert list(ambiguities_of(elements, ["env", "program", "args"])) == []


def test_uses_looks_inside_longer_elements() -> None:
    elements = ["${program}", "--cfg=${args_json_file}", "${{interpreter}}"]

    assert command.uses(elements, "program")
    assert command.uses(elements, "args_json_file")
    assert not command.uses(elements, "interpreter")
    assert not command.uses(elements, "args_json")


@pytest.mark.parametrize("names", [["port"], ["port.first"]])
def test_a_macro_of_ours_is_not_used_where_a_parameter_is_meant(names: list[str]) -> None:
    elements = ["--port=${port}", "${slot}"]

    assert not command.uses(elements, "port", names=names)
    assert command.uses(elements, "slot", names=names)
    assert command.uses(elements, "port", names=["ports", "x.port"])


def test_a_parameter_does_not_take_the_place_of_a_macro_of_wandbs() -> None:
    assert command.uses(["${program}"], "program", names=["program"])


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_what_is_displayed_can_be_pasted_into_a_shell() -> None:
    arguments = ["a b", "it's", "$HOME", "", "é", "*", "--x={'k': 1}", "two\nlines", "`ls`"]

    line = command.display(["printf", r"%s\0", *arguments])

    shell = subprocess.run(["sh", "-c", line], capture_output=True, check=True)
    assert shell.stdout.decode().split("\0")[:-1] == arguments


NAMES = st.text(string.ascii_letters + string.digits + "_.-", min_size=1, max_size=12)
TEXT = st.text(max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)
FRAGMENTS = st.sampled_from(["${", "}", "$", "{", "envvar:", "HOME", ".", " ", "a", *macros.MACROS])
ELEMENTS = st.lists(FRAGMENTS | TEXT, max_size=6).map("".join)


@given(
    st.lists(ELEMENTS, max_size=5),
    st.dictionaries(NAMES, VALUES, max_size=4),
    st.none() | st.just("train.py"),
)
def test_any_command_gives_arguments_or_a_config_error(
    elements: list[str], params: Params, program: str | None
) -> None:
    try:
        arguments = expand(elements, params, program=program)
    except ConfigError:
        return

    assert all(isinstance(argument, str) for argument in arguments)
    shlex.split(command.display(arguments))


@given(st.lists(ELEMENTS, max_size=5), st.dictionaries(NAMES, st.integers(), max_size=4))
def test_a_command_without_problems_expands(elements: list[str], params: Params) -> None:
    elements = [element.replace("envvar:", "").replace("\0", "") for element in elements]
    problems = unknown_macros.problems_of(elements, params)

    if not problems:
        expand(elements, params)


@given(st.dictionaries(NAMES, VALUES.filter(lambda value: "\0" not in str(value)), max_size=4))
def test_an_argument_holds_its_name_and_the_text_of_its_value(params: Params) -> None:
    arguments = expand(["${args}"], params)
    found = [argument.removeprefix("--").split("=", 1) for argument in arguments]
    assert found == [[name, str(value)] for name, value in params.items()]


@given(st.dictionaries(NAMES, VALUES.filter(lambda value: "\0" not in str(value)), max_size=4))
def test_the_json_argument_holds_the_params(params: Params) -> None:
    (argument,) = expand(["${args_json}"], params)
    assert json.dumps(json.loads(argument)) == json.dumps(params)


@pytest.mark.parametrize("name", macros.RUN_MACROS)
def test_a_parameter_called_like_a_macro_of_ours_is_meant_before_it(name: str) -> None:
    assert expand([f"--x=${{{name}}}"], {name: 7}) == ["--x=7"]
    assert expand([f"${{{name}}}"], {name: {"a": 1}}) == ["{'a': 1}"]
    assert list(ambiguities_of([f"--x=${{{name}}}"], [name])) == []


def test_a_missing_variable_is_reported_before_anything_runs() -> None:
    elements = ["${envvar:HOME}", "--data=${envvar:DATAA}"]

    assert command.missing_variable(elements, {"HOME": "", "DATAA": ""}) is None
    of_run = command.missing_variable(["${envvar:WANDB_RUN_ID}"], {"WANDB_RUN_IDS": ""})
    assert of_run
    assert of_run.endswith("(each run has its own: read it in the program)")
    assert command.missing_variable(elements, {"HOME": "", "DATA": ""}) == (
        "command: the environment has no variable DATAA (did you mean '${envvar:DATA}'?)"
    )
