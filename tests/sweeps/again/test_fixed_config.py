from __future__ import annotations

from typing import Any

import pytest

from support import a_sweep
from sweepcli.records import Run, RunState, Sweep
from sweepcli.sweep_config import load
from sweepcli.sweep_config.problems import InvalidConfig
from sweepcli.sweeps.again import fixed_config

NESTED: dict[str, Any] = {
    "method": "bayes",
    "program": "train.py",
    "metric": {"name": "loss", "goal": "minimize", "value": "last"},
    "metrics_from": {"output": ["loss: {loss}"]},
    "args_style": "hydra",
    "timeout": "2h",
    "early_terminate": {"type": "hyperband", "min_iter": 3},
    "run_cap": 40,
    "parameters": {
        "lr": {"min": 0.1, "max": 1.0},
        "opt": {"parameters": {"name": {"values": ["sgd", "adam"]}, "eps": {"value": 1}}},
        "model": {"values": [{"depth": 2, "act": "relu"}]},
        "a.b": {"values": [1, 2]},
    },
}
PARAMS = {
    "a.b": 2,
    "lr": 0.5,
    "model": {"depth": 2, "act": "relu"},
    "opt": {"eps": None, "name": "adam"},
}


def a_run(params: dict[str, Any] | None = None) -> tuple[Run, Sweep]:
    run = Run("r1", "s1", 3, "k", RunState.FINISHED, PARAMS if params is None else params)
    return run, a_sweep(load.load_mapping(NESTED).raw)


def params_with(*given: str) -> dict[str, Any]:
    """Return the params of the sweep that is made, by the config itself."""
    from sweepcli.sweep_config import parameters  # noqa: PLC0415

    found = load.load_mapping(fixed_config.of(*a_run(), given).raw)
    values = [each.settings["value"] for each in found.config.parameters]
    assert found.warnings == ()
    return parameters.nest(found.config.parameters, values)


def test_the_params_are_single_values_nested_as_they_were() -> None:
    assert params_with() == PARAMS
    assert fixed_config.of(*a_run()).raw["parameters"]["opt"] == {
        "parameters": {"eps": {"value": None}, "name": {"value": "adam"}}
    }


def test_what_judges_a_run_stays_and_what_compares_runs_goes() -> None:
    run, sweep = a_run()
    raw = fixed_config.of(run, sweep).raw

    for key in ("program", "metric", "metrics_from", "args_style", "timeout"):
        assert raw[key] == sweep.raw[key]
    assert "early_terminate" not in raw
    assert (raw["run_cap"], raw["method"]) == (1, "grid")
    assert "r1" in raw["name"]
    assert "number 3 of sweep someone/things/s1" in raw["description"]


@pytest.mark.parametrize(
    ("given", "changed"),
    [
        ("lr=1e-4", {"lr": 0.0001}),
        ("--lr=2", {"lr": 2}),
        ("opt.name=sgd", {"opt": {"eps": None, "name": "sgd"}}),
        ("opt={}", {"opt": {}}),
        ("model.depth=[3]", {"model": {"depth": [3], "act": "relu"}}),
        ("a.b=null", {"a.b": None}),
        ('lr="1e-4"', {"lr": "1e-4"}),
    ],
)
def test_a_value_that_is_given_takes_the_place_of_the_runs(
    given: str, changed: dict[str, Any]
) -> None:
    fixed = fixed_config.of(*a_run(), [given])

    found = load.load_mapping(fixed.raw)
    values = {each.path: each.settings["value"] for each in found.config.parameters}
    for name, value in changed.items():
        nested = {path[1]: each for path, each in values.items() if path[0] == name and path[1:]}
        assert values.get((name,), nested) == value
    assert fixed.notes == []


def test_a_param_that_the_run_did_not_have_is_a_new_one_which_is_told() -> None:
    fixed = fixed_config.of(*a_run(), ["epochs=100", "opt.momentum=0.9", "trainer.gpus=1"])

    assert params_with("epochs=100")["epochs"] == 100
    assert fixed.raw["parameters"]["opt"]["parameters"]["momentum"] == {"value": 0.9}
    assert fixed.raw["parameters"]["trainer.gpus"] == {"value": 1}
    assert [note.partition(":")[0] for note in fixed.notes] == [
        "run r1 had no param 'epochs'",
        "run r1 had no param 'opt.momentum'",
        "run r1 had no param 'trainer.gpus'",
    ]
    assert "did you mean 'opt.name'?" in fixed_config.of(*a_run(), ["opt.nam=x"]).notes[0]


def test_what_is_no_name_and_value_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^--with lr: .*write NAME=VALUE"):
        fixed_config.of(*a_run(), ["lr"])
    with pytest.raises(ValueError, match="is a shell variable not set"):
        fixed_config.of(*a_run(), ["lr="])
    with pytest.raises(InvalidConfig):
        fixed_config.of(*a_run(), ["lr=[1, 2"])


@pytest.mark.parametrize("above", ["opt=3", "opt={}", "opt=[1]"])
@pytest.mark.parametrize("below", ["opt.name=sgd", "opt.momentum=0.9"])
def test_a_value_below_one_that_was_given_goes_into_it_or_is_refused(
    above: str, below: str
) -> None:
    if above == "opt={}":
        name = below[4:].partition("=")[0]
        assert list(params_with(above, below)["opt"]) == [name]
        return
    with pytest.raises(ValueError, match=f"^--with {below}: another --with takes"):
        fixed_config.of(*a_run(), [above, below])


def test_a_group_of_the_run_that_a_given_value_took_away_is_refused() -> None:
    with pytest.raises(ValueError, match="takes 'depth' away"):
        fixed_config.of(*a_run(), ["model=3", "model.depth=2"])


def test_of_several_metrics_the_first_one_stays() -> None:
    raw = {
        "method": "custom",
        "program": "train.py",
        "metrics": [{"name": "loss", "goal": "minimize"}, {"name": "cost", "goal": "minimize"}],
        "scheduler": {"engine": "optuna"},
        "parameters": {"x": {"min": 0, "max": 9}},
    }
    run = Run("r1", "s1", 3, "k", RunState.FINISHED, {"x": 3})

    fixed = fixed_config.of(run, a_sweep(load.load_mapping(raw).raw))

    assert load.load_mapping(fixed.raw).config.metric == load.load_mapping(raw).config.metrics[0]
