from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import Place, an_agent, claimed, end, grid, place
from sweepcli.records import Ending, Progress, Row, Run, RunState, Suggestion
from sweepcli.views.run_view import RunView

METRIC = {"name": "loss"}
SUMMARY = {"loss": 0.125, "note": "as good as it gets, which is not much"}
PARAMS = {"lr": 0.5, "optimizer": {"name": "adam"}}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    """Keep a run that failed once, and crashed when it was tried again."""
    with place(tmp_path, grid(3, metric=METRIC)) as found:
        store = found.store
        store.add_agent(an_agent())
        store.suggest("s1", [("r1", Suggestion("0", PARAMS))], run_cap=None, now=1.0)
        first = Ending(RunState.FAILED, 1, "exit code 1", 65.5, "no data")
        end(store, claimed(store), first, rows=[Row(0, 0, None, {"loss": 2.0})])
        store.retry("s1", [store.run("r1")])
        rows = [
            Row(n, n, None, {"loss": 1 / (n + 1), "val": {"acc": float("nan") if n == 3 else n}})
            for n in range(8)
        ]
        second = Ending(RunState.CRASHED, -9, "signal 9", 12.0, "step 7\n\x1b[31mred\x1b[0m\x1b[2J")
        end(store, claimed(store), second, rows=rows, progress=Progress(SUMMARY, 0.125, 7))
        yield found


def view(here: Place) -> RunView:
    return RunView(here.store, here.store.sweep("s1"), here.store.run("r1"), "results")


AT_80 = """\
run      r1, number 1 of someone/things/s1
state    crashed (signal 9)
exit     signal 9, SIGKILL
params   lr=0.5 optimizer.name=adam
value    loss=0.125 at step 7
summary  loss=0.125 note="as good as it gets, which is not much"
folder   on elsewhere: someone/things/s1/runs/r1 in the results directory there
curves
                     min    max  last   steps
  loss     █▄▂▂▁▁▁▁  0.125  1.0  0.125  0 to 7
  val.acc  ▁▂▃ ▅▆▇█  0.0    7.0  7.0    0 to 7
attempts
     state    started              duration   rows  host       reason
  1  failed   1970-01-01 00:00:02  1 min 3 s  1     elsewhere  exit code 1
  2  crashed  1970-01-01 00:00:02  10.0 s     8     elsewhere  signal 9
last output
  step 7
  red""".splitlines()


@pytest.mark.parametrize("width", [80, 160])
def test_a_run_looks_the_same_at_every_width_that_cuts_nothing(here: Place, width: int) -> None:
    assert view(here).lines(width) == AT_80


def test_attempts_name_their_code_where_they_had_different_ones(here: Place) -> None:
    with here.store.database.transaction():
        here.store.database.change("UPDATE runs SET code = 'aaaaaaaaaaaa'")
        here.store.database.change("UPDATE attempts SET code = 'aaaaaaaaaaaa' WHERE attempt = 2")
    lines = view(here).lines(120)

    assert lines[7] == "code     aaaaaaaaaaaa"
    at = lines.index("attempts")
    assert "host       code          reason" in lines[at + 1]
    assert lines[at + 2].endswith("elsewhere                exit code 1")
    assert lines[at + 3].endswith("elsewhere  aaaaaaaaaaaa  signal 9")


def test_a_folder_that_is_here_is_told_as_it_is(here: Place) -> None:
    attempt = here.folder(here.store.run("r1"))
    folder = os.path.dirname(attempt)
    os.makedirs(attempt)

    shown = RunView(here.store, here.store.sweep("s1"), here.store.run("r1"), here.results)

    assert ("folder", folder) in [tuple(line.split(maxsplit=1)) for line in shown.lines(200)]
    assert (shown.record()["folder"], shown.record()["folder_host"]) == (folder, None)


def test_the_record_has_curves_and_attempts(here: Place) -> None:
    record = view(here).record()

    assert record["curves"]["loss"]["steps"] == list(range(8))
    assert [each["exit_code"] for each in record["attempts"]] == [1, -9]
    assert record["folder_host"] == "elsewhere"
    assert record["folder"] == os.path.join("results", "someone", "things", "s1", "runs", "r1")


def test_a_run_that_nobody_has_taken_has_little_to_tell(here: Place) -> None:
    here.store.suggest("s1", [("r2", Suggestion("1", PARAMS))], run_cap=None, now=1.0)
    fresh: Run = here.store.run("r2")

    lines = RunView(here.store, here.store.sweep("s1"), fresh, "results").lines(80)

    assert [line.split()[0] for line in lines] == [
        *("run", "state", "params", "folder", "attempts", "none"),
    ]
