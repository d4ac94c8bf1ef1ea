"""Many agents at once: every configuration once, whoever takes it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from support import agents, grid, place
from sweepcli.records import RunState, SweepState


@pytest.mark.slow
def test_eight_agents_run_each_of_500_cells_once(tmp_path: Path) -> None:
    with place(tmp_path, grid(500)) as here:
        with agents(here.results, "s1", number=8) as first:
            assert first.end() == 0

        runs = here.store.runs("s1")
        assert sorted(run.params["x"] for run in runs) == list(range(1, 501))
        assert here.store.counts("s1") == {RunState.FINISHED: 500}
        assert {run.attempt for run in runs} == {1}
        assert here.store.sweep("s1").state is SweepState.FINISHED
    database = sqlite3.connect(f"{here.results}/sweeps.db")
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    database.close()


def test_four_agents_share_a_run_cap(tmp_path: Path) -> None:
    uniform = {"x": {"distribution": "uniform", "min": 0, "max": 1}}
    config = {**grid(1), "method": "random", "parameters": uniform, "run_cap": 30}
    with place(tmp_path, config) as here:
        with agents(here.results, "s1", number=4) as first:
            assert first.end() == 0

        runs = here.store.runs("s1")
        assert here.store.counts("s1") == {RunState.FINISHED: 30}
        assert [run.key for run in runs] == [str(i) for i in range(30)]
        assert len({run.params["x"] for run in runs}) == 30


def test_four_agents_of_one_run_each_make_four_runs(tmp_path: Path) -> None:
    with place(tmp_path, grid(6)) as here:
        with agents(here.results, "s1", "1", number=4) as first:
            assert first.end() == 0

        assert here.states().count(RunState.FINISHED) == 4
