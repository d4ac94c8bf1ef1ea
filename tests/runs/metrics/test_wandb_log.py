from __future__ import annotations

import math
import struct
from pathlib import Path

import pytest

from sweepcli.records import JSON
from sweepcli.runs.metrics.wandb_log import WandbLog
from sweepcli.runs.metrics.wandb_records import fields
from wandb_logs import config, field, history, log, run, summary, varint


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run-r1.wandb"


def events(path: Path, *records: bytes) -> list[dict[str, JSON]]:
    path.write_bytes(log(records))
    return WandbLog(str(path)).drain(ended=True)


def test_rows_keep_their_steps_and_times_and_lose_what_is_wandbs(path: Path) -> None:
    found = events(path, history({"loss": 0.5}, 3), history({("val", "acc"): 1, "_wandb": {}}, 4))

    assert found == [
        {"loss": 0.5, "_step": 3, "_timestamp": 103.0},
        {"val": {"acc": 1}, "_step": 4, "_timestamp": 104.0},
    ]


def test_numbers_that_json_does_not_know_are_read(path: Path) -> None:
    [row] = events(path, history({"a": math.nan, "b": math.inf, "c": -math.inf, "d": None}))
    assert math.isnan(row["a"])
    assert (row["b"], row["c"], row["d"]) == (math.inf, -math.inf, None)


def test_typed_values_are_read_like_json(path: Path) -> None:
    def typed(name: str, number: int, value: int | bytes | str) -> bytes:
        return field(1, field(2, name) + field(number, value))

    double = field(2, "number") + varint(6 << 3 | 1) + struct.pack("<d", 0.25)
    record = field(
        2,
        typed("none", 3, b"")
        + typed("flag", 4, 1)
        + typed("below", 5, 5)
        + field(1, double)
        + typed("text", 7, "a b")
        + typed("list", 8, "[1, 2]"),
    )
    [row] = events(path, record)

    assert row == {
        "none": None,
        "flag": True,
        "below": -3,
        "number": 0.25,
        "text": "a b",
        "list": [1, 2],
    }


def test_a_run_is_introduced_with_its_whole_config_and_again_after_changes(path: Path) -> None:
    written = [run({"lr": 0.1, "_wandb": {"x": 1}, "model": {"width": 8}})]
    reader, found = WandbLog(str(path)), []
    changes = (config({"_wandb": {"x": 2}}), config({"epochs": 3}), config({("model", "depth"): 2}))
    for change in (None, *changes):
        written += [change] if change else []
        path.write_bytes(log(written))
        found += reader.drain()

    assert found[0] == {"_event": "init", "entity": "me", "project": "demo", "name": "a name"}
    assert [event["config"] for event in found[1:]] == [
        {"lr": 0.1, "model": {"width": 8}},
        {"lr": 0.1, "model": {"width": 8}, "epochs": 3},
        {"lr": 0.1, "model": {"width": 8, "depth": 2}, "epochs": 3},
    ]


def test_many_changes_to_a_large_config_are_one_event(path: Path) -> None:
    """Each would have the whole config: a megabyte of log would make gigabytes of events."""
    found = events(path, run({"text": "a" * 10_000}), *(config({"n": n}) for n in range(100)))

    assert [event["config"]["n"] for event in found if event["_event"] == "config"] == [99]


def test_a_number_or_a_name_without_end_costs_its_own_record_alone(path: Path) -> None:
    endless = b"\xff" * 1_000  # a tag
    deep = history({tuple(f"n{n}" for n in range(2_000)): 1}, 1)

    found = events(path, endless, deep, history({"loss": 2}, 2))

    assert [event["loss"] for event in found if "loss" in event] == [2]


def test_the_version_is_known_from_the_run(path: Path) -> None:
    path.write_bytes(log([run({}, "0.28.0")]))
    reader = WandbLog(str(path))
    assert reader.version is None

    reader.drain()

    assert reader.version == "0.28.0"


