"""`scheduler` and `metrics` of a config."""

from __future__ import annotations

import pytest

from sweepcli.errors import ConfigError
from sweepcli.records import Goal
from sweepcli.sweep_config import load

CUSTOM = "method: custom\nprogram: t.py\nparameters: {x: {values: [1, 2]}}\n"
METRIC = "metric: {name: loss}\n"
METRICS = "metrics: [{name: loss}, {name: acc, goal: maximize}]\n"


def warned(text: str) -> list[str]:
    return [str(warning) for warning in load.load(text, "s.yaml").warnings]


def test_a_library_and_several_metrics_are_understood_without_a_warning() -> None:
    loaded = load.load(f"{CUSTOM}{METRICS}scheduler: {{engine: optuna}}", "s.yaml")

    assert loaded.warnings == ()
    assert loaded.config.scheduler == {"engine": "optuna"}
    assert [metric.name for metric in loaded.config.objectives] == ["loss", "acc"]
    assert loaded.config.objectives[1].goal is Goal.MAXIMIZE
    assert loaded.config.raw == loaded.raw


def test_a_function_may_stand_for_the_parameters() -> None:
    text = "method: custom\nprogram: t.py\nmetric: {name: a}\n"
    text += "scheduler: {engine: optuna, source: s.py, search_space: space}\n"

    assert load.load(text, "s.yaml").config.parameters == ()
    with pytest.raises(ConfigError, match="`parameters` is missing"):
        load.load(text.replace("custom", "random"), "s.yaml")


ODD = {
    METRIC + "scheduler: {engine: optun}": (
        's.yaml:5:13: scheduler.engine: "optun" is not one of optuna, ax, wandb; agents cannot '
        "use it (did you mean 'optuna'?)"
    ),
    METRIC + "scheduler: {job: x}": (
        "s.yaml:5:1: scheduler: `engine` is missing; agents cannot use it"
    ),
    METRIC + "scheduler: {engine: ax, source: s.py, search_space: f}": (
        "s.yaml:5:39: scheduler.search_space: is not used by the engine ax (remove it)"
    ),
    METRIC + METRICS + "scheduler: {engine: ax}": (
        "s.yaml:4:1: metric: is ignored, since `metrics` is given (remove it)"
    ),
}


@pytest.mark.parametrize(("text", "said"), ODD.items())
def test_what_is_odd_is_reported(text: str, said: str) -> None:
    assert said in warned(CUSTOM + text)


@pytest.mark.parametrize("key", ["scheduler: {job: x}", METRICS])
def test_another_method_does_not_use_them(key: str) -> None:
    loaded = load.load(CUSTOM.replace("custom", "random") + METRIC + key, "s.yaml")

    assert "is used by `method: custom` only, not by random" in str(loaded.warnings[0])
    assert (loaded.config.scheduler, loaded.config.metrics) == (None, ())
    assert key.partition(":")[0] in loaded.raw


BAD = {
    "scheduler: {engine: optuna}": "scheduler: a search needs a metric (add `metric: {name: ",
    METRIC + "scheduler: {engine: optuna, optimizer: make}": (
        "scheduler.optimizer: `source` is missing "
        "(add `source:`, the Python file that defines 'make')"
    ),
    "metrics: [{name: a}]": "s.yaml:4:1: metrics: must have at least 2 entries, not 1",
    "metrics: [{name: a}, {goal: minimize}]": "metrics[1]: `name` is missing",
}


@pytest.mark.parametrize(("text", "said"), BAD.items())
def test_what_cannot_be_searched_is_an_error(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load.load(CUSTOM + text, "s.yaml")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("method", "is_fine"),
    [
        ("my_package.search:suggest", True),
        ("search:suggest", True),
        ("my-package:suggest", False),
        ("search:", False),
        (":suggest", False),
    ],
)
def test_a_method_may_name_a_function(method: str, *, is_fine: bool) -> None:
    text = CUSTOM.replace("method: custom", f"method: '{method}'")
    if is_fine:
        assert load.load(text, "s.yaml").config.method == method
        return
    with pytest.raises(ConfigError, match="is not one of grid, random, bayes, sobol, custom"):
        load.load(text, "s.yaml")
