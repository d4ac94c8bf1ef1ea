# ruff: noqa: E501 -- screens are as wide as they are
from __future__ import annotations

import pytest
from rich.cells import cell_len

from sweepcli.records import Goal, Metric, Run, RunState
from sweepcli.views.board import picture
from sweepcli.views.board.observed import Board, RunProgress, SweepProgress
from sweepcli.views.pace import Pace
from sweepcli.views.params_order import ParamsOrder

LOSS, ACCURACY = Metric("val_loss"), Metric("val_acc", Goal.MAXIMIZE)
FALLING = [1 / (n + 1) for n in range(40)]
COUNTS = {RunState.FINISHED: 11, RunState.FAILED: 1, RunState.RUNNING: 4, RunState.PENDING: 3}


PAIRS = [("lr", 0.0012061269442819498), ("model.layers", 3), ("model.kind", "[red]")]
ORDER = ParamsOrder({"lr": 0, "model.layers": 1, "model.kind": 2}, 3)


def a_run(name: str, *, attempt: int = 1, **params: object) -> Run:
    chosen = params or {"lr": 0.0012061269442819498, "model": {"layers": 3, "kind": "[red]"}}
    run = Run(name, "s1", 1, "k", RunState.RUNNING, chosen, attempt)
    return run._replace(value=0.03125, value_step=1200, latest=0.0412345678)


def works(count: int) -> list[RunProgress]:
    low = a_run("p0o9i8u7", attempt=2)._replace(value=-1.5e-7, latest=-1.5e-7)
    new = a_run("größe___", lr=1e-05)._replace(value=None, latest=None)
    first = RunProgress(a_run("k3j2h1g4"), "0", 3725.9, PAIRS, 1200, FALLING)
    second = RunProgress(low, "1", 59.2, PAIRS, 3, FALLING[:3])
    third = RunProgress(new, "2", 0.0, [("lr", 1e-05)])
    many = [
        third._replace(run=new._replace(id=f"run{n}____"), slot=str(n), params=PAIRS)
        for n in range(3, count)
    ]
    return [first, second, third, *many][:count]


SWEEP = SweepProgress(
    *("me/demo/abcd1234", COUNTS, ORDER),
    total=40,
    pace=Pace(18.25, 3_010.0),
    metric=LOSS,
    best=a_run("k3j2h1g4"),
)


def text(drawn: Board, width: int, height: int = 40, *, plain: bool = False) -> str:
    lines = picture.lines(drawn, width, height, plain=plain)
    assert len(lines) <= height
    texts = ["".join(text for text, _ in line) for line in lines]
    assert all(cell_len(line) <= width for line in texts)
    return "\n".join(line.rstrip() for line in texts)


AT_80 = """\
────────────────────────────────────────
me/demo/abcd1234  12 of 40 done, 1 failed, 24 left, 18.2 runs/h, 50 min to go
best val_loss=0.03125 at step 1200, run k3j2h1g4: lr=0.00120613 model.layers=3 …
slot  run          time    step   val_loss       best  curve
0     k3j2h1g4  1:02:05    1200  0.0412346    0.03125  █▃▂▁▁▁▁▁▁▁▁▁
    lr=0.00120613 model.layers=3 model.kind=[red]
1     p0o9i8u7     0:59       3   -1.5e-07   -1.5e-07  █▃▁
    attempt 2: lr=0.00120613 model.layers=3 model.kind=[red]
2     größe___     0:00
    lr=1e-05
1 idle slot"""

AT_160 = """\
────────────────────────────────────────────────────────────────────────────────
me/demo/abcd1234  ████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░  12 of 40 done, 1 failed, 4 running, 24 left, 18.2 runs/h, 50 min to go
best val_loss=0.03125 at step 1200, run k3j2h1g4: lr=0.00120613 model.layers=3 model.kind=[red]
slot  run          time    step   val_loss       best  curve                     parameters
0     k3j2h1g4  1:02:05    1200  0.0412346    0.03125  █▄▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  lr=0.00120613 model.layers=3 model.kind=[red]
1     p0o9i8u7     0:59       3   -1.5e-07   -1.5e-07  █▃▁                       attempt 2: lr=0.00120613 model.layers=3 model.kind=[red]
2     größe___     0:00                                                          lr=1e-05
1 idle slot"""

