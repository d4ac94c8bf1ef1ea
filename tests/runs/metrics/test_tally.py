from __future__ import annotations

import json
import math

import pytest

from sweepcli.records import JSON, Goal, Metric, Progress, Row
from sweepcli.runs.metrics.tally import Tally

LOSS = Metric("loss")
ACC = Metric("acc", Goal.MAXIMIZE)


def progress(metric: Metric | None, *events: dict[str, JSON]) -> Progress:
    tally = Tally(metric)
    tally.add(enumerate(events))
    return tally.progress


def rows(*events: dict[str, JSON]) -> list[Row]:
    return Tally(None).add(enumerate(events))


def define(name: str, summary: JSON) -> dict[str, JSON]:
    return {"_event": "define_metric", "name": name, "summary": summary}


def test_nothing_logged_is_nothing_shown() -> None:
    assert progress(LOSS) == Progress({}, None, None)


def test_rows_have_steps_times_and_what_was_logged() -> None:
    assert rows({"a": 1, "_timestamp": 5.5}, {"a": {"b": 2}, "_step": 7}, {"c": "x"}) == [
        Row(0, 0, 5.5, {"a": 1}),
        Row(1, 7, None, {"a": {"b": 2}}),
        Row(2, 8, None, {"c": "x"}),
    ]


@pytest.mark.parametrize("step", [None, True, 1.5, "3", [], {}, float("nan"), 10**30, -(10**30)])
def test_a_step_that_no_store_can_keep_is_the_next_one(step: JSON) -> None:
    found = rows({"a": 1, "_step": 4}, {"a": 2, "_step": step}, {"a": 3})
    assert [row.step for row in found] == [4, 5, 6]


@pytest.mark.parametrize("at", ["now", True, float("inf"), 10**400, None, []])
def test_a_timestamp_that_is_no_number_is_left_out(at: JSON) -> None:
    assert rows({"a": 1, "_timestamp": at}) == [Row(0, 0, None, {"a": 1})]


def test_the_mean_of_huge_values_is_not_lost_because_their_sum_is_no_number() -> None:
    huge: list[dict[str, JSON]] = [{"loss": 1.7e308}] * 3
    found = progress(Metric("loss.mean", Goal.MAXIMIZE), define("loss", "mean"), *huge)
    assert (found.value, found.summary["loss.mean"]) == pytest.approx((1.7e308, 1.7e308))
    assert progress(Metric("loss", value="mean"), *huge).value == pytest.approx(1.7e308)


def test_a_script_says_that_its_machine_is_about_to_be_taken_away() -> None:
    tally = Tally(None)
    assert not tally.is_preempting

    assert tally.add([(0, {"_event": "preempting"}), (1, {"_event": "finish"})]) == []

    assert tally.is_preempting


def test_events_of_other_kinds_are_no_rows() -> None:
    kinds: list[JSON] = ["init", "config", "finish", "from_the_future", 3, [], {}, True]
    assert rows(*({"_event": kind, "loss": 1.0} for kind in kinds)) == []
    assert progress(LOSS, *({"_event": kind, "loss": 1.0} for kind in kinds)) == Progress()


def test_the_value_is_the_lowest_with_its_step_where_the_goal_is_to_minimise() -> None:
    found = progress(LOSS, {"loss": 3}, {"loss": 1.5}, {"other": 0}, {"loss": 1.5}, {"loss": 2})
    assert (found.value, found.value_step) == (1.5, 1)
    assert found.summary == {"loss": 2, "other": 0}


def test_the_value_is_the_highest_with_its_step_where_the_goal_is_to_maximise() -> None:
    found = progress(ACC, {"acc": 0.1}, {"acc": 0.9, "_step": 40}, {"acc": 0.9}, {"acc": 0.5})
    assert (found.value, found.value_step) == (0.9, 40)


@pytest.mark.parametrize(
    "odd",
    [
        *(math.nan, math.inf, -math.inf, "NaN", "Infinity", "-Infinity", "nan", "inf", "0.1"),
        *(True, False, None, [0.1], 10**400, {"a": 0.1}),
    ],
)
@pytest.mark.parametrize("metric", [LOSS, Metric("loss", Goal.MAXIMIZE)])
def test_what_is_no_finite_number_is_never_the_value(odd: JSON, metric: Metric) -> None:
    assert progress(metric, {"loss": odd}).value is None
    found = progress(metric, {"loss": odd}, {"loss": 0.5}, {"loss": odd})
    assert (found.value, found.value_step) == (0.5, 1)


def test_nested_keys_are_joined_with_dots() -> None:
    found = progress(Metric("val.loss"), {"val": {"loss": 1, "deep": {"er": "x"}}}, {"val.loss": 2})
    assert found == Progress({"val.loss": 2, "val.deep.er": "x"}, 1.0, 0, 2.0, 2.0, 1.0)


def test_without_a_metric_there_is_a_summary_but_no_value() -> None:
    assert progress(None, {"loss": 1}) == Progress({"loss": 1}, None, None)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("min", {"loss.min": 1.0}),
        ("max", {"loss.max": 4.0}),
        ("mean", {"loss.mean": 2.5}),
        ("first", {"loss.first": 4.0}),
        ("last", {"loss.last": 2.0}),
        ("none", {}),
        ("min, max", {"loss.min": 1.0, "loss.max": 4.0}),
        ("", {"loss": 2}),
        (None, {"loss": 2}),
    ],
)
def test_define_metric_says_how_a_metric_is_summarised(
    kind: str | None, expected: dict[str, JSON]
) -> None:
    logged: list[dict[str, JSON]] = [{"loss": value} for value in (4, 1, 3, 2)]
    assert progress(None, define("loss", kind), *logged).summary == expected


