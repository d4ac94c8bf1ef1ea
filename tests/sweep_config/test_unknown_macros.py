"""Names in `${…}` that are no macro and no parameter: Hydra's, a shell's, or misspelt ones."""

from __future__ import annotations

import os
import subprocess

import pytest
import yaml

from sweepcli.errors import ConfigError
from sweepcli.records import Params
from sweepcli.sweep_config import command, load, unknown_macros

NAMES = ["lr", "opt", "speed", "epochs", "optimizer", "optimizer.lr"]
PAIRS = "[{loss: l1, opt: {lr: 1}}, {loss: l2, opt: {lr: 2}, epochs: 3}]"


def errors_of(*elements: str) -> list[str]:
    return [f"{what} ({fix})" for _, what, fix in unknown_macros.problems_of(elements, NAMES)]


def left_alone(*elements: str) -> list[str]:
    return [what for _, what, _ in unknown_macros.left_alone(elements, NAMES)]


def expand(elements: list[str], params: Params) -> list[str]:
    return command.argv(elements, params, program=None, interpreter="", environ={}, own={})


@pytest.mark.parametrize(
    "element",
    [
        "logger.name=${model.name}_${seed}",
        "hydra.run.dir=runs/${name}/${now:%Y%m%d}_${oc.env:WANDB_RUN_ID}",
        "x=${data_dir}/${a.b.c}",
        "run_${out}",
        "${HOME}/data",
        "--seed=${seed}",
    ],
)
def test_an_interpolation_of_others_reaches_the_program_unchanged(element: str) -> None:
    assert errors_of("python", element) == []
    assert len(left_alone("python", element)) == 1
    assert expand([element], dict.fromkeys(NAMES[:4], 1)) == [element]


@pytest.mark.parametrize(
    ("element", "meant"),
    [
        *(("--lr=${lrr}", "${lr}"), ("--lr=${l}", "${lr}"), ("x_${epoch}", "${epochs}")),
        *(("--lr=${optimiser.lr}", "${optimizer.lr}"), ("${ lr }_", "${lr}")),
        *(("${progam}/x", "${program}"), ("${envar:HOME}/x", "${envvar:HOME}")),
        *(("x=${arg}", "${args}"), ("${envvar.HOME}/x", "${envvar:HOME}")),
    ],
)
def test_a_misspelt_name_is_an_error_that_says_how_to_pass_it_on(element: str, meant: str) -> None:
    written = element[element.index("$") : element.index("}") + 1]
    (error,) = errors_of(element)
    assert f"did you mean '{meant}'? To pass it on as it is, write '${written}'" in error
    assert left_alone(element.replace("$", "$$")) == errors_of(element.replace("$", "$$")) == []


@pytest.mark.parametrize("element", ["${env:HOME}", "${env:HOME}/x", "x=${environ:HOME}"])
def test_another_tools_word_for_a_variable_is_passed_on_with_a_warning(element: str) -> None:
    assert errors_of("python", element) == []
    ((_, _, fix),) = unknown_macros.left_alone(["python", element], NAMES)
    assert fix.startswith("did you mean '${envvar:HOME}'? If not, write '$${env")


@pytest.mark.parametrize("element", ["${model.name}", "${seed}", "${arg}", "${HOME}"])
def test_an_element_that_is_an_unknown_macro_stays_an_error(element: str) -> None:
    (error,) = errors_of(element)
    assert f"To pass it on as it is, write '${element}'" in error


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        *(("$${lr}", "${lr}"), ("$${args}", "${args}"), ("$${x}", "${x}"), ("$$${lr}", "$${lr}")),
        *(("a$${lr}=${lr}", "a${lr}=1"), ("$${envvar:NO}", "${envvar:NO}"), ("$$lr", "$$lr")),
        *(("${a.$${lr}}", "${a.${lr}}"), ("${a.${lr}}", "${a.1}"), ("$${{x}}", "$${{x}}")),
    ],
)
def test_two_dollars_write_what_would_be_a_macro(element: str, expected: str) -> None:
    assert errors_of(element) == []
    assert expand([element], {"lr": 1}) == [expected]
    assert command.variables([element]) == []


SHELL = (
    'for f in 1 2; do out=o/$f; mkdir -p "$out"; echo "${out}_x ${f} ${HOME}/y" --lr=${lr}; done'
)


def test_variables_of_a_shells_text_are_left_to_the_shell() -> None:
    assert errors_of("bash", "-c", SHELL) == []
    assert left_alone("bash", "-c", SHELL) == [
        "${HOME} is neither a macro nor a parameter: left to the shell"
    ]
    assert expand(["bash", "-c", SHELL], {"lr": 1})[2] == SHELL.replace("${lr}", "1")


@pytest.mark.parametrize(
    "text",
    [
        *("lrr=1; echo ${lrr}", "for lrr in 1; do ${lrr}x; done", "read -r lrr; ${lrr}x"),
        *("export A=1 lrr=2 && x${lrr}", "if a; then lrr=1; fi; ${lrr}x", "a=1 lrr=2\nx${lrr}"),
    ],
)
def test_a_variable_that_the_text_sets_is_no_misspelling(text: str) -> None:
    assert errors_of("bash", "-euxc", text) == left_alone("sh", "-c", "--", text) == []
    assert errors_of("python", text)


