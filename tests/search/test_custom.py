"""`method: custom`: Optuna searches, with the runs that we keep."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sweepcli import search
from sweepcli.errors import SearchError
from sweepcli.records import PriorRun, Run, RunState, Suggestion, SweepConfig
from sweepcli.search import custom
from sweepcli.sweep_config import parse

LIBRARIES = [
    pytest.param(
        name,
        marks=[
            pytest.mark.skipif(
                importlib.util.find_spec(package) is None, reason=f"{package} is not installed"
            ),
            pytest.mark.filterwarnings("ignore"),  # theirs
        ],
    )
    for name, (package, _) in custom.LIBRARIES.items()
]
SPACE: dict[str, Any] = {
    "lr": {"distribution": "log_uniform_values", "min": 1e-4, "max": 1.0},
    "net": {
        "parameters": {
            "width": {"min": 1, "max": 64},
            "kind": {"values": ["a", "b", "c"]},
            "step": {"distribution": "q_uniform", "min": 0.0, "max": 1.0, "q": 0.25},
            "batch": {"distribution": "q_log_uniform_values", "min": 1, "max": 256},
        }
    },
    "fixed": {"value": [1, 2]},
}
METRIC = {"name": "loss", "goal": "minimize"}
STUDY = """
import optuna

def cma(sweep):
    assert sweep.config["metric"]["name"] == "loss"
    return optuna.create_study(sampler=optuna.samplers.CmaEsSampler(seed=1, n_startup_trials=1))

def grid(sweep):
    sampler = optuna.samplers.GridSampler({"x": [1, 2, 3]})
    return optuna.create_study(sampler=sampler)

def three(sweep):
    return optuna.create_study(), lambda study: len(study.trials) >= 3

def upwards(sweep):
    return optuna.create_study(direction="maximize")

def space(trial):
    kind = trial.suggest_categorical("kind", ["linear", "tree"])
    if kind == "tree":
        return {"kind": kind, "depth": trial.suggest_int("depth", 1, 9)}
    return {"kind": kind, "alpha": trial.suggest_float("alpha", 1e-3, 1.0, log=True)}

def no_space(trial):
    return 3

def odd_space(trial):
    return {"x": object()}

def leaves(sweep):
    raise SystemExit(3)
