"""The transcripts of a sweep as a terminal of 80 and of 160 columns shows it."""

from __future__ import annotations

import os
from dataclasses import replace

from support import a_sweep, an_agent
from sweepcli.records import Run, RunState, SweepState
from sweepcli.search.importance import Importance, Share
from sweepcli.stores.codes import CodeRuns
from sweepcli.views import colours, grid, sweep_state, sweep_view
from sweepcli.views.code_versions import FROZEN, Had, SweepCode
from sweepcli.views.curves import Curve
from sweepcli.views.failures import Failure
from sweepcli.views.pace import Pace
from sweepcli.views.status import SweepStatus, Worker
from sweepcli.views.sweep_state import ShownState

NOW = 1_000_000.0
CONFIG = {
    "method": "bayes",
    "metric": {"name": "val_acc", "goal": "maximize"},
    "parameters": {
        "lr": {"distribution": "log_uniform_values", "min": 1e-4, "max": 1.0},
        "optimizer": {"parameters": {"name": {"values": ["adam", "sgd"]}}},
        "width": {"distribution": "int_uniform", "min": 2, "max": 64},
    },
    "run_cap": 50,
}
KNOWN = Importance(
    (Share("lr", 0.75, -0.8), Share("width", 0.125, 0.31), Share("optimizer.name", 0.0, None)),
    *(0.125, 0.82, 24, None),
)
PARAMS = {"lr": 0.0123, "optimizer": {"name": "adam"}, "width": 48}
BEST = Run("r1a2b3c4", "s1", 7, "6", RunState.FINISHED, PARAMS, value=0.953125, value_step=17)
OOM = "exit code 1: RuntimeError: CUDA out of memory, tried to allocate 2.00 GiB on device 0"


def a_status(**more: object) -> SweepStatus:
    sweep = a_sweep(CONFIG)._replace(state=SweepState.RUNNING, created_at=NOW - 7_300, name="first")
    counts = {RunState.PENDING: 2, RunState.RUNNING: 4, RunState.FINISHED: 22, RunState.FAILED: 3}
    values: dict[str, object] = {
        "failures": [Failure(OOM, ("r9", "r8", "r5")), Failure("signal 9", ("r2",))],
        "curve": Curve(list(range(0, 40, 2)), [0.5 + step / 80 for step in range(0, 40, 2)]),
        "pace": Pace(12.4, 9_000.0),
        "workers": [
            Worker(an_agent()._replace(heartbeat_at=NOW - 3), 4, 20, is_dead=False),
            Worker(an_agent("a2", pid=0)._replace(heartbeat_at=NOW - 9e3), 0, 7, is_dead=True),
        ],
        "importance": KNOWN,
    }
    state = ShownState(sweep_state.word(sweep, counts))
    return SweepStatus(sweep, counts, 50, BEST, NOW, state, **{**values, **more})  # type: ignore[arg-type]  # fields by name


AT_80 = """\
sweep     someone/things/s1
name      first
state     running
method    bayes
metric    val_acc (maximize)
progress  ████████████████████░░░░░░░░░░░░░░░░░░░░ 50%
runs      25 of 50 done (2 pending, 4 running, 22 finished, 3 failed)
pace      12.4 runs/h, 2 h 30 min to go
best      r1a2b3c4: val_acc=0.953125 at step 17
          lr=0.0123 width=48 optimizer.name=adam
curve     ▁▁▁▂▂▃▃▃▄▄▅▅▆▆▆▇▇███  0.5 to 0.975, steps 0 to 38
created   1970-01-12 11:45:00
failures  3 x exit code 1: RuntimeError: CUDA out of memory, tried to allocate
          2.00 GiB on device 0 (r9, r8, r5)
          1 x signal 9 (r2)
config    results/someone/things/s1/sweep.yaml
importance, from 24 runs, explaining 82%
  parameter       importance                      correlation
  lr              ██████████████████         75%  -0.80
  width           ███                        12%  +0.31
  optimizer.name                              0%
  (interactions)  ███                        12%
agents
  host       pid      running  runs  heartbeat
  elsewhere  1        4        20    3 s ago
  elsewhere  by hand  0        7     2 h ago, dead""".splitlines()


def test_a_sweep_at_80_columns() -> None:
    assert sweep_view.lines(a_status(), "results", 80) == AT_80


def test_a_sweep_at_160_columns_breaks_no_line_that_fits() -> None:
    lines = sweep_view.lines(a_status(), "results", 160)

    at = AT_80.index(next(line for line in AT_80 if line.startswith("failures")))
    joined = f"{AT_80[at]} {AT_80[at + 1].strip()}"
    assert lines == [*AT_80[:at], joined, *AT_80[at + 2 :]]


def test_no_line_is_wider_than_the_terminal() -> None:
    for width in (60, 80, 100):
        lines = sweep_view.lines(a_status(), "results", width)
        assert max(map(len, lines)) <= width


