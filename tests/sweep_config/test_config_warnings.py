"""Warnings: what W&B runs is run, and what is odd about it is reported."""

from __future__ import annotations

import json

import pytest

from sweepcli.records import JSON
from sweepcli.sweep_config import load

TOP = "method: random\nprogram: train.py\nparameters:\n"
X = "method: grid\nprogram: train.py\nparameters: {x: {values: [1, 2]}}\n"
METRIC = "metric: {name: loss}\n"
HYPERBAND = "write, for instance, `early_terminate: {type: hyperband, min_iter: 3}`"


def warnings_of(text: str) -> list[str]:
    return [str(warning) for warning in load.load(text, "s.yaml").warnings]


ODD = {
    "x: {min: 0, max: 1.0}": (
        "4:3: parameters.x: 0 to 1.0 without a distribution is read as uniform "
        "(write `distribution: uniform`)"
    ),
    "x: {min: 1e-5, max: 1e-1}": (
        "4:3: parameters.x: 1e-05 to 0.1 without a distribution is read as uniform "
        "(write `distribution: log_uniform_values`)"
    ),
    "x: {distribution: log_uniform, min: 1e-5, max: 0.1}": (
        "4:7: parameters.x.distribution: log_uniform takes exponents: this samples from 1.00001 "
        "to 1.10517 (the bounds look like values: use `distribution: log_uniform_values`)"
    ),
    "x: {distribution: log_uniform, min: 100, max: 1000000}": (
        "4:7: parameters.x.distribution: log_uniform takes exponents: this samples from "
        "2.68812e+43 to inf (the bounds look like values: use `distribution: log_uniform_values`)"
    ),
    "x: {distribution: log_uniform, min: 0.0001, max: 10}": (
        "4:7: parameters.x.distribution: log_uniform takes exponents: this samples from 1.0001 "
        "to 22026.5 (the bounds look like values: use `distribution: log_uniform_values`)"
    ),
    "x: {distribution: log_uniform, min: 5, max: 7}": (
        "4:7: parameters.x.distribution: log_uniform takes exponents: this samples from 148.413 "
        "to 1096.63 (deprecated: use `distribution: log_uniform_values`, min: 148.413, max: "
        "1096.63)"
    ),
    "x: {distribution: inv_log_uniform, min: 0, max: 1}": (
        "4:7: parameters.x.distribution: inv_log_uniform takes exponents: this samples from "
        "0.367879 to 1 (deprecated: use `distribution: log_uniform_values`, min: 0.367879, max: 1)"
    ),
    "x: {values: [1, true, 1.0]}": (
        "4:25: parameters.x.values[2]: 1.0 is in the list already, at position 1 "
        "(remove one of them)"
    ),
    "x: {values: [(3, 3), (3, 5)]}": (
        "4:7: parameters.x.values: YAML has no tuples: these were split at their commas "
        "(write each tuple as a list, [3, 3], or in quotes)"
    ),
    "x: {values: [1, 2], probabilities: [0.5, 0.1]}": (
        "4:23: parameters.x.probabilities: sum to 0.6, not to 1 (make them sum to 1)"
    ),
    "x: {distribution: q_uniform, min: 1, max: 8, q: 20}": (
        "4:48: parameters.x.q: the step 20 is larger than the range 1 to 8 (make q smaller)"
    ),
    "x: {distribution: normal, sigma: 0}": (
        "4:29: parameters.x.sigma: is 0, so every run gets the same value "
        "(write `value:` instead, or a larger sigma)"
    ),
    "+gpu: {values: [1, 2]}": (
        "4:3: parameters.+gpu: is an unusual name for a parameter "
        "(use letters, digits, `_`, `.` and `-`, with a letter first)"
    ),
}


@pytest.mark.parametrize(("settings", "said"), ODD.items())
def test_an_odd_parameter_loads_with_a_warning(settings: str, said: str) -> None:
    assert warnings_of(f"{TOP}  {settings}") == [f"s.yaml:{said}"]


