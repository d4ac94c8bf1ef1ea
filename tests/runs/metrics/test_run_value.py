from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from sweepcli.records import Goal, Metric, Progress
from sweepcli.runs.metrics import complaints
from sweepcli.runs.metrics.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON

    Event = dict[str, JSON]

# A simulation: a transient that crosses zero, and then the answer.
TRANSIENT: list[Event] = [{"loss": value} for value in (0.0008, 0.9, 0.3, 0.1, 0.2, 0.15)]
INITS = (("a", (0.6, 0.61)), ("b", (0.9, 0.91)), ("c", (0.7, 0.71)))
FOLDS: list[Event] = [
    {"acc": value, "_step": step, "_init": init}
    for init, values in INITS
    for step, value in enumerate(values)
]
RANKS: list[Event] = sorted(FOLDS, key=lambda event: int(event["_step"]))  # at the same time
PLAIN: list[Event] = [{**event, "_init": None} for event in FOLDS]


def copied(events: Sequence[Event]) -> list[tuple[int, Event]]:
    return list(enumerate(dict(event) for event in events))


def progress(metric: Metric, *events: Event, before: Progress | None = None) -> Progress:
    tally = Tally(metric, before or Progress())
    tally.add(copied(events))
    return tally.progress


def define(summary: str, goal: str | None = None, name: str = "loss") -> Event:
    return {"_event": "define_metric", "name": name, "summary": summary, "goal": goal}


def of_summary(**values: JSON) -> Event:
    return {"_event": "summary", "summary": values}


def warning(metric: Metric, *events: Event) -> str | None:
    tally = Tally(metric, copied_from=("output",))
    tally.add(copied(events))
    return complaints.about_shared_steps(metric, tally.shared_steps, is_figure=tally.is_figure)


@pytest.mark.parametrize(
    ("metric", "value", "step"),
    [
        (Metric("loss"), 0.0008, 0),
        (Metric("loss", value="last"), 0.15, 5),
        (Metric("loss", value="last", last_of=3), 0.15, None),
        (Metric("loss", value="last", last_of=99), 1.6508 / 6, None),
        (Metric("loss", value="mean"), 1.6508 / 6, None),
        (Metric("loss", value="final"), 0.15, 5),
    ],
)
def test_the_best_of_a_transient_is_not_taken_for_the_answer_of_a_run(
    metric: Metric, value: float, step: int | None
) -> None:
    found = progress(metric, *TRANSIENT)
    assert found.value == pytest.approx(value)
    assert found.value_step == step
    assert (found.best, found.worst, found.latest) == (0.0008, 0.9, 0.15)


@pytest.mark.parametrize("kind", ["best", "last", "mean", "final"])
def test_a_row_that_is_no_number_is_never_the_value(kind: str) -> None:
    metric = Metric("loss", value=kind)
    found = progress(metric, {"loss": 2.0}, {"loss": math.nan}, {"loss": math.inf})
    # What a summary has at the end is not a number here: the run has no final figure.
    assert found.value == (None if kind == "final" else 2.0)
    assert (found.best, found.latest) == (2.0, 2.0)


def test_what_a_script_writes_into_its_summary_is_the_final_figure_and_not_the_last_value() -> None:
    events = [*TRANSIENT, of_summary(loss=0.156)]
    assert progress(Metric("loss", value="final"), *events).value == 0.156
    assert progress(Metric("loss", value="last"), *events)[1:5] == (0.15, 5, 0.9, 0.15)


@pytest.mark.parametrize("kind", ["best", "last", "mean", "final"])
def test_a_metric_that_is_only_in_the_summary_counts_by_every_kind(kind: str) -> None:
    events = [{"other": 1}, of_summary(loss=0.5), of_summary(loss=0.7)]
    found = progress(Metric("loss", Goal.MAXIMIZE, value=kind), *events)
    assert found == Progress({"other": 1, "loss": 0.7}, 0.7, 0, 0.5, 0.7, 0.7)


def test_rows_of_one_step_are_one_value_of_a_mean() -> None:
    rows = [{"loss": 9, "_step": 0}, {"loss": 1, "_step": 0}, {"loss": 3, "_step": 1}]
    assert progress(Metric("loss", value="mean"), *rows).value == 2.0
    assert progress(Metric("loss", value="last", last_of=2), *rows).value == 2.0


