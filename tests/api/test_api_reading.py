from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sweepcli
import training_folder
from sweepcli.records import JSON

CONFIG: dict[str, JSON] = {
    "method": "grid",
    "name": "first try",
    "metric": {"name": "acc", "goal": "maximize"},
    "parameters": {"x": {"values": [1, 2, 3]}, "model": {"parameters": {"width": {"value": 8}}}},
}


@pytest.fixture(autouse=True)
def _outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from training_folder.outside(tmp_path, monkeypatch)


def train() -> None:
    run = sweepcli.init(config={"epochs": 2})
    x = run.config.x
    if x == 3:
        raise SystemExit(1)
    run.log({"acc": x / 10, "val": {"loss": 1}}, step=0)
    run.log({"late": True}, step=0)
    run.log({"acc": x / 20}, step=1)


@pytest.fixture
def sweep_id() -> str:
    made = sweepcli.sweep(CONFIG, project="demo")
    sweepcli.agent(made, train)
    return made


@pytest.mark.parametrize("form", ["{}", "demo/{}", "me/demo/{}"])
def test_a_sweep_is_found_by_its_id_or_path(form: str, sweep_id: str) -> None:
    sweep = sweepcli.Api().sweep(form.format(sweep_id))

    assert (sweep.id, sweep.name, sweep.state) == (sweep_id, "first try", "FINISHED")
    assert not sweep.idle
    assert sweep.path == ["me", "demo", sweep_id]
    assert sweep.config["parameters"]["x"]["values"] == [1, 2, 3]
    assert (sweep.expected_run_count, sweep.order) == (3, "-summary_metrics.acc")
    assert os.path.isdir(sweep.url)
    assert len(sweep.runs) == 3


def test_a_sweep_whose_agent_has_ended_with_work_left_is_idle() -> None:
    made = sweepcli.sweep(CONFIG, project="demo")
    sweepcli.agent(made, train, count=1)
    sweep = sweepcli.Api().sweep(made)
    assert (sweep.state, sweep.idle) == ("RUNNING", True)


def test_the_best_run_is_the_one_that_the_search_takes_for_it(sweep_id: str) -> None:
    sweep = sweepcli.Api(overrides={"entity": "me", "project": "demo"}).sweep(sweep_id)
    best = sweep.best_run()

    assert best is not None
    assert best.config == {"epochs": 2, "x": 2, "model": {"width": 8}}
    assert (best.value, best.value_step, best.state) == (0.2, 0, "finished")
    assert (best.best, best.latest) == (0.2, 0.1)
    assert best.summary == best.summary_metrics == {"acc": 0.1, "val.loss": 1, "late": True}
    assert best.sweep.id == sweep_id
    worst = sweep.best_run(order="+summary_metrics.acc")
    assert worst is not None
    assert worst.params["x"] == 1
    assert sweep.best_run(order="-summary_metrics.nothing") is None


def test_a_sweep_without_runs_has_no_best_one() -> None:
    sweep = sweepcli.Api().sweep(sweepcli.sweep(CONFIG))
    assert (sweep.best_run(), sweep.runs, sweep.state) == (None, [], "PENDING")


def test_history_has_a_row_for_each_step(sweep_id: str) -> None:
    run = sweepcli.Api().sweep(sweep_id).best_run()
    assert run is not None

    rows = run.history(pandas=False)
    assert [{k: v for k, v in row.items() if k != "_timestamp"} for row in rows] == [
        {"_step": 0, "acc": 0.2, "val": {"loss": 1}, "late": True},
        {"_step": 1, "acc": 0.1},
    ]
    assert [*run.scan_history(keys=["acc", "late"])] == [{"acc": 0.2, "late": True}]
    assert len(run.history(samples=1, pandas=False)) == 1


def test_history_is_a_list_where_pandas_is_missing(
    sweep_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    run = sweepcli.Api().sweep(sweep_id).best_run()

    assert run is not None
    assert isinstance(run.history(), list)


def test_runs_of_a_project_are_filtered_and_ordered(sweep_id: str) -> None:
    api = sweepcli.Api()

    assert len(api.runs("me/demo")) == len(api.runs("demo")) == len(api.runs()) == 3
    assert api.runs("me/elsewhere") == []
    failed = api.runs("demo", filters={"state": "failed", "sweep": sweep_id})
    assert [run.config["x"] for run in failed] == [3]
    assert [run.config["x"] for run in api.runs(filters={"config.x": 2})] == [2]
    ordered = api.runs("demo", order="-summary_metrics.acc")
    assert [run.config["x"] for run in ordered] == [2, 1, 3]
    with pytest.raises(sweepcli.UsageError, match="'nothing'"):
        api.runs(filters={"nothing": 1})


def test_a_run_is_found_by_its_id_or_path(sweep_id: str) -> None:
    api = sweepcli.Api()
    [first, *_] = api.sweep(sweep_id).runs

    assert api.run(first.id).path == api.run(f"me/demo/{first.id}").path == ["me", "demo", first.id]
    with pytest.raises(sweepcli.Error):
        api.run("me/demo/nothing")


def test_rows_for_a_data_frame(sweep_id: str) -> None:
    rows = {row["params.x"]: row for row in sweepcli.read(sweep_id)}

    assert set(rows) == {1, 2, 3}
    assert rows[2]["params.model.width"] == 8
    assert (rows[2]["state"], rows[2]["value"], rows[2]["step"]) == ("finished", 0.2, 0)
    assert (rows[2]["summary.acc"], rows[2]["summary.val.loss"]) == (0.1, 1)
    assert (rows[3]["state"], rows[3]["value"]) == ("failed", None)
    history = sweepcli.read(f"me/demo/{sweep_id}", history=True)
    assert len(history) == 4
    assert {row["val.loss"] for row in history if row["_step"] == 0} == {1}
    assert {row["run"] for row in history} <= {row["run"] for row in rows.values()}


def test_what_is_not_there_is_an_error() -> None:
    for call in (sweepcli.Api().sweep, sweepcli.Api().run, sweepcli.read):
        with pytest.raises(sweepcli.Error):
            call("nothere1")