def test_a_terminal_without_block_characters_gets_others() -> None:
    assert "\n".join(sweep_view.lines(a_status(), "results", 80, plain=True)).isascii()


def test_a_new_sweep_has_little_to_tell() -> None:
    sweep = a_sweep(CONFIG)
    fresh = SweepStatus(sweep, {}, 50, None, NOW, ShownState("pending"))

    assert sweep_view.lines(fresh, "results", 80) == [
        "sweep     someone/things/s1",
        "state     pending",
        "method    bayes",
        "metric    val_acc (maximize)",
        "progress  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░ 0%",
        "runs      0 of 50 done",
        "best      none yet",
        "created   1970-01-01 00:00:01",
        "config    results/someone/things/s1/sweep.yaml",
    ]


def test_the_code_of_a_sweep_stands_above_its_creation() -> None:
    runs = CodeRuns("aaaaaaaaaaaa", 2, 1, 2)
    had = Had(runs, [(1, 2)], None)
    code = SweepCode(had.runs.code, None, True, [had], 1, had, None, [])  # noqa: FBT003 -- a record
    lines = sweep_view.lines(a_status(code=code), "results", 80)

    at = lines.index("code      aaaaaaaaaaaa")
    assert lines[at + 1] == f"          {FROZEN}"
    assert lines[at + 2].startswith("created")


def test_importance_that_is_not_known_says_why() -> None:
    found = a_status(importance=Importance((), None, None, 4, "4 runs of the 10 that it needs"))

    lines = sweep_view.lines(found, "results", 80)

    at = lines.index("importance")
    assert lines[at + 1] == "  not known: 4 runs of the 10 that it needs"


def test_importance_draws_no_bars_where_nothing_is_explained() -> None:
    nothing = Importance((), None, 0.04, 24, "nothing explained: " + "no more than chance " * 5)
    lines = sweep_view.lines(a_status(importance=nothing), "results", 80)

    at = lines.index("importance")
    assert lines[at + 1].startswith("  nothing explained: no more")
    assert lines[at + 3] == "agents"
    assert not any("█" in line for line in lines[at:])


def test_a_sweep_in_the_list_has_its_progress_best_and_age() -> None:
    found = a_status()

    assert dict(zip(sweep_view.HEADINGS, sweep_view.row(found), strict=True)) == {
        "path": "someone/things/s1",
        "name": "first",
        "state": "running",
        "method": "bayes",
        "runs": "25 of 50, 3 failed",
        "best": "val_acc=0.953125 at step 17",
        "age": "2 h",
    }
    headings, [pictured] = sweep_view.table_for_people([found], 100, plain=False)
    assert dict(zip(headings, pictured, strict=True))["runs"] == "█████░░░░░ 25 of 50, 3 failed"


def test_the_list_for_people_has_the_value_of_the_best_run_whole_or_not_at_all() -> None:
    found = a_status()
    at: dict[int, list[str]] = {}
    for width in (120, 80, 60, 45):
        headings, rows = sweep_view.table_for_people([found], width, plain=False)
        at[width] = grid.table(headings, rows, width, whole=sweep_view.WHOLE).lines

    assert at[80] == [
        "path               name   state    runs                best          age  method",
        "someone/things/s1  first  running  25 of 50, 3 failed  0.953125      2 h  bayes",
    ]
    assert "25 of 50, 3 failed  val_acc=0.953125 at step 17  2 h" in at[120][1]
    assert at[60][1].endswith("25 of 50, 3 failed")
    assert at[45][1].endswith("running")


def test_the_list_for_people_has_no_column_of_names_where_there_are_none() -> None:
    found = a_status()
    unnamed = replace(found, sweep=found.sweep._replace(name=None))

    assert "name" not in sweep_view.table_for_people([unnamed], 80, plain=False)[0]


def test_causes_of_failures_that_are_not_shown_are_counted() -> None:
    def shown(count: int) -> str:
        found = a_status(failures=[Failure(f"no {at}", (f"r{at}",)) for at in range(count)])
        return "\n".join(sweep_view.lines(found, None, 80))

    assert "more cause" not in shown(5)
    assert "and 1 more cause; --json has all" in shown(6)
    assert "and 13 more causes; --json has all" in shown(18)


def test_the_record_has_all_that_the_lines_tell() -> None:
    record = a_status().record("results")

    assert (record["done"], record["runs"], record["left_s"]) == (25, 50, 9_000.0)
    assert record["best"]["step"] == 17
    assert record["failures"][0]["runs"] == ["r9", "r8", "r5"]
    assert [(a["pid"], a["heartbeat_age_s"], a["is_dead"]) for a in record["agents"]] == [
        (1, 3.0, False),
        (0, 9000.0, True),
    ]
    assert record["importance"]["parameters"][0] == {
        "name": "lr",
        "share": 0.75,
        "correlation": -0.8,
    }
    assert record["dir"] == os.path.join("results", "someone", "things", "s1")


def test_colours_change_no_character() -> None:
    assert [colours.coloured(line).plain for line in AT_80] == AT_80