@pytest.mark.parametrize(
    ("name", "summary", "goal", "value", "step"),
    [
        ("loss.mean", "min,mean,last", Goal.MAXIMIZE, 2.0, None),
        ("loss.min", "min", Goal.MAXIMIZE, 1.0, 1),
        ("loss.max", "max", Goal.MINIMIZE, 3.0, 0),
        ("loss.last", "last", Goal.MAXIMIZE, 2.0, 2),
        ("loss.first", "first", Goal.MINIMIZE, 3.0, 0),
        ("loss.best", "best", Goal.MAXIMIZE, 1.0, 1),
    ],
)
@pytest.mark.parametrize("kind", ["best", "last", "mean", "final"])
@pytest.mark.parametrize("asked", ["loss", "lo*", "*"])
def test_a_summary_figure_counts_as_it_stands_and_not_as_the_best_that_it_was(
    name: str, summary: str, goal: Goal, value: float, step: int | None, kind: str, asked: str
) -> None:
    rows: list[Event] = [{"loss": value} for value in (3, 1, 2)]
    found = progress(Metric(name, goal, value=kind), define(summary, name=asked), *rows)
    assert found[1:6] == (value, step, value, value, value)
    assert found.summary[name] == value


def test_a_summary_figure_that_a_script_has_replaced_counts_as_replaced() -> None:
    events = [define("mean"), {"loss": 4}, {"loss": 2}, {"_event": "summary", "summary": {}}]
    replaced = {"_event": "summary", "summary": {"loss": {"mean": 7.5}}}
    assert progress(Metric("loss.mean"), *events, replaced)[1:6] == (7.5, None, 7.5, 7.5, 7.5)
    assert progress(Metric("loss.mean"), *events, replaced, {"loss": 3}).value == 3.0


@pytest.mark.parametrize(
    ("kind", "value"), [("min", 1.0), ("max", 5.0), ("first", 5.0), ("last", 4.0), ("mean", 3.0)]
)
def test_figures_that_only_grow_go_on_over_attempts_and_others_begin_anew(
    kind: str, value: float
) -> None:
    metric = Metric(f"loss.{kind}")
    before = progress(metric, define(kind), {"loss": 5}, {"loss": 1})
    again = [define(kind), {"loss": 2}, {"loss": 4}]
    assert progress(metric, *again, before=before).value == value


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        (Metric("loss"), 1.0),
        (Metric("loss", value="last"), 4.0),
        (Metric("loss", value="last", last_of=3), 3.0),
        (Metric("loss", value="mean"), 3.0),
        (Metric("loss", value="final"), 4.0),
    ],
)
def test_the_last_attempt_that_logged_the_metric_counts(metric: Metric, value: float) -> None:
    before = progress(metric, {"loss": 5, "_step": 7}, {"loss": 1, "_step": 8})
    assert progress(metric, {"other": 3}, before=before)[1:] == before[1:]
    found = progress(metric, {"loss": 2, "_step": 8}, {"loss": 4, "_step": 9}, before=before)
    assert (found.value, found.best, found.worst, found.latest) == (value, 1.0, 5.0, 4.0)


METRICS = [
    *(Metric("acc", Goal.MAXIMIZE, value=kind) for kind in ("best", "last", "mean", "final")),
    Metric("acc", Goal.MAXIMIZE, value="last", last_of=2),
    *(Metric("acc", Goal.MAXIMIZE, over_inits=how) for how in ("mean", "min", "max", "last")),
    *(Metric(f"acc.{kind}") for kind in ("min", "max", "mean", "first", "last")),
]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("attempt", [1, 2])
def test_an_agent_that_takes_over_a_run_counts_nothing_twice(metric: Metric, attempt: int) -> None:
    earlier = Progress({"acc": 0.65}, 0.65, 3, 0.65, 0.65, 0.65) if attempt > 1 else Progress()
    events = [define("min,max,mean,first,last", name="acc"), *RANKS]
    whole = progress(metric, *events, before=earlier)
    saved = progress(metric, *events[:5], before=earlier)  # by the agent that died

    tally = Tally(metric, saved, again=attempt == 1)
    assert tally.progress == saved
    tally.add(copied(events))

    assert tally.progress == whole


@pytest.mark.parametrize("events", [FOLDS, RANKS])
@pytest.mark.parametrize(
    ("how", "kind", "value", "step"),
    [
        ("mean", "best", (0.61 + 0.91 + 0.71) / 3, None),
        ("min", "best", 0.61, 1),
        ("max", "best", 0.91, 1),
        ("last", "best", 0.71, 1),
        ("mean", "mean", (0.605 + 0.905 + 0.705) / 3, None),
        ("min", "final", 0.61, 1),
    ],
)
def test_the_luckiest_of_folds_and_ranks_is_not_taken_for_the_run(
    events: list[Event], how: str, kind: str, value: float, step: int | None
) -> None:
    found = progress(Metric("acc", Goal.MAXIMIZE, value=kind, over_inits=how), *events)
    assert found.value == pytest.approx(value)
    assert found.value_step == step
    assert (found.best, found.worst) == (0.91, 0.6)