@pytest.mark.parametrize(
    ("text", "said", "understood"),
    [
        (
            "comand: [a]",
            "4:1: comand: unknown key 'comand' is ignored (did you mean 'command'?)",
            {},
        ),
        pytest.param(
            "metric: {name: a, goal: maximum}",
            '4:19: metric.goal: "maximum" is understood as maximize (write maximize)',
            {"metric": {"name": "a", "goal": "maximize"}},
        ),
        pytest.param(
            "metric: {name: a, target: '3'}",
            '4:19: metric.target: must be a number, not the text "3"; it is ignored '
            "(remove the quotes)",
            {"metric": {"name": "a"}},
        ),
        (
            "metric: {name: a, impute: best}",
            "4:19: metric.impute: is used by bayes only, not by grid",
            {"metric": {"name": "a", "impute": "best"}},
        ),
        pytest.param(
            METRIC + "early_terminate: {type: hyperband}",
            "5:1: early_terminate: hyperband needs min_iter, or max_iter and s; nothing will be "
            f"stopped early ({HYPERBAND})",
            {"metric": {"name": "loss"}},
        ),
        pytest.param(
            METRIC + "early_terminate: {type: envelope, min_iter: 3}",
            '5:19: early_terminate.type: "envelope" is not one of hyperband, asha, median, nan; '
            "nothing will be stopped early",
            {"metric": {"name": "loss"}},
        ),
        pytest.param(
            METRIC + "early_terminate: {type: hyperband, s: 2, max_iter: 27, x: 1}",
            "5:56: early_terminate.x: unknown key 'x'; it is ignored "
            "(allowed here: min_iter, eta, strict)",
            {
                "metric": {"name": "loss"},
                "early_terminate": {"type": "hyperband", "s": 2, "max_iter": 27},
            },
        ),
        pytest.param(
            METRIC + "early_terminate: {type: median, eta: 3}",
            "5:33: early_terminate.eta: unknown key 'eta'; it is ignored "
            "(allowed here: min_iter, min_runs)",
            {"metric": {"name": "loss"}, "early_terminate": {"type": "median"}},
        ),
        pytest.param(
            METRIC + "early_terminate: {type: asha, min_iter: 9, max_iter: 3}",
            "5:1: early_terminate: max_iter is smaller than min_iter, so runs are never compared; "
            f"nothing will be stopped early ({HYPERBAND})",
            {"metric": {"name": "loss"}},
        ),
        pytest.param(
            METRIC + "early_terminate: {type: nan, patience: 0}",
            "5:30: early_terminate.patience: must be at least 1, not 0; nothing will be stopped "
            "early",
            {"metric": {"name": "loss"}},
        ),
        (
            "early_terminate: {type: hyperband, min_iter: 3}",
            "4:1: early_terminate: needs a metric; nothing will be stopped early (add `metric:`)",
            {},
        ),
        pytest.param(
            "command: python t.py ${args}",
            '4:1: command: must be a list with one argument each, not "python t.py ${args}"; the '
            'default command is used, as W&B does (write `command: ["python", "t.py", "${args}"]`)',
            {},
        ),
        ("name:", "4:1: name: is empty and ignored (remove it)", {}),
        ("args_style:", "4:1: args_style: is empty and ignored (remove it)", {}),
        ("name: 3", '4:1: name: 3 is read as text (write "3")', {"name": "3"}),
        (
            "controller: {type: local}",
            "4:1: controller: ignored: agents decide here, there is no controller to choose",
            {"controller": {"type": "local"}},
        ),
    ],
)
def test_an_odd_top_level_loads_with_a_warning(
    text: str, said: str, understood: dict[str, JSON]
) -> None:
    loaded = load.load(X + text, "s.yaml")

    assert [str(warning) for warning in loaded.warnings] == [f"s.yaml:{said}"]
    assert {k: loaded.raw[k] for k in loaded.raw if k not in load.load(X, "").raw} == understood


def test_a_missing_program_matters_only_to_commands_that_use_it() -> None:
    text = "method: grid\nparameters: {x: {values: [1]}}\n"

    assert "`program` is missing, and the command uses ${program}" in warnings_of(text)[0]
    assert not warnings_of(text + "command: [python, train.py, '${args}']")
    assert not load.load_mapping({"method": "grid", "parameters": {"x": {"value": 1}}}).warnings


def test_settings_of_ours_and_of_wandb_load_without_a_warning() -> None:
    assert not warnings_of(X + METRIC + "run_cap: 3\nseed: 4\ndescription: two\nentity: me")