def test_define_metric_takes_a_prefix_and_leaves_other_keys_alone() -> None:
    found = progress(None, define("val/*", "max"), {"val/a": 1, "b": 1}, {"val/a": 0, "b": 0})
    assert found.summary == {"val/a.max": 1.0, "b": 0}


def test_the_sweep_may_optimise_a_defined_summary() -> None:
    events = [define("loss", "mean"), {"loss": 4}, {"loss": 2}, {"loss": 6}]
    found = progress(Metric("loss.mean"), *events)
    assert found == Progress({"loss.mean": 4.0}, 4.0, None, 4.0, 4.0, 4.0)


def test_a_metric_that_is_summarised_by_none_still_has_a_value() -> None:
    assert progress(LOSS, define("loss", "none"), {"loss": 2}) == Progress(
        {}, 2.0, 0, 2.0, 2.0, 2.0
    )


def test_what_is_no_number_does_not_spoil_a_defined_summary() -> None:
    events: list[dict[str, JSON]] = [{"loss": value} for value in (3, math.nan, "x", True, 5)]

    assert progress(None, define("loss", "min,mean"), *events).summary == {
        "loss.min": 3.0,
        "loss.mean": 4.0,
    }


@pytest.mark.parametrize("kind", ["min", "max", "mean", "first", "last"])
@pytest.mark.parametrize("taken", ["text", None, [1], math.nan])
def test_a_summary_key_that_the_script_has_taken_does_not_end_the_agent(
    kind: str, taken: JSON
) -> None:
    override = {"_event": "summary", "summary": {f"loss.{kind}": taken}}
    found = progress(None, define("loss", kind), override, {"loss": 2.0})
    assert found.summary == {f"loss.{kind}": 2.0}


def test_a_summary_event_replaces_values_and_counts_as_shown() -> None:
    override = {"_event": "summary", "summary": {"loss": 0.5, "best": {"epoch": 3}}}
    found = progress(LOSS, {"loss": 2}, {"loss": 1}, override)
    assert found == Progress({"loss": 0.5, "best.epoch": 3}, 0.5, 1, 2.0, 1.0, 0.5)


@pytest.mark.parametrize(
    "event",
    [
        {"_event": "summary"},
        {"_event": "summary", "summary": [1]},
        {"_event": "define_metric", "name": 3, "summary": "min"},
        {"_event": "define_metric", "name": "loss", "summary": ["min"]},
        {"_event": "define_metric", "name": "loss", "summary": "copy"},
    ],
)
def test_an_event_with_odd_contents_is_harmless(event: dict[str, JSON]) -> None:
    assert progress(LOSS, event, {"loss": 1}).value == 1.0


def test_values_nested_as_deep_as_json_allows_do_not_end_the_agent() -> None:
    for depth in range(100, 1000, 20):
        try:
            event = json.loads('{"a":' * depth + "1" + "}" * depth)
        except RecursionError:
            return
        [row] = rows(event)
        json.dumps(row.values)


def test_an_attempt_adds_to_what_those_before_it_have_shown() -> None:
    before = Progress({"loss": 0.2, "note": "first"}, 0.2, 7, 0.4, 0.3, 0.2)
    tally = Tally(Metric("loss"), before)
    assert tally.progress == before

    tally.add([(0, {"loss": 0.5, "_step": 8})])
    assert tally.progress == Progress({"loss": 0.5, "note": "first"}, 0.2, 7, 0.5, 0.5, 0.2)
    tally.add([(1, {"loss": 0.1, "_step": 9})])

    assert tally.progress == Progress({"loss": 0.1, "note": "first"}, 0.1, 9, 0.5, 0.1, 0.1)
    assert before.summary == {"loss": 0.2, "note": "first"}


@pytest.mark.parametrize(("goal", "worst"), [(Goal.MINIMIZE, 3.0), (Goal.MAXIMIZE, 0.5)])
def test_the_worst_and_the_latest_value_are_kept_for_the_search(goal: Goal, worst: float) -> None:
    found = progress(Metric("loss", goal), *({"loss": v} for v in (1.0, 3.0, 0.5, 2.0, math.nan)))
    assert (found.worst, found.latest) == (worst, 2.0)


def init(of: str | None, **said: JSON) -> dict[str, JSON]:
    return {"_event": "init", **({"_init": of} if of else {}), **said}


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([init("a", name="x", notes="n", tags=["t"])], ("x", "n", ("t",))),
        ([init("a", name="x", tags=["t"]), init("a", name="y", tags=[])], ("y", None, ())),
        ([init("a", name="x", tags=["t"]), init("b", name=None, tags=[])], ("x", None, ("t",))),
        ([init("a", name="x", tags=["t"]), init("b", name="z", tags=["u"])], ("z", None, ("u",))),
        ([init(None, tags=["t"]), init(None, notes="n")], (None, "n", ("t",))),
        ([init(None, name=5, tags="one, two")], (None, None, ("one", "two"))),
    ],
)
def test_a_run_is_called_as_its_script_said_last(
    events: list[dict[str, JSON]], expected: tuple[str | None, str | None, tuple[str, ...]]
) -> None:
    for metric in (LOSS, None):
        assert progress(metric, *map(dict, events))[-3:] == expected


def test_a_later_attempt_is_called_as_the_earlier_one_until_it_says_otherwise() -> None:
    tally = Tally(LOSS, Progress(name="x", notes="n", tags=("t",)))
    assert tally.progress[-3:] == ("x", "n", ("t",))
    tally.add(enumerate([init("b", name="y", tags=[])]))
    assert tally.progress[-3:] == ("y", "n", ("t",))
