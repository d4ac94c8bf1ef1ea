from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from studies import study
from support import a_sweep, an_agent, an_ending, claimed, end
from sweepcli import stores
from sweepcli.errors import UsageError
from sweepcli.records import JSON, Progress, Row, RunState, Suggestion, Sweep
from sweepcli.stores import Store

optuna = pytest.importorskip("optuna")
optuna_file = pytest.importorskip("sweepcli.views.exports.optuna_file")

CONFIG: dict[str, JSON] = {
    "method": "random",
    "metric": {"name": "acc", "goal": "maximize"},
    "parameters": {
        "lr": {"distribution": "log_uniform_values", "min": 0.001, "max": 1.0},
        "depth": {"distribution": "int_uniform", "min": 1, "max": 9},
        "rate": {"distribution": "q_uniform", "min": 0.0, "max": 1.0, "q": 0.25},
        "noise": {"distribution": "normal", "mu": 0.0, "sigma": 1.0},
        "decay": {"distribution": "log_normal", "mu": 0.0, "sigma": 1.0},
        "opt": {"parameters": {"name": {"values": ["adam", "sgd"]}}},
        "shape": {"values": [[1, 2], [3]]},
        "fixed": {"value": 7},
    },
}
ENDS = (
    RunState.FINISHED,
    RunState.FINISHED,
    RunState.STOPPED,
    RunState.FAILED,
    RunState.KILLED,
    RunState.FINISHED,
)


def params(n: int) -> dict[str, JSON]:
    return {
        "lr": 0.001 * 2**n,
        "depth": n + 1,
        "rate": 0.25 * (n % 4),
        "noise": n - 2.5,
        "decay": 0.5 + n,
        "opt": {"name": ("adam", "sgd")[n % 2]},
        "shape": [[1, 2], [3]][n % 2],
        "fixed": 7,
    }


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Keep a sweep whose runs have ended in every way; the last finished one has no value."""
    found = stores.open_store(str(tmp_path))
    fill(found, a_sweep(CONFIG))
    yield found
    found.close()


def fill(store: Store, sweep: Sweep) -> None:
    store.add_sweep(sweep)
    store.add_agent(an_agent())
    given = [(f"r{n}", Suggestion(str(n), params(n))) for n in range(8)]
    store.suggest("s1", given, run_cap=None, now=1.0)
    for n, state in enumerate(ENDS):
        value = None if n == 5 else n / 10
        summary = {} if value is None else {"acc": value}
        logged = [] if value is None else [Row(s, s, None, {"acc": value - s}) for s in range(3)]
        tags = ("keep",) if n == 1 else ()
        progress = Progress(summary, value, name=f"run {n}" if n else None, tags=tags)
        run = claimed(store)._replace(code="aaaaaaaaaaaa" if n == 1 else None)
        end(store, run, an_ending(state), rows=logged, progress=progress)
    claimed(store)


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Return where there is no study yet."""
    return str(tmp_path / "study.db")


NAME = "someone/things/s1"


def test_a_study_has_the_runs_that_have_ended(store: Store, path: str) -> None:
    count = optuna_file.write(store, store.sweep("s1"), path)

    assert count == 6
    with study(path, NAME) as found:
        states = [trial.state.name for trial in found.trials]
        assert states == ["COMPLETE", "COMPLETE", "PRUNED", "FAIL", "FAIL", "FAIL"]
        assert found.direction.name == "MAXIMIZE"
        assert found.best_value == 0.1
        said = {"name": "run 1", "tags": ["keep"], "code": "aaaaaaaaaaaa"}
        own = {"run": "r1", "number": 2, "state": "finished"}
        assert found.best_trial.user_attrs == {**own, **said}
        assert found.trials[0].user_attrs.keys().isdisjoint(said)
        assert found.trials[1].intermediate_values == {0: 0.1, 1: pytest.approx(-0.9), 2: -1.9}
        assert found.trials[0].datetime_start is not None
        assert found.metric_names == ["acc"]


