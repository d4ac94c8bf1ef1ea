from __future__ import annotations

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