@pytest.mark.parametrize("text", ["echo lrr=1 ${lrr}", "python t.py --lrr=1 ${lrr}"])
def test_an_argument_sets_no_variable_of_the_shell(text: str) -> None:
    assert errors_of("bash", "-c", text)


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        (
            "source env.sh && python ${program} ${args}",
            "'source env.sh && exec python ${program} \"$@\"'",
        ),
        ('python t.py "${args}" | tee log', "'python t.py \"$@\" | tee log'"),
        ("for i in 1 2; do a ${args}; done", "'for i in 1 2; do a \"$@\"; done'"),
        ("cd x\na ${args}", '"cd x\\nexec a \\"$@\\""'),
        ("a ${args}\necho b", '"a \\"$@\\"\\necho b"'),
        ("source run.sh ${args}", "'source run.sh \"$@\"'"),
        ("echo 'x'; a ${args}", "'echo ''x''; exec a \"$@\"'"),
        ("a '${args}'", "'exec a \"$@\"'"),
    ],
)
def test_several_arguments_reach_a_shells_text_by_its_own_arguments(text: str, mended: str) -> None:
    (error,) = errors_of("bash", "-c", text)
    assert f"(write ['bash', '-c', {mended}, '--', '${{args}}'])" in error
    assert errors_of(f'bash -c "{text}"') == [error] or '"' in text


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (["bash", "-c", "a ${args}", "--", "${args}"], "'exec a \"$@\"', '--', '${args}'])"),
        (["cd x && a ${args}"], "['bash', '-c', 'cd x && exec a \"$@\"', '--', '${args}'])"),
        (["A=1 a ${args}"], "of its own: '${env}', 'A=1', 'a', '${args}')"),
    ],
)
def test_the_command_that_is_shown_has_each_argument_once(command: list[str], shown: str) -> None:
    (error,) = errors_of(*command)
    assert error.endswith(shown)


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_the_command_that_is_shown_passes_each_argument_as_one() -> None:
    (error,) = errors_of("sh", "-c", "x='a b'; printf '%s|' \"$x\" ${args}")

    shown: list[str] = yaml.safe_load(error.partition("(write ")[2].removesuffix(")"))
    ran = subprocess.run(expand(shown, {"lr": 1, "s": "c  'd\""}), capture_output=True, check=True)

    assert ran.stdout == b"a b|--lr=1|--s=c  'd\"|"


def test_several_arguments_in_a_longer_element_are_elements_of_their_own() -> None:
    (error,) = errors_of("python train.py ${args_no_hyphens}")
    assert "an element of its own: 'python', 'train.py', '${args_no_hyphens}'" in error


def check(element: str, values: str = PAIRS) -> list[str]:
    parameters = f"{{pair: {{values: {values}}}, lr: {{value: 1}}}}"
    text = f"method: grid\nparameters: {parameters}\ncommand: [python, '{element}']"
    try:
        return [str(warning) for warning in load.load(text, "s").warnings]
    except ConfigError as error:
        return str(error).split("\n")


@pytest.mark.parametrize("element", ["--x=${pair.loss}", "${pair.opt.lr}", "${pair.opt}"])
def test_paired_values_can_be_named_one_by_one(element: str) -> None:
    assert check(element) == []
    assert check(element, "[{loss: l1, opt: {lr: 1}}]") == []


@pytest.mark.parametrize(
    ("element", "values", "said"),
    [
        ("--x=${pair.epochs}", PAIRS, '${pair.epochs} is not in {"loss": "l1", "opt": {"lr": 1}}'),
        ("${pair.loss}", "[{loss: 1}, null]", "${pair.loss} is not in null"),
        ("x${pair.los}", PAIRS, "did you mean 'loss'?"),
    ],
)
def test_a_key_that_a_value_lacks_is_an_error_that_names_the_value(
    element: str, values: str, said: str
) -> None:
    (error,) = check(element, values)
    assert said in error


def test_names_of_a_space_that_a_function_makes_are_not_judged() -> None:
    text = (
        "method: custom\nmetric: {name: a}\ncommand: [a, '${depth}', '--x=${lrr}']\n"
        "scheduler: {engine: optuna, source: s.py, search_space: f}\n"
    )
    assert load.load(text, "s").warnings == ()


def test_a_macro_that_hides_a_shells_own_variable_is_reported() -> None:
    text = "port=1; echo ${port}"
    config = f"method: grid\nparameters: {{x: {{values: [1]}}}}\ncommand: [sh, -c, '{text}']"
    (found,) = load.load(config, "s").warnings
    assert found.text == "${port} is the macro also here, where the shell sets port itself"
    assert found.fix == "for the shell's variable, write '$port'"
    assert load.load(config.replace("=1", "=${port}"), "s").warnings == ()
