from __future__ import annotations

import json
import re
from pathlib import Path

from support import Place, an_agent, claimed, grid, place, suggestions
from sweepcli.records import Progress, Row
from sweepcli.views import sweep_view, top_view

METRIC = {"name": "loss"}


def at_work(here: Place, count: int) -> None:
    here.store.add_agent(an_agent())
    here.store.suggest("s1", suggestions(count), run_cap=None, now=1.0)
    for number in range(count):
        run = claimed(here.store)
        rows = [Row(n, n, None, {"loss": 9.0 - n}) for n in range(4)]
        progress = Progress(value=6.0, latest=6.0 + number)
        here.store.save_progress(run, rows, progress)


def test_runs_at_work_stand_below_the_sweep(tmp_path: Path) -> None:
    with place(tmp_path, grid(5, metric=METRIC)) as here:
        at_work(here, 3)

        found = top_view.of(here.store, here.store.sweep("s1"), 2)
        lines = found.lines("results", 80)

    at = lines.index("")
    assert lines[:at] == sweep_view.lines(found.status, "results", 80)
    assert lines[at + 1].split() == ["run", "step", "latest", "best", "curve", "duration", "params"]
    assert lines[at + 2].split()[:5] == ["r0", "3", "6.0", "6.0", "█▆▃▁"]
    assert lines[at + 3].split()[2] == "7.0"
    assert lines[at + 2].endswith("x=0")
    assert lines[-1] == "and 1 more"


def test_a_column_of_other_numbers_is_not_called_best(tmp_path: Path) -> None:
    with place(tmp_path, grid(5, metric={**METRIC, "value": "last"})) as here:
        at_work(here, 1)
        lines = top_view.of(here.store, here.store.sweep("s1"), 2).lines("results", 80)

    assert lines[lines.index("") + 1].split()[:4] == ["run", "step", "latest", "last"]
    assert "best      r0: loss=6 (last)" in lines


def test_params_that_vary_are_shown_as_far_as_they_fit_with_whole_numbers(tmp_path: Path) -> None:
    few = {"min": 0.0, "max": 1.0}
    names = {f"model.part_{at}.dropout_rate": few for at in range(4)}
    config = {"method": "random", "parameters": {"a_seed": {"value": 7}, **names}}
    with place(tmp_path, {**config, "metric": METRIC, "command": ["true"]}) as here:
        at_work(here, 1)
        run = here.store.runs("s1")[0]
        values = {"model": {f"part_{at}": {"dropout_rate": 0.123456 + at} for at in range(4)}}
        here.store.database.change(
            "UPDATE runs SET params = ? WHERE id = ?", (json.dumps({"a_seed": 7, **values}), run.id)
        )
        found = top_view.of(here.store, here.store.sweep("s1"), 2)

    shown = {width: found.lines("results", width)[-1] for width in (60, 80, 120)}
    assert shown[80] == "    …part_0…=0.123456 …part_1…=1.12346 …part_2…=2.12346 …part_3…=3.12346"
    assert shown[60] == "    …part_0…=0.123456 …part_1…=1.12346 …part_2…=2.12346 …"
    assert shown[120].endswith(
        "  …part_0…=0.123456 …part_1…=1.12346 …part_2…=2.12346 …part_3…=3.12346"
    )
    for line in shown.values():
        assert not set(re.findall(r"=(\S+)", line)) - {"0.123456", "1.12346", "2.12346", "3.12346"}


def test_a_long_name_of_a_run_does_not_push_its_numbers_out(tmp_path: Path) -> None:
    with place(tmp_path, grid(5, metric=METRIC)) as here:
        at_work(here, 1)
        here.store.database.change("UPDATE runs SET name = ?", ("n" * 150,))
        line = top_view.of(here.store, here.store.sweep("s1"), 2).lines("results", 80)[-1]

    assert line.startswith("r0 (nn")
    assert "6.0" in line
    assert line.endswith("x=0")


def test_the_best_run_of_the_screen_has_what_varies_on_one_line(tmp_path: Path) -> None:
    config = grid(5, metric=METRIC, parameters={"x": {"values": [0, 1]}, "y": {"value": 2}})
    with place(tmp_path, config) as here:
        at_work(here, 1)
        here.store.database.change("UPDATE runs SET params = ?", (json.dumps({"x": 0, "y": 2}),))
        found = top_view.of(here.store, here.store.sweep("s1"), 2)

    assert "          x=0" in found.lines("results", 80)
    assert "          x=0 y=2" in found.lines("results", 80, longest=None)


def test_a_sweep_without_runs_at_work_says_so(tmp_path: Path) -> None:
    with place(tmp_path, grid(5, metric=METRIC)) as here:
        found = top_view.of(here.store, here.store.sweep("s1"), 2)

    assert found.lines("results", 80)[-1] == "no running runs; the sweep is pending"
    assert found.record("results")["running"] == []


def test_the_record_has_the_runs_at_work(tmp_path: Path) -> None:
    with place(tmp_path, grid(5, metric=METRIC)) as here:
        at_work(here, 1)
        [run] = top_view.of(here.store, here.store.sweep("s1"), 9).record("results")["running"]

    assert (run["id"], run["latest"], run["latest_step"]) == ("r0", 6.0, 3)


def test_what_does_not_fit_on_the_screen_is_left_out_of_the_head() -> None:
    lines = [*(f"head {n}" for n in range(10)), "", *(f"run {n}" for n in range(5))]

    fitted = top_view.fitting(lines, 12)

    assert fitted == [*(f"head {n}" for n in range(6)), "", *(f"run {n}" for n in range(5))]
    assert top_view.fitting(lines, 99) == lines
    assert len(top_view.fitting(lines, 4)) == 4