"""


def config(
    engine: str = "optuna",
    space: dict[str, Any] | None = None,
    scheduler: dict[str, str] | None = None,
) -> SweepConfig:
    named = {"engine": engine, **(scheduler or {})}
    raw = {"method": "custom", "parameters": SPACE if space is None else space, "seed": 3}
    return parse.parse({**raw, "metric": METRIC, "scheduler": named})


def ended(
    number: int, each: Suggestion, value: float | None, state: RunState = RunState.FINISHED
) -> Run:
    summary = {} if value is None else {"loss": value, "size": -value}
    return Run(
        *(f"r{number}", "s", number + 1, each.key, state, each.params),
        summary=summary,
        value=value,
        search_info=each.info,
    )


def played(
    sweep: SweepConfig, count: int, loss: Callable[[dict[str, Any]], float | None]
) -> list[Run]:
    """Search one by one; a loss of None is a failure."""
    runs: list[Run] = []
    while len(runs) < count and (made := search.method("custom")(sweep, runs, 1)):
        value = loss(made[0].params)
        state = RunState.FAILED if value is None else RunState.FINISHED
        runs.append(ended(len(runs), made[0], value, state))
    return runs


@pytest.mark.parametrize("engine", LIBRARIES)
def test_values_fit_the_space(engine: str) -> None:
    runs = played(config(engine), 7, lambda params: float(params["lr"]))

    for run in runs:
        net = run.params["net"]
        assert 1e-4 <= run.params["lr"] <= 1
        assert type(net["width"]) is int
        assert 1 <= net["width"] <= 64
        assert net["kind"] in {"a", "b", "c"}
        assert net["step"] in {0, 0.25, 0.5, 0.75, 1}
        assert type(net["batch"]) is int
        assert run.params["fixed"] == [1, 2]
    assert len({run.params["lr"] for run in runs}) == 7
    assert [run.key for run in runs] == [str(number) for number in range(7)]


@pytest.mark.parametrize("engine", LIBRARIES)
def test_it_learns_from_the_runs(engine: str) -> None:
    space = {"x": {"min": -4.0, "max": 4.0}, "y": {"min": -4.0, "max": 4.0}}
    sweep = config(engine, space)

    runs = played(sweep, 30, lambda at: float((at["x"] - 1) ** 2 + (at["y"] + 2) ** 2))

    first, last = [[float(run.value or 0) for run in part] for part in (runs[:10], runs[20:])]
    assert sum(last) < sum(first) / 2


@pytest.mark.parametrize("engine", LIBRARIES)
def test_failures_and_runs_at_work_are_no_obstacle(engine: str) -> None:
    sweep = config(engine)
    runs = played(sweep, 4, lambda at: None if at["lr"] < 0.03 else 1.0)
    at_work = search.method("custom")(sweep, runs, 1)[0]
    runs.append(ended(4, at_work, None, RunState.RUNNING))

    [made] = search.method("custom")(sweep, runs, 1)

    assert made.key == "5"
    assert made.params != at_work.params


@pytest.mark.parametrize("engine", LIBRARIES)
def test_a_library_learns_from_what_was_known_before(engine: str) -> None:
    space = {"x": {"min": 0.0, "max": 1.0}, "k": {"values": ["a", "b"]}}
    fits = [PriorRun({"x": i / 40, "k": "ab"[i % 2]}, abs(i / 40 - 0.3)) for i in range(40)]
    odd = [PriorRun({"x": 0.5}, 0.0), PriorRun({"x": 0.5, "k": "c"}, 0.0)]
    sweep = config(engine, space)._replace(prior_runs=(*fits, *odd))

    tried = [run.params["x"] for run in played(sweep, 5, lambda at: abs(at["x"] - 0.3))]

    assert all(abs(x - 0.3) < 0.25 for x in tried)


@pytest.mark.parametrize("engine", LIBRARIES)
def test_several_metrics_are_searched_for(engine: str) -> None:
    metrics = [METRIC, {"name": "size", "goal": "maximize"}]
    space = {"x": {"min": 0.0, "max": 1.0}}
    raw = {"method": "custom", "parameters": space, "metrics": metrics}
    sweep = parse.parse({**raw, "scheduler": {"engine": engine}})

    runs = played(sweep, 8, lambda params: float(params["x"]))

    assert len({run.params["x"] for run in runs}) == 8


@pytest.mark.parametrize("engine", LIBRARIES)
def test_a_distribution_without_an_equivalent_is_told_before(engine: str) -> None:
    sweep = config(engine, {"x": {"distribution": "normal", "mu": 0, "sigma": 1}})
    found = search.problem(sweep)
    assert f"parameters.x: normal has no equivalent in {engine.capitalize()}" in str(found)


def test_the_same_runs_bring_the_same_suggestion_in_another_process() -> None:
    code = (
        "from sweepcli import search; from sweepcli.sweep_config import parse;"
        f"c = parse.parse({config().raw!r}); print(search.method('custom')(c, [], 2)[1].params)"
    )

    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    sweep = config()
    assert done.stdout.strip() == str(search.method("custom")(sweep, [], 2)[1].params)


def test_values_that_optuna_cannot_tell_apart_come_back_as_they_are() -> None:
    values = [1, True, 0, False, None, [1], {"a": 1}]
    runs = played(config(space={"x": {"values": values}}), 40, lambda _: 1.0)
    assert {repr(run.params["x"]) for run in runs} == {repr(value) for value in values}


@pytest.fixture
def source(tmp_path: Path) -> str:
    path = tmp_path / "study.py"
    path.write_text(STUDY)
    return str(path)


def test_a_study_of_the_user_s_keeps_what_its_sampler_noted_down(source: str) -> None:
    space = {"x": {"min": -4.0, "max": 4.0}, "y": {"min": -4.0, "max": 4.0}}
    sweep = config(space=space, scheduler={"source": source, "optimizer": "cma"})
    pytest.importorskip("cmaes", reason="cmaes is not installed")

    runs = played(sweep, 40, lambda at: float((at["x"] - 1) ** 2 + (at["y"] + 2) ** 2))

    assert any("cma:" in key for run in runs for key in run.search_info["optuna"]["system_attrs"])  # type: ignore[index]
    assert min(float(run.value or 0) for run in runs[30:]) < 0.5


def test_a_grid_of_optuna_s_is_gone_through_once(source: str) -> None:
    sweep = config(
        space={"x": {"min": 1, "max": 3}}, scheduler={"source": source, "optimizer": "grid"}
    )

    runs = played(sweep, 9, lambda _: 1.0)

    assert sorted(run.params["x"] for run in runs) == [1, 2, 3]


def test_a_terminator_ends_the_search(source: str) -> None:
    sweep = config(scheduler={"source": source, "optimizer": "three"})
    assert len(played(sweep, 9, lambda _: 1.0)) == 3


def test_a_function_may_make_the_space(source: str) -> None:
    sweep = config(space={}, scheduler={"source": source, "search_space": "space"})

    runs = played(sweep, 15, lambda at: 0.1 if at["kind"] == "tree" else 1.0)

    shapes = {tuple(run.params) for run in runs}
    assert shapes == {("kind", "depth"), ("kind", "alpha")}


@pytest.mark.parametrize(
    ("scheduler", "said"),
    [
        ({"optimizer": "upwards"}, r"directions are \['maximize'\], the sweep's are \['min"),
        ({"search_space": "no_space"}, "no_space must return a dict, not 3"),
        ({"search_space": "odd_space"}, "object is not JSON"),
        ({"optimizer": "leaves"}, r"study.py: SystemExit: 3 \(.*study.py:"),
    ],
)
def test_a_source_that_makes_no_sense_is_told(
    source: str, scheduler: dict[str, str], said: str
) -> None:
    sweep = config(scheduler={"source": source, **scheduler})
    with pytest.raises(SearchError, match=said):
        search.method("custom")(sweep, [], 1)


@pytest.mark.parametrize(
    ("scheduler", "said"),
    [
        ({"source": "nowhere.py", "optimizer": "f"}, "nowhere.py: FileNotFoundError"),
        ({"source": "", "optimizer": "f"}, "has no function 'f'"),
    ],
)
def test_a_source_that_cannot_be_read_is_told_before(
    source: str, scheduler: dict[str, str], said: str
) -> None:
    sweep = config(scheduler={**scheduler, "source": scheduler["source"] or source})
    assert said in str(search.problem(sweep))


def test_wandb_s_engine_is_ours() -> None:
    sweep = config("wandb", {"x": {"values": [1, 2, 3]}})
    assert len(played(sweep, 9, lambda params: float(params["x"]))) == search.size(sweep) == 3
    assert search.problem(sweep) is None


def test_without_a_library_it_is_told_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(custom.LIBRARIES, "optuna", ("no_such_package", "nothing"))

    assert search.problem(config()) == (
        "scheduler.engine: optuna needs a package: pip install 'sweepcli[optuna]'"
    )
    with pytest.raises(SearchError, match="pip install"):
        search.method("custom")(config(), [], 1)