def test_summary_figures_are_joined_over_the_folds_that_asked_for_them() -> None:
    asked = [{**define("max", name="acc"), "_init": init} for init, _ in INITS]
    found = progress(Metric("acc.max", Goal.MAXIMIZE, over_inits="mean"), *asked, *RANKS)
    assert found[1:6] == tuple(
        each and pytest.approx(each) for each in (2.23 / 3, None, 2.23 / 3, 2.23 / 3, 2.23 / 3)
    )


def test_summaries_that_folds_write_are_joined_too() -> None:
    said = [{**of_summary(acc=value), "_init": init} for init, value in (("a", 0.5), ("b", 0.7))]
    metric = Metric("acc", Goal.MAXIMIZE, value="final", over_inits="mean")
    assert progress(metric, *said).value == pytest.approx(0.6)


@pytest.mark.parametrize("how", ["mean", "min", "max"])
@pytest.mark.parametrize("kind", ["final", "last"])
def test_a_fold_that_ends_without_a_number_is_not_left_out_of_the_others(
    how: str, kind: str
) -> None:
    broken: list[Event] = [{"acc": math.nan, "_init": "b"}]
    whole: list[Event] = [{"acc": 0.5, "_init": init} for init in ("a", "c")]
    metric = Metric("acc", Goal.MAXIMIZE, value=kind, over_inits=how)
    assert progress(metric, *whole).value == 0.5
    assert progress(metric, *whole, *broken).value is None
    assert progress(metric, *whole, {"loss": 1.0, "_init": "b"}).value == 0.5  # a rank without it


def test_rows_from_logs_of_wandb_are_told_apart_by_their_log() -> None:
    rows = [{**event, "_init": None, "_origin": f"run-{event['_init']}-x"} for event in FOLDS]
    metric = Metric("acc", Goal.MAXIMIZE, over_inits="min")
    assert progress(metric, *rows).value == 0.61


@pytest.mark.parametrize("events", [FOLDS, RANKS])
def test_folds_and_ranks_that_log_the_shared_steps_are_told(events: list[Event]) -> None:
    said = warning(Metric("acc"), *events)
    assert said is not None
    assert said.startswith("3 init() in a run log the same steps of 'acc'")
    assert "`over: {inits: mean}`" in said
    assert warning(Metric("acc", over_inits="mean"), *events) is None


def test_folds_that_are_mixed_in_one_figure_are_told() -> None:
    said = warning(Metric("acc.mean"), define("mean", name="acc"), *FOLDS)
    assert said is not None
    assert "and they are all in one figure; write `over: {inits: mean}`" in said


def test_plain_rows_that_begin_again_are_told_though_nothing_can_tell_them_apart() -> None:
    for metric in (Metric("acc"), Metric("acc", over_inits="mean")):
        said = warning(metric, *PLAIN)
        assert said is not None
        assert "were logged 3 times" in said
        assert "over" in said
    begun: list[Event] = [{"_event": "init"}, {"acc": 1, "_step": 5}] * 2
    assert warning(Metric("acc"), *begun) is not None


@pytest.mark.parametrize(
    "events",
    [
        [{"acc": 1, "_step": step, "_init": str(step // 4)} for step in range(12)],
        [{"acc": 1, "_step": 0}, {"acc": 2, "_step": 0}, {"acc": 3, "_step": 1}],
        [{"acc": 1, "_init": "a", "_step": 0}, {"loss": 1, "_init": "b", "_step": 0}],
        [{"_event": "init"}, {"acc": 1}, {"_event": "init"}, {"acc": 1}],
        [{"acc": 1}, {"acc": 1, "_origin": "output"}],
    ],
)
def test_a_script_that_goes_on_with_later_steps_is_not_taken_for_folds(events: list[Event]) -> None:
    assert warning(Metric("acc"), *events) is None


def test_a_goal_that_is_shortened_is_not_taken_for_minimize() -> None:
    best = progress(Metric("x"), define("best", "max"), {"loss": 1}, {"loss": 3}, {"loss": 2})
    assert best.summary["loss.best"] == 3