def test_params_have_distributions_that_optuna_knows(store: Store, path: str) -> None:
    optuna_file.write(store, store.sweep("s1"), path)

    with study(path, NAME) as found:
        trial = found.trials[1]

    of = optuna.distributions
    assert trial.params == {
        "lr": 0.002,
        "depth": 2,
        "rate": 0.25,
        "noise": -1.5,
        "decay": 1.5,
        "opt.name": "sgd",
        "shape": json.dumps([3]),
    }
    assert trial.distributions["lr"] == of.FloatDistribution(0.001, 1.0, log=True)
    assert trial.distributions["depth"] == of.IntDistribution(1, 9)
    assert trial.distributions["rate"] == of.FloatDistribution(0.0, 1.0, step=0.25)
    assert trial.distributions["noise"] == of.FloatDistribution(-2.5, 4.5)
    assert trial.distributions["decay"] == of.FloatDistribution(0.5, 7.5, log=True)
    assert trial.distributions["opt.name"] == of.CategoricalDistribution(["adam", "sgd"])


def test_a_journal_is_a_study_too(store: Store, tmp_path: Path) -> None:
    path = str(tmp_path / "study.log")

    optuna_file.write(store, store.sweep("s1"), path)

    backend = optuna.storages.journal.JournalFileBackend(path)
    storage = optuna.storages.JournalStorage(backend)
    assert optuna.load_study(study_name=NAME, storage=storage).best_value == 0.1


def test_a_study_that_is_there_is_left_alone(store: Store, path: str) -> None:
    optuna_file.write(store, store.sweep("s1"), path)

    with pytest.raises(UsageError, match="has a study 'someone/things/s1' already"):
        optuna_file.write(store, store.sweep("s1"), path)

    with study(path, NAME) as found:
        assert len(found.trials) == 6


def test_a_study_that_could_not_be_finished_is_not_left_behind(
    store: Store, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optuna_file, "_outcome", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        optuna_file.write(store, store.sweep("s1"), path)
    monkeypatch.undo()

    assert optuna_file.write(store, store.sweep("s1"), path) == 6


def test_a_place_that_cannot_be_opened_is_named(store: Store, tmp_path: Path) -> None:
    path = os.path.join(tmp_path, "nowhere", "study.db")
    with pytest.raises(UsageError, match="cannot be opened as a study"):
        optuna_file.write(store, store.sweep("s1"), path)


def test_a_value_that_the_config_no_longer_has_is_a_choice_too(store: Store, path: str) -> None:
    odd = params(0) | {"opt": {"name": "lion"}, "depth": 99}
    store.suggest("s1", [("odd", Suggestion("odd", odd))], run_cap=None, now=1.0)

    optuna_file.write(store, store.sweep("s1"), path)

    with study(path, NAME) as found:
        trial = found.trials[0]
    assert trial.params["opt.name"] == "adam"
    assert trial.distributions["opt.name"].choices == ("adam", "sgd", "lion")
    assert trial.distributions["depth"].high == 99


def test_several_metrics_are_several_directions(path: str, tmp_path: Path) -> None:
    store = stores.open_store(str(tmp_path))
    metrics = [{"name": "acc", "goal": "maximize"}, {"name": "size", "goal": "minimize"}]
    config = {**CONFIG, "method": "custom", "metrics": metrics}
    del config["metric"]
    fill(store, a_sweep(config))

    optuna_file.write(store, store.sweep("s1"), path)

    with study(path, NAME) as found:
        assert [each.name for each in found.directions] == ["MAXIMIZE", "MINIMIZE"]
        assert {trial.state.name for trial in found.trials} == {"FAIL", "PRUNED"}
    store.close()


def test_a_sweep_without_a_metric_is_no_study(tmp_path: Path) -> None:
    store = stores.open_store(str(tmp_path))
    store.add_sweep(a_sweep())

    with pytest.raises(UsageError, match="has no `metric`"):
        optuna_file.write(store, store.sweep("s1"), str(tmp_path / "study.db"))
    store.close()
