"""What `sweep check` and creating a sweep say of values that do not arrive as what they are."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from sweepcli.errors import ConfigError
from sweepcli.records import JSON
from sweepcli.sweep_config import load, lost_values
from sweepcli.sweep_config.load import Loaded

ARGS = ["python", "t.py", "${args}"]
Values = Mapping[str, list[JSON]]


def loaded(values: Values, style: str | None = None, command: list[str] | None = None) -> Loaded:
    parameters = {name: {"values": listed} for name, listed in values.items()}
    config = {"method": "grid", "parameters": parameters, "command": command or ARGS}
    return load.load(json.dumps({**config, **({"args_style": style} if style else {})}), "s.yaml")


def notes(values: Values, style: str | None = None, command: list[str] | None = None) -> str:
    return "\n".join(lost_values.notes(loaded(values, style, command).config))


@pytest.mark.parametrize(
    ("written", "fix"),
    [
        ("argprase", "did you mean 'argparse'?"),
        ("Hydra", "did you mean 'hydra'?"),
        ("typer", "write `args_style: click`"),
        ("LightningCLI", "write `args_style: jsonargparse`"),
        ("fire", "leave it out"),
    ],
)
def test_a_style_that_is_none_is_refused_with_the_one_that_is_meant(written: str, fix: str) -> None:
    with pytest.raises(ConfigError, match=f"args_style: .*{fix}".replace("?", r"\?")):
        loaded({"x": [1]}, written)


@pytest.mark.parametrize(
    ("style", "value", "word"),
    [
        ("argparse", None, "null"),
        ("click", None, "null"),
        ("absl", None, "null"),
        ("click", [], "an empty list"),
    ],
)
def test_what_is_left_out_is_said_when_the_sweep_is_made(
    style: str, value: JSON, word: str
) -> None:
    (warning,) = loaded({"wd": [0.1, value]}, style).warnings
    assert f"{word} of wd cannot be written for {style}: it is left out" in str(warning)


def test_a_null_inside_a_value_is_not_left_out_in_silence() -> None:
    (warning,) = loaded({"opt": [{"name": "adam", "wd": None}]}, "argparse").warnings
    assert "null of opt.wd" in str(warning)


@pytest.mark.parametrize("style", ["tyro", "jsonargparse", "hydra"])
def test_what_a_style_can_write_is_not_warned_of(style: str) -> None:
    values: Values = {"x": [None, True, False, 1, "a b", [1, 2], [], {"k": 1}]}
    assert (loaded(values, style).warnings, notes(values, style)) == ((), "")


def test_a_style_that_nothing_obeys_is_warned_of() -> None:
    (warning,) = loaded({"x": [1]}, "click", ["python", "t.py", "${x}"]).warnings
    assert "changes only ${args}, and the command does not use it" in str(warning)


@pytest.mark.parametrize("macro", ["args_append_hydra", "args_override_hydra", "args"])
def test_what_hydra_cannot_read_is_refused_with_its_place(macro: str) -> None:
    style = "hydra" if macro == "args" else None
    with pytest.raises(ConfigError, match=r"parameters\.x: Hydra's grammar cannot carry the key"):
        loaded({"x": [1, [{"é": 1}]]}, style, ["python", "t.py", f"${{{macro}}}"])


@pytest.mark.parametrize(
    ("style", "value", "said"),
    [
        ("argparse", False, "written as `--no-x`, as BooleanOptionalAction takes it"),
        ("argparse", [], "needs nargs='*'"),
        ("argparse", ["a", "-b"], "begins with `-` for an option"),
        ("argparse", [[1], [2]], "as JSON: `--x [1] [2]`"),
        ("argparse", [1, None], "null in a list is written as a text: `--x 1 null`"),
        ("click", [{"a": 1}], "as JSON"),
        ("absl", [" a"], "absl drops spaces"),
        ("tyro", ["a", "-b"], "begins with `-` for an option"),
        ("tyro", [{"a": 1}], "as JSON"),
        ("tyro", [[1, 2], [3, 4]], "one list: `--x 1 2 3 4`"),
        ("tyro", "None", "tyro reads `--x None` as null"),
        ("jsonargparse", "null", "jsonargparse reads `--x=null` as null"),
    ],
)
def test_check_says_what_a_style_does_to_a_value(style: str, value: JSON, said: str) -> None:
    assert said in notes({"x": [value]}, style)


def test_check_names_the_positional_that_a_list_would_take() -> None:
    command = [*ARGS, "data/"]
    assert "may take the 'data/'" in notes({"x": [[1]]}, "argparse", command)
    assert notes({"x": [[1]]}, "argparse", ["python", "t.py", "data/", "${args}"]) == ""
    assert notes({"x": [[1]]}, "click", command) == ""


WANDB: Values = {"amp": [True, False], "layers": [[64, 32]], "wd": [None, 0.1], "aug": [False]}


def test_check_says_in_one_line_what_wandbs_form_does() -> None:
    (said,) = notes(WANDB).splitlines()

    for each in ("--amp=True (also aug)", "--layers=[64, 32]", "--wd=None", "args_style", "fire"):
        assert each in said
    assert "--opt={…}" in "".join(
        lost_values.notes(
            load.load(
                "{method: grid, program: t.py, "
                "parameters: {opt: {parameters: {lr: {values: [1, 2]}}}}}",
                "s.yaml",
            ).config
        )
    )


def test_check_is_silent_where_all_values_arrive() -> None:
    values: Values = {"n": [1, 2], "lr": [1e-5, -0.5], "tag": ["a b", "-x", ""]}
    for style in (None, "argparse", "click", "absl", "tyro", "jsonargparse", "hydra"):
        assert notes(values, style) == ""


def test_check_says_that_a_false_is_dropped() -> None:
    said = notes(WANDB, command=["python", "t.py", "${args_no_boolean_flags}"])
    assert "leaves false out: a program whose default for amp, aug is true runs with true" in said
    assert notes({"amp": [True]}, command=["t.py", "${args_no_boolean_flags}"]) == ""


OTHER: list[JSON] = [None, "1", "null", "a,b", "été", {"a": 1}, [None], [{}]]
SAME: list[JSON] = [True, 1, 0.5, "adam", "a b", "", [1, "a,b", True]]


@pytest.mark.parametrize(
    ("value", "is_said"), [*((each, True) for each in OTHER), *((each, False) for each in SAME)]
)
def test_check_says_what_hydra_reads_otherwise_in_wandbs_form(
    value: JSON, *, is_said: bool
) -> None:
    said = notes({"x": [value]}, command=["python", "t.py", "${args_no_hyphens}"])
    assert ("Hydra reads other values" in said) is is_said


def test_check_says_what_named_macros_write_in_pythons_words() -> None:
    command = ["python", "t.py", "--wd", "${wd}", "--layers=${layers}", "--amp=${amp}"]
    assert "writes ${layers} as [64, 32], ${wd} as None" in notes(WANDB, command=command)

    paired: Values = {"pair": [{"loss": "l1", "wd": None}]}
    assert "${pair.wd} as None" in notes(paired, command=["t.py", "${pair.loss}", "${pair.wd}"])
    assert notes(paired, command=["t.py", "${pair.loss}"]) == ""


@pytest.mark.parametrize(
    ("place", "value", "is_said"),
    [
        *(("${tag}", text, True) for text in ("a b", "", "it's", "a;b", "$x", "*", "~/x")),
        *(("${tag}", value, False) for value in ("a", "é", "-x", 0.5, "a/b.c:d=e")),
        *(("'${tag}'", text, text == "it's") for text in ("a b", "", "it's", "$x", '"')),
        *(('"--x=${tag}"', text, text in "$x`") for text in ("a b", "it's", "$x", "`")),
        *((r"it\'s ${tag}", "a b", True), ("'\"' ${tag}", "a b", True)),
        ("${d.k}", "a b", True),
    ],
)
def test_check_names_a_value_that_a_shell_takes_apart(
    place: str, value: JSON, *, is_said: bool
) -> None:
    values: Values = {"tag": [value], "d": [{"k": value}]}
    said = notes(values, command=["sh", "-c", f"python t.py {place}"])
    assert ("the shell reads" in said) is is_said
    assert "the shell reads" not in notes(values, command=["python", "-c", place])


def test_check_names_the_option_that_a_text_becomes() -> None:
    said = notes({"tag": ["-x"]}, command=["python", "t.py", "${args_no_equals}"])
    assert "--tag -x: parsers see two options" in said


def test_check_names_a_parameter_that_hydra_cannot() -> None:
    command = ["python", "t.py", "${args_override_hydra}"]
    assert "Hydra cannot read a b as a name" in notes({"a b": [1]}, command=command)
    assert notes({"db/kind": [1], "a.b.0": [1], "$x": [1]}, command=command) == ""