def test_the_scripts_own_summary_is_told_from_wandbs(path: Path) -> None:
    found = events(
        path,
        summary({("_runtime",): 0, ("_wandb", "runtime"): 0}),
        summary({("loss",): 0.5, ("acc",): {"max": 1}}),
        history({("loss",): 0.5, ("acc",): 1}),
        summary({"best": 0.5}),
        summary({("confusion", "tp"): 3}),
        summary({("loss",): 0.25}),
        history({("loss",): 0.25}, 1),
    )

    told = [event["summary"] for event in found if event.get("_event") == "summary"]
    assert told == [{"best": 0.5}, {"confusion": {"tp": 3}}]


def test_a_figure_that_the_script_replaces_is_not_taken_for_wandbs(path: Path) -> None:
    own = {("loss",): {"mean": 0.5}, ("val", "acc"): {"max": 1}}
    found = events(
        path,
        summary(own),
        history({("loss",): 0.5, ("val", "acc"): 1}),
        summary({("loss", "mean"): 7}),
        summary(own),
    )

    told = [event["summary"] for event in found if event.get("_event") == "summary"]
    assert told == [{"loss": {"mean": 7}}]


def test_a_summary_at_the_end_is_told_at_the_end(path: Path) -> None:
    path.write_bytes(log([history({"loss": 1}), summary({"best": 0.5})]))
    reader = WandbLog(str(path))

    assert [event.get("_event") for event in reader.drain()] == [None]
    assert reader.drain(ended=True) == [{"_event": "summary", "summary": {"best": 0.5}}]
    assert reader.drain(ended=True) == []


def test_metrics_are_defined_by_name_or_by_pattern(path: Path) -> None:
    exact = field(12, field(1, "acc") + field(7, field(2, 1) + field(4, 1)) + field(8, 2))
    pattern = field(12, field(2, "train/*") + field(7, field(3, 1) + field(1, 0)))
    found = events(path, exact, pattern, field(12, field(4, "epoch")))

    assert found == [
        {"_event": "define_metric", "name": "acc", "summary": "max,best", "goal": "maximize"},
        {"_event": "define_metric", "name": "train/*", "summary": "mean", "goal": None},
    ]


def test_the_end_and_a_preemption_are_told(path: Path) -> None:
    ends = [field(18, b""), field(18, field(1, 3)), field(18, field(1, 2**64 - 2))]
    found = events(path, field(23, b""), *ends)

    assert [event["_event"] for event in found] == ["preempting", *["finish"] * 3]
    assert [event["exit_code"] for event in found[1:]] == [0, 3, -2]


def test_a_name_that_is_a_value_and_a_group_keeps_what_came_last(path: Path) -> None:
    [row, other] = events(path, history({("a",): 1, ("a", "b"): 2}), history({("a", "b"): 3}))
    assert (row["a"], other["a"]) == ({"b": 2}, {"b": 3})


def test_unknown_records_are_skipped_and_broken_ones_counted(path: Path) -> None:
    broken = field(2, b"\x0a\xff")
    fixed = varint(99 << 3 | 5) + b"1234" + varint(98 << 3 | 1) + b"12345678"
    path.write_bytes(log([field(77, "new"), broken, fixed, history({"a": 1})]))
    reader = WandbLog(str(path))

    assert [event["a"] for event in reader.drain()] == [1]
    assert reader.damaged == 1


@pytest.mark.parametrize("message", [b"\x80", b"\x0a\x05ab", b"\x0b", b"\x09123", b"\xff" * 3])
def test_what_is_no_message_is_refused(message: bytes) -> None:
    with pytest.raises(ValueError, match=r"a (field|number)"):
        list(fields(message))


def test_a_run_has_the_notes_and_tags_of_its_log(path: Path) -> None:
    about = field(8, "a name") + field(9, "b\nc") + field(10, "one") + field(10, "two")

    [found] = events(path, field(17, about))

    said = {"name": "a name", "notes": "b\nc", "tags": ["one", "two"]}
    assert found == {"_event": "init", **said}
