from __future__ import annotations

import json
import math

from sweepcli.records import Metric, Params, Run, RunState
from sweepcli.show import render


def run_of(params: Params, *, number: int = 1) -> Run:
    return Run("r1", "s1", number, str(number), RunState.RUNNING, params, started_at=10.0)


def test_numbers_that_json_lacks_are_strings() -> None:
    text = render.json_text({"a": [math.nan, math.inf], "b": {"c": -math.inf}})

    assert json.loads(text) == {"a": ["NaN", "Infinity"], "b": {"c": "-Infinity"}}


def test_params_stand_on_one_line_whatever_is_in_them() -> None:
    params = {"a": "x y\n", "b": None, "c": "adam", "d": True, "e": 1e-05}

    assert render.params_line(params) == 'a="x y\\n" b=null c=adam d=true e=1e-05'


def test_running_run_has_taken_the_time_up_to_now() -> None:
    assert render.run_seconds(run_of({}), 12.5) == 2.5
    assert [render.duration(s) for s in (None, 2.5, 65.0, 7260.0)] == [
        "",
        "2.5 s",
        "1 min 5 s",
        "2 h 1 min",
    ]


def test_param_named_like_a_column_of_ours_is_told_apart() -> None:
    headings, rows = render.runs_table([run_of({"id": 7}), run_of({"y": None}, number=2)], 10.0)

    assert headings[3:5] == ["params.id", "y"]
    assert [row[3:5] for row in rows] == [[7, None], [None, "null"]]


def test_table_is_aligned_and_keeps_floats_apart_from_ints() -> None:
    assert render.table(["a", "long"], [["x", 2.0], ["yyy", 2], ["z", "l\n"]]) == [
        "a    long",
        "x    2.0",
        "yyy  2",
        'z    "l\\n"',
    ]


def test_terminal_table_takes_values_as_text_not_as_markup() -> None:
    lines = list(render.rich_table(["a"], [["[red]x"]]))

    assert any("[red]x" in line for line in lines)


def test_value_is_told_with_its_metric_and_step() -> None:
    run = Run("r1", "s1", 1, "0", RunState.FINISHED, {}, value=0.25, value_step=4)

    assert render.value_line(run, Metric("loss")) == "loss=0.25 at step 4"