@pytest.mark.parametrize(
    ("goal", "meant"),
    [
        *((word, "maximize") for word in ("maximise", "max", "MAXIMUM", "Maximize", "maximizing")),
        *((word, "minimize") for word in ("minimise", "min", "minimum", "' Minimize '", "MIN")),
    ],
)
def test_a_goal_is_what_it_plainly_means_and_not_minimize(goal: str, meant: str) -> None:
    one = load.load(X + f"metric: {{name: a, goal: {goal}}}", "s.yaml")
    two = load.load_mapping(
        {
            "method": "custom",
            "parameters": {"x": {"values": [1]}},
            "scheduler": {"engine": "optuna"},
            "metrics": [{"name": "a", "goal": goal.strip("'")}, {"name": "b", "goal": meant}],
        }
    )

    assert [metric.goal for metric in one.config.objectives] == [meant]
    assert [metric.goal for metric in two.config.objectives] == [meant, meant]
    for loaded, place in ((one, "metric.goal"), (two, "metrics[0].goal")):
        assert [(each.path, each.fix) for each in loaded.warnings] == [(place, f"write {meant}")]


@pytest.mark.parametrize("key", ["mode", "direction", "objective", "Goal", "gaol"])
def test_another_word_for_the_goal_is_not_lost(key: str) -> None:
    loaded = load.load(X + f"metric: {{name: a, {key}: max}}", "s.yaml")
    assert loaded.raw["metric"] == {"name": "a", "goal": "maximize"}
    assert [str(warning) for warning in loaded.warnings] == [
        f's.yaml:4:19: metric.{key}: "max" is understood as maximize (write `goal: maximize`)'
    ]
    (warning,) = warnings_of(X + f"metric: {{name: a, goal: minimize, {key}: max}}")
    assert f"unknown key '{key}'; it is ignored" in warning


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        *((f"run_cap: {text}", {"run_cap": 100}) for text in ("1e2", "100.", "100.0")),
        *(("seed: 1.0", {"seed": 1}), ("max_retries: 2.0", {"max_retries": 2})),
        ("metric: {name: a, value: {last: 5.0}}", {"metric": {"name": "a", "value": {"last": 5}}}),
        *(
            (
                METRIC + f"early_terminate: {{type: {rule}, {key}: 3.0}}",
                {"metric": {"name": "loss"}, "early_terminate": {"type": rule, key: 3}},
            )
            for rule, key in (
                *(("hyperband", "min_iter"), ("asha", "max_iter"), ("median", "min_runs")),
                ("nan", "patience"),
            )
        ),
    ],
)
def test_a_whole_float_is_a_whole_number(text: str, whole: dict[str, JSON]) -> None:
    loaded = load.load(X + text, "s.yaml")

    found = {key: loaded.raw[key] for key in whole}
    assert json.dumps(found) == json.dumps(whole)
    assert [each.text.split(" ", 1)[1] for each in loaded.warnings] == ["is read as a whole number"]


def test_bounds_of_whole_numbers_may_be_whole_floats() -> None:
    text = "{distribution: int_uniform, min: 2., max: 8.0}"
    loaded = load.load(f"{TOP}  x: {text}", "s.yaml")

    assert json.dumps(loaded.raw["parameters"]["x"]["max"]) == "8"
    assert [str(each) for each in loaded.warnings] == [
        "s.yaml:4:34: parameters.x.min: 2.0 is read as a whole number (write 2)",
        "s.yaml:4:43: parameters.x.max: 8.0 is read as a whole number (write 8)",
    ]
    assert load.load(f"{TOP}  x: {{min: 2.0, max: 8.0}}", "").warnings == ()


def test_a_number_that_pyyaml_leaves_as_text_is_a_number_from_python_too() -> None:
    data: dict[str, JSON] = {"method": "grid", "parameters": {"x": {"value": 1}}, "run_cap": "1e2"}

    assert load.load_mapping(data).raw["run_cap"] == 100
    assert load.load_mapping({**data, "run_cap": 3, "name": "1e2"}).raw["name"] == "1e2"


@pytest.mark.parametrize(
    ("key", "fix"),
    [
        *(("count", "did you mean 'run_cap'?"), ("n_trials", "did you mean 'run_cap'?")),
        *((key, "did you mean 'run_cap'?") for key in ("runs", "max_trial", "num-samples")),
        *((key, "did you mean 'early_terminate'?") for key in ("early_stopping", "earlyStop")),
        *(("goal", "write it under `metric:`"), ("eta", "write it under `early_terminate:`")),
        *(("args", "arguments belong in `command:`"), ("WANDB_DIR", "remove it")),
    ],
)
def test_another_tools_key_gets_the_word_that_is_meant(key: str, fix: str) -> None:
    (warning,) = warnings_of(f"{X}{key}: 3")
    assert warning == f"s.yaml:4:1: {key}: unknown key '{key}' is ignored ({fix})"


def test_a_key_that_is_given_is_not_suggested() -> None:
    assert "(remove it)" in warnings_of(f"{X}run_cap: 3\ncount: 3")[0]
