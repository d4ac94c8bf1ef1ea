from __future__ import annotations

import json
import math

import pytest

from sweepcli.records import Metric, Params, Run, RunState
from sweepcli.views import grid, render, shown


def run_of(params: Params, *, number: int = 1) -> Run:
    return Run("r1", "s1", number, str(number), RunState.RUNNING, params, started_at=10.0)


def test_numbers_that_json_lacks_are_strings() -> None:
    text = render.json_text({"a": [math.nan, math.inf], "b": {"c": -math.inf}})
    assert json.loads(text) == {"a": ["NaN", "Infinity"], "b": {"c": "-Infinity"}}


def test_params_stand_on_one_line_whatever_is_in_them() -> None:
    params = {"a": "x y\n", "b": None, "c": "adam", "d": True, "e": 1e-05}
    assert shown.params(params) == 'a="x y\\n" b=null c=adam d=true e=1e-05'


def test_running_run_has_taken_the_time_up_to_now() -> None:
    assert run_of({}).seconds(12.5) == 2.5
    assert [render.duration(s) for s in (None, 2.5, 65.0, 7260.0)] == [
        "",
        "2.5 s",
        "1 min 5 s",
        "2 h 1 min",
    ]


def test_table_is_aligned_and_keeps_floats_apart_from_ints() -> None:
    assert grid.table(["a", "long"], [["x", 2.0], ["yyy", 2], ["z", "l\n"]]).lines == [
        "a    long",
        "x    2.0",
        "yyy  2",
        'z    "l\\n"',
    ]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (None, ""),
        (0, "code 0"),
        (3, "code 3"),
        (-9, "signal 9, SIGKILL"),
        (137, "code 137: signal 9, SIGKILL"),
        (127, "code 127: the program was not found"),
        (255, "code 255"),
    ],
)
def test_an_exit_code_is_told_in_words(code: int | None, words: str) -> None:
    assert render.exit_words(code) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(-3.0, "0 s"), (59.9, "59 s"), (3599.0, "59 min"), (9e5, "10 d")]
)
def test_an_age_is_rough(seconds: float, words: str) -> None:
    assert render.age(seconds) == words


def test_value_is_told_with_its_metric_and_step() -> None:
    run = Run("r1", "s1", 1, "0", RunState.FINISHED, {}, value=0.25, value_step=4)
    assert render.value_line(run, Metric("loss")) == "loss=0.25 at step 4"


def test_the_step_of_a_value_that_is_alone_is_left_out() -> None:
    alone = Run("r1", "s1", 1, "0", RunState.FINISHED, {}, value=0.25, value_step=0)
    alone = alone._replace(worst=0.25, latest=0.25, best=0.25)
    assert render.value_line(alone, Metric("loss")) == "loss=0.25"
    assert render.value_line(alone._replace(worst=0.5), Metric("loss")) == "loss=0.25 at step 0"
    assert render.value_line(alone._replace(value_step=7), Metric("loss")) == "loss=0.25 at step 7"


TRANSIENT = Run(
    *("r1", "s1", 1, "0", RunState.FINISHED, {}),
    value=0.25,
    value_step=4,
    best=0.001,
    latest=0.5,
)


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        (Metric("loss"), ""),
        (Metric("loss", value="last"), "last"),
        (Metric("loss", value="last", last_of=5), "mean of the last 5"),
        (Metric("loss", value="mean"), "mean"),
        (Metric("loss", value="final"), "final"),
        (Metric("loss", over_inits="mean"), "best, mean over init()"),
        (Metric("loss", value="last", over_inits="min"), "last, min over init()"),
    ],
)
def test_no_view_takes_another_number_for_the_best(metric: Metric, words: str) -> None:
    shown = f" ({words})" if words else ""
    assert render.counted(metric) == words
    assert render.value_line(TRANSIENT, metric) == f"loss=0.25{shown} at step 4"
    assert render.metrics([metric]) == f"loss (minimize{', ' if words else ''}{words})"


def test_best_and_last_stand_beside_a_value_that_is_neither() -> None:
    last = Metric("loss", value="last")
    assert render.values_line(TRANSIENT, last).endswith("at step 4; best 0.001, last 0.5")
    best = TRANSIENT._replace(value=0.001)
    assert render.values_line(best, Metric("loss")) == "loss=0.001 at step 4; last 0.5"
    same = TRANSIENT._replace(best=0.25, latest=0.25)
    assert render.values_line(same, Metric("loss")) == "loss=0.25 at step 4"


def test_a_run_without_a_final_figure_still_shows_what_it_logged() -> None:
    run = TRANSIENT._replace(value=None)
    said = render.values_line(run, Metric("loss", value="final"))
    assert said == "no final; best 0.001, last 0.5"
    assert render.values_line(run._replace(best=None, latest=None), Metric("loss")) == ""