IN_ASCII = """\
----------------------------------------
me/demo/abcd1234  12 of 40 done, 1 failed, 24 left, 18.2 runs/h, 50 min to go
best val_loss=0.03125 at step 1200, run k3j2h1g4: lr=0.00120613 model.layers=3 ~
slot  run          time    step   val_loss       best  curve
0     k3j2h1g4  1:02:05    1200  0.0412346    0.03125  #.__________
    lr=0.00120613 model.layers=3 model.kind=[red]
1     p0o9i8u7     0:59       3   -1.5e-07   -1.5e-07  #._
    attempt 2: lr=0.00120613 model.layers=3 model.kind=[red]
2     größe___     0:00
    lr=1e-05
1 idle slot"""

TWO_AT_80 = """\
────────────────────────────────────────
me/demo/abcd1234  12 of 40 done, 1 failed
me/demo/wxyz9876  paused, 3 done, 11.7 runs/min
slot  run          time    step     metric       best  curve
0     k3j2h1g4  1:02:05    1200  0.0412346    0.03125  █▃▂▁▁▁▁▁▁▁▁▁
    lr=0.00120613 model.layers=3 model.kind=[red]"""

TWO_AT_160 = """\
────────────────────────────────────────────────────────────────────────────────
me/demo/abcd1234  12 of 40 done, 1 failed, 4 running, 24 left, 18.2 runs/h, 50 min to go, best val_loss=0.03125 at step 1200 (k3j2h1g4)
me/demo/wxyz9876  paused, 3 done, 11.7 runs/min
slot  run          time    step     metric       best  curve                     parameters
0     k3j2h1g4  1:02:05    1200  0.0412346    0.03125  █▄▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  lr=0.00120613 model.layers=3 model.kind=[red]"""

LOW = """\
────────────────────────────────────────
me/demo/abcd1234  12 of 40 done, 1 failed, 24 left, 18.2 runs/h, 50 min to go
best val_loss=0.03125 at step 1200, run k3j2h1g4: lr=0.00120613 model.layers=3 …
slot  run          time    step   val_loss       best  parameters
0     k3j2h1g4  1:02:05    1200  0.0412346    0.03125  lr=0.00120613 mo…yers=3 …
1     p0o9i8u7     0:59       3   -1.5e-07   -1.5e-07  lr=0.00120613 mo…yers=3 …
2     größe___     0:00                                lr=1e-05
3     run3____     0:00                                lr=0.00120613 mo…yers=3 …
… and 4 more"""

LOWER = """\
────────────────────────────────────────
me/demo/abcd1234  12 of 40 done, 1 failed, 24 left, 18.2 runs/h, 50 min to go
best val_loss=0.03125 at step 1200, run k3j2h1g4: lr=0.00120613 model.layers=3 …
slot  run          time    step   val_loss       best  parameters
0     k3j2h1g4  1:02:05    1200  0.0412346    0.03125  lr=0.00120613 mo…yers=3 …
… and 7 more"""

LOWEST = """\
────────────────────────────────────────
me/demo/abcd1234  12 of 40 done, 1 failed, 24 left, 18.2 runs/h, 50 min to go"""


FOUR = Board([SWEEP], works(3), slots=4)


@pytest.mark.parametrize(
    ("width", "plain", "expected"), [(80, False, AT_80), (160, False, AT_160), (80, True, IN_ASCII)]
)
def test_a_board_shows_its_sweep_and_a_run_in_each_slot(
    width: int, expected: str, *, plain: bool
) -> None:
    assert text(FOUR, width, plain=plain) == expected


@pytest.mark.parametrize(("width", "expected"), [(80, TWO_AT_80), (160, TWO_AT_160)])
def test_several_sweeps_have_a_line_each(width: int, expected: str) -> None:
    other = SweepProgress(
        "me/demo/wxyz9876",
        {RunState.FINISHED: 3},
        ORDER,
        state="paused",
        metric=ACCURACY,
        pace=Pace(700.0, None),
    )

    assert text(Board([SWEEP, other], works(1)), width) == expected


