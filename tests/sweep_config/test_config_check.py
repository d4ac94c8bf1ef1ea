"""Errors: everything that W&B refuses is refused with the place and the fix."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweepcli.errors import ConfigError
from sweepcli.sweep_config import load, schema
from sweepcli.sweep_config.distributions import DISTRIBUTIONS
from sweepcli.sweep_config.parameters import DISTRIBUTION_KEYS
from sweepcli.sweep_config.problems import InvalidConfig
from sweepcli.values import DURATION_FORM

TOP = "method: random\nprogram: train.py\nparameters:\n"
X = "parameters: {x: {values: [1, 2]}}\n"
GOAL = "write minimize if lower values are better, else maximize"
BAYES = "method: bayes\nmetric: {name: a}\n"


def errors_of(text: str) -> list[str]:
    with pytest.raises(InvalidConfig) as caught:
        load.load(text, "s.yaml")
    return str(caught.value).split("\n")


BAD = {
    X: "1:1: `method` is missing (write `method: grid`, `method: random` or `method: bayes`)",
    X + "metric: {name: loss, method: grid}": (
        "1:1: `method` is missing (it is under `metric`: move it to the top level)"
    ),
    X + "method: bayiws": (
        '2:1: method: "bayiws" is not one of grid, random, bayes, sobol, custom '
        "(did you mean 'bayes'?)"
    ),
    X + "method: grid\ncommand: [a, '${arg}']": (
        "3:14: command[1]: ${arg} is neither a macro nor a parameter (did you mean '${args}'? "
        "To pass it on as it is, write '$${arg}')"
    ),
    X + "method: bayes": (
        "1:1: metric: bayes needs a metric "
        "(add `metric: {name: loss, goal: minimize}` with the key that you log)"
    ),
    X + "method: bayes\nmetric: {goal: minimize}": "3:1: metric: `name` is missing",
    X + "method: bayes\nmetric: loss": (
        '3:1: metric: must be a mapping, not the text "loss" '
        "(write `metric: {name: loss, goal: minimize}`)"
    ),
    "method: grid\nparams: {x: {values: [1]}}": (
        "2:1: params: `parameters` is missing (rename `params` to `parameters`)"
    ),
    "method: grid\n\nparamters: {x: {values: [1]}}": (
        "3:1: paramters: `parameters` is missing (rename `paramters` to `parameters`)"
    ),
    "method: grid\nhyperparameters: {x: {values: [1]}}": (
        "2:1: hyperparameters: `parameters` is missing (rename `hyperparameters` to `parameters`)"
    ),
    "method: grid\nsweep: {parameters: {x: {values: [1]}}}": (
        "1:1: `parameters` is missing (it is under `sweep`: move it to the top level)"
    ),
    "method: grid\nname: x": (
        "1:1: `parameters` is missing (name what to vary: `lr: {values: [0.1, 0.01]}`)"
    ),
    X + "metod: grid": "2:1: metod: `method` is missing (rename `metod` to `method`)",
    X + "algorithm: grid": "2:1: algorithm: `method` is missing (rename `algorithm` to `method`)",
    X + "method: Grid_search": (
        '2:1: method: "Grid_search" is not one of grid, random, bayes, sobol, custom '
        "(did you mean 'grid'?)"
    ),
    X + "method: hyperband": (
        '2:1: method: "hyperband" is not one of grid, random, bayes, sobol, custom '
        "(write `method: random` and `early_terminate: {type: hyperband, min_iter: 3}`)"
    ),
    X + "method: tpe": (
        '2:1: method: "tpe" is not one of grid, random, bayes, sobol, custom '
        "(write `method: custom` and `scheduler: {engine: optuna}`)"
    ),
    X + "method: bayes\nobjective: {name: a}": (
        "3:1: objective: bayes needs a metric (rename `objective` to `metric`)"
    ),
    X + "method: bayes\nmetrics: {name: a}": (
        "3:1: metrics: bayes needs a metric (rename `metrics` to `metric`)"
    ),
    **{
        X + f"method: grid\nmetric: {{name: a, goal: {goal}}}": (
            f"3:19: metric.goal: {said} is not one of minimize, maximize ({fix})"
        )
        for goal, said, fix in (
            *(("up", '"up"', GOAL), ("", "null", GOAL), ("true", "true", GOAL)),
            ("maximze", '"maximze"', "did you mean 'maximize'?"),
        )
    },
    X + "method: grid\nrun_cap: 2.5": "3:1: run_cap: must be a whole number, not 2.5",
    "method: grid\nparameters: {}": "2:1: parameters: is empty",
    "method: grid\nparameters: [x]": '2:1: parameters: must be a mapping, not ["x"]',
    BAYES + "parameters: {x: {value: 1}}": (
        "3:1: parameters: bayes has nothing to search: all parameters are constant "
        "(give one several values, or use `method: grid`)"
    ),
    "method: grid\nparameters: {x: {min: 0.0, max: 1.0}}": (
        "2:14: parameters.x: a grid cannot try every value of uniform "
        "(list `values:`, use `distribution: q_uniform` with a `q`, or `method: random`)"
    ),
    "method: grid\nparameters: {x: {values: [1, 2], probabilities: [0.5, 0.5]}}": (
        "2:34: parameters.x.probabilities: a grid takes every value once and cannot use "
        "probabilities (remove them, or use `method: random`)"
    ),
    BAYES + "parameters: {x: {values: [1, 2], probabilities: [0.5, 0.1]}}": (
        "3:34: parameters.x.probabilities: sum to 0.6, not to 1 (make them sum to 1)"
    ),
    X + "method: grid\nrun_cap: '3'": (
        '3:1: run_cap: must be a whole number, not the text "3" (remove the quotes)'
    ),
    X + "method: grid\nrun_cap: 0": "3:1: run_cap: must be at least 1, not 0",
    X + "method: grid\nrun_cap: 99999999999999999999": (
        "3:1: run_cap: must be at most 1000000000000, not 99999999999999999999"
    ),
    X + "method: grid\nmax_retries: -1": "3:1: max_retries: must be at least 0, not -1",
    X + "method: grid\nmax_retries: 1.5": "3:1: max_retries: must be a whole number, not 1.5",
    **{
        X + f"method: grid\ntimeout: {written}": (
            f"3:1: timeout: {said} is not a duration ({DURATION_FORM})"
        )
        for written, said in (
            *(("0", "0"), ("-5", "-5"), ("soon", '"soon"'), ("true", "true"), ("[1]", "[1]")),
            *(("5x", '"5x"'), ("{m: 1}", '{"m": 1}')),
        )
    },
    X + "method: grid\nseed: true": "3:1: seed: must be a whole number, not true",
    X + "method: grid\nprogram: [train.py]": (
        '3:1: program: must be text, not ["train.py"] '
        "(name one file; its arguments belong in `command:`)"
    ),
}


@pytest.mark.parametrize(("text", "said"), BAD.items())
def test_a_bad_top_level_is_one_error_with_place_and_fix(text: str, said: str) -> None:
    assert errors_of(text) == [f"s.yaml:{said}"]


def test_every_violation_is_reported_at_once_in_the_order_of_the_file() -> None:
    text = TOP + "  a: 1\n  b: {values: 2}\n  c: {parameters: {d: {min: 2, max: 1}}}\nrun_cap: 0"
    lines = [error.split(":")[1] for error in errors_of(text)]
    assert lines == ["4", "5", "6", "7"]


def test_a_broken_parameter_is_not_taken_for_a_constant_one() -> None:
    text = BAYES + "parameters: {x: {value: 1}, y: {values: 2}}"
    assert ["parameters.y.values" in error for error in errors_of(text)] == [True]


def test_a_message_is_one_line_whatever_the_config_quotes() -> None:
    text = 'method: random\nparameters:\n  "a\\n\\e[31m": "values:\\n  - 1"'
    assert len(errors_of(text)) == 1
    assert errors_of(text)[0].isprintable()


def test_problems_can_be_reached_from_the_error() -> None:
    with pytest.raises(ConfigError) as caught:
        load.load("method: grid", "s.yaml")

    assert isinstance(caught.value, InvalidConfig)
    assert [problem.line for problem in caught.value.problems] == [1]


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_every_distribution_has_a_form_with_just_its_keys(name: str) -> None:
    row = DISTRIBUTIONS[name]

    forms = schema.schema()["$defs"]
    form = forms[name]
    while "$ref" in form:
        form = forms[form["$ref"].rpartition("/")[2]]
    assert set(form["properties"]) == {"distribution", *row.required, *row.defaults}


KEYS = st.sampled_from([*schema.top_level(), "x"])
PARAMETER_KEYS = st.sampled_from([*sorted(DISTRIBUTION_KEYS), "parameters", "x"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
WORDS = st.sampled_from([*DISTRIBUTIONS, "grid", "random", "bayes", "minimize", "hyperband"])
VALUES = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PARAMETER_KEYS, inner, max_size=4),
    max_leaves=6,
)
PARAMETERS = st.dictionaries(
    st.sampled_from("xy"), st.dictionaries(PARAMETER_KEYS, VALUES, max_size=4), max_size=2
)


@given(st.dictionaries(KEYS, VALUES, max_size=6), PARAMETERS, WORDS)
def test_any_mapping_loads_or_is_refused_with_a_config_error(
    data: dict[str, object], parameters: dict[str, object], method: str
) -> None:
    for config in (data, {**data, "method": method, "parameters": parameters}):
        try:
            loaded = load.load_mapping(config)
        except ConfigError as error:
            assert str(error).startswith("config")  # noqa: PT017 -- either way is right
        else:
            assert load.load_mapping(loaded.raw).raw == loaded.raw