@pytest.mark.parametrize(("height", "expected"), [(9, LOW), (6, LOWER), (2, LOWEST)])
def test_a_low_terminal_shows_fewer_runs_and_says_so(height: int, expected: str) -> None:
    assert text(Board([SWEEP], works(8), slots=8), 80, height) == expected


@pytest.mark.parametrize("height", [6, 30])
def test_a_number_is_shown_whole_or_not_at_all(height: int) -> None:
    drawn = Board([SWEEP._replace(path="me/a-project/abcd1234")], works(8), slots=8)
    whole = {"12", "40", "24", "18.2", "50", "0.03125", "1200", "0.0412346", "-1.5e-07"}
    whole |= {"1:02:05", "0:59", "0:00", "0.00120613", "1e-05", "2:", *map(str, range(9))}

    for width in range(30, 200):
        words = text(drawn, width, height).replace("=", " ").replace(",", " ").split()
        assert {word for word in words if word.strip("-")[:1].isdigit()} <= whole


def test_constants_of_the_sweep_take_no_room() -> None:
    order = ParamsOrder({"model.kind": 0, "lr": 1, "model.layers": 3}, 2)
    best = text(Board([SWEEP._replace(order=order)], []), 120).splitlines()[2]

    assert best.endswith("run k3j2h1g4: model.kind=[red] lr=0.00120613")


def test_nothing_is_shown_where_there_is_no_room() -> None:
    assert picture.lines(FOUR, 80, 0) == []


@pytest.mark.parametrize("width", [30, 41, 100, 109, 110, 300])
@pytest.mark.parametrize("height", [1, 3, 4, 5, 7, 8, 30])
def test_a_board_is_never_larger_than_its_place(width: int, height: int) -> None:
    text(Board([SWEEP], works(8), slots=12, signaled="ctrl-c received"), width, height)


def test_what_is_not_known_is_not_made_up() -> None:
    unknown = SweepProgress("me/demo/abcd1234", {}, ORDER)

    assert text(Board([unknown], []), 80).splitlines()[1:3] == [
        "me/demo/abcd1234  0 done",
        "no running runs",
    ]
    assert "? to go" in text(Board([SWEEP._replace(pace=None)], []), 80)
    assert "best: none yet" in text(Board([SWEEP._replace(best=None)], []), 80)


def test_the_end_that_an_agent_was_asked_for_comes_first() -> None:
    asked = SWEEP._replace(asked=(3, 5), pace=Pace(60.0, 120.0))
    assert "3 of 5 by this agent, 2 min to go" in text(Board([asked], []), 80)


def test_what_a_signal_means_stands_above_the_board() -> None:
    drawn = Board([SWEEP], works(1), signaled="Killing runs and quitting.")
    assert text(drawn, 80).splitlines()[0] == "── Killing runs and quitting. " + "─" * 10


def test_a_run_without_a_metric_has_no_columns_for_one() -> None:
    heading = text(Board([SWEEP._replace(metric=None, best=None)], works(1)), 120).splitlines()[2]
    assert heading.split() == ["slot", "run", "time", "step", "parameters"]


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        *((-1.0, "0:00"), (59.9, "0:59"), (60.0, "1:00"), (3_599.0, "59:59")),
        *((3_600.0, "1:00:00"), (86_399.0, "23:59:59"), (100_000.0, "1 d 3 h")),
    ],
)
def test_a_clock_shows_hours_only_where_there_are_some(seconds: float, shown: str) -> None:
    assert picture.clock(seconds) == shown


def test_names_are_shown_where_there_is_room_and_cut_in_the_middle() -> None:
    first, *others = works(3)
    named = first._replace(run=first.run._replace(name="a name\x1b of many words"))
    best = SWEEP._replace(best=named.run)
    wide = text(Board([best], [named, *others], slots=3), 140)
    assert "run k3j2h1g4 (a na…any words): lr=" in wide
    assert "slot  run       name" in wide
    assert "k3j2h1g4  a na…any words" in wide
    assert "name" not in text(Board([best], [named, *others], slots=3), 60)
