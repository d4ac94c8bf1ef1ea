from __future__ import annotations

import enum
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import sweepcli
from training_folder import Folder

Call = tuple[float, dict[str, Any]]  # the value logged, and log()'s other arguments

# Every row of W&B's table of log(), with the steps at which the values are written.
TABLE: dict[str, tuple[list[Call], list[tuple[int, float]]]] = {
    "no step": ([(1, {}), (2, {})], [(0, 1), (1, 2)]),
    "commit=False": ([(1, {"commit": False}), (2, {}), (3, {})], [(0, 1), (0, 2), (1, 3)]),
    "step ahead": ([(1, {"step": 5}), (2, {"step": 9})], [(5, 1), (9, 2)]),
    "step ahead, then none": ([(1, {"step": 5}), (2, {}), (3, {})], [(5, 1), (5, 2), (6, 3)]),
    "same step": ([(1, {"step": 5}), (2, {"step": 5})], [(5, 1), (5, 2)]),
    "step behind": ([(1, {"step": 5}), (2, {"step": 4}), (3, {})], [(5, 1), (5, 3)]),
    "step and commit": ([(1, {"step": 5, "commit": True}), (2, {})], [(5, 1), (6, 2)]),
}


@pytest.mark.parametrize("case", TABLE)
def test_log_writes_each_call_at_its_step(case: str, folder: Folder) -> None:
    calls, expected = TABLE[case]
    sweepcli.init()

    seen = []
    for value, options in calls:
        sweepcli.log({"loss": value}, **options)
        seen.append([(row["_step"], row["loss"]) for row in folder.rows()][-1])

    assert [(row["_step"], row["loss"]) for row in folder.rows()] == expected
    assert seen[0] == expected[0]  # nothing is held back: the file had it after the call


def test_step_behind_is_warned_of_once_and_counted(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    run = sweepcli.init()
    run.log({"loss": 1}, step=5)

    for step in (2, 3):
        run.log({"loss": 2}, step=step)
    run.finish()

    stderr = capsys.readouterr().err
    assert stderr.count("step 2 is before the current step 5") == 1
    assert "step 3" not in stderr
    assert "2 rows were dropped" in stderr
    assert run.summary["loss"] == 1
    assert len(folder.rows()) == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"val_loss", 0.3}, r'not a set; write log\(\{"val_loss": value\}\)'),
        (0.3, r"log\(\) takes a dict, not a float"),
        (None, r"log\(\) takes a dict, not a NoneType"),
        ({1: 0.3}, "names as keys, not int: 1"),
    ],
)
def test_log_of_something_else_shows_the_right_form(
    data: dict[str, Any], message: str, folder: Folder
) -> None:
    sweepcli.init()

    with pytest.raises(TypeError, match=message):
        sweepcli.log(data)

    assert folder.rows() == []


def test_log_needs_a_run_that_has_not_ended(folder: Folder) -> None:
    with pytest.raises(sweepcli.Error, match=r"You must call sweepcli\.init\(\) before sweepcli"):
        sweepcli.log({"loss": 1})
    run = sweepcli.init()
    run.finish()

    with pytest.raises(sweepcli.UsageError, match="run00001 is finished"):
        run.log({"loss": 1})

    assert folder.rows() == []


def test_reserved_keys_are_dropped_and_other_private_keys_logged(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    sweepcli.init()

    sweepcli.log({"_step": 9, "_event": "finish", "_timestamp": 0, "_mine": 1})

    assert folder.rows() == [{"_mine": 1, "_step": 0}]
    assert capsys.readouterr().err.count("Ignoring key") == 3


class Scalar:
    """A numpy-like scalar."""

    def item(self) -> float:
        return 0.25


class Array:
    """A torch-like tensor with more than one element."""

    def item(self) -> float:
        raise RuntimeError("more than one element")

    def tolist(self) -> list[float]:
        return [0.25, 0.5]


class LongDouble:
    """A scalar whose `item()` is itself, as numpy's is."""

    def item(self) -> LongDouble:
        return self

    def __float__(self) -> float:
        return 0.25


class Float64(float):
    __slots__ = ()


class Level(enum.IntEnum):
    HIGH = 3


class Mode(enum.StrEnum):
    FAST = "fast"


@dataclass
class Pair:
    a: int = 1
    b: Scalar | None = None


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Scalar(), 0.25),
        (Array(), [0.25, 0.5]),
        (LongDouble(), 0.25),
        (Float64(0.25), 0.25),
        (Level.HIGH, 3),
        (Mode.FAST, "fast"),
        (Path("checkpoints/1"), "checkpoints/1"),
        (Pair(b=Scalar()), {"a": 1, "b": 0.25}),
        ((1, {"x": [Scalar()]}), [1, {"x": [0.25]}]),
        ({3: True}, {"3": True}),
        (None, None),
        (float("inf"), float("inf")),
        (10**30, 10**30),
        ("ü\ud800", "ü\ud800"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_become_plain(value: object, written: object, folder: Folder) -> None:
    run = sweepcli.init()

    run.log({"x": value})

    assert folder.rows()[0]["x"] == written
    assert run.summary["x"] == written
    assert type(run.summary["x"]) is type(written)


def test_nan_is_logged(folder: Folder) -> None:
    sweepcli.init()
    sweepcli.log({"loss": float("nan")})
    assert math.isnan(folder.rows()[0]["loss"])


class Figure:
    def __repr__(self) -> str:
        return "F" * 1000


class Broken:
    def __repr__(self) -> str:
        raise ValueError

    item = tolist = __repr__


def test_values_without_json_form_are_logged_as_text_with_one_warning(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    sweepcli.init()

    for _ in range(2):
        sweepcli.log({"plot": Figure(), "odd": Broken()})

    assert folder.rows()[1] == {"plot": "F" * 200, "odd": "<Broken>", "_step": 1}
    stderr = capsys.readouterr().err
    assert stderr.count("'plot' holds a Figure") == stderr.count("'odd' holds a Broken") == 1


def test_rows_carry_the_time_at_which_they_were_logged(folder: Folder) -> None:
    run = sweepcli.init()
    run.log({})
    assert run.start_time <= folder.events()[0]["_timestamp"] <= run.start_time + 60


def test_forked_workers_write_whole_lines(folder: Folder) -> None:
    run = sweepcli.init()

    children = []
    for worker in range(2):
        pid = os.fork()
        if pid == 0:
            for _ in range(200):
                run.log({f"w{worker}": "x" * 500})
            os._exit(0)
        children.append(pid)
    codes = [os.waitpid(pid, 0)[1] for pid in children]

    assert codes == [0, 0]
    assert len(folder.rows()) == 400


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_full_disk_is_warned_of_once_and_training_continues(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SWEEPCLI_EVENTS", "/dev/full")
    run = sweepcli.init()

    run.log({"loss": 1})
    run.finish()

    stderr = capsys.readouterr().err
    assert stderr.count("training continues") == 1
    assert "4 logged lines could not be written" in stderr
    assert not folder.events_path.exists()


def test_a_pipe_that_nobody_reads_does_not_hold_the_training_up(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    del folder
    os.mkfifo("pipe")
    monkeypatch.setenv("SWEEPCLI_EVENTS", "pipe")

    with pytest.raises(sweepcli.Error, match="pipe: cannot write the run's events: nobody reads"):
        sweepcli.init()


def test_a_pipe_that_somebody_reads_gets_the_rows(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    del folder
    os.mkfifo("pipe")
    monkeypatch.setenv("SWEEPCLI_EVENTS", "pipe")
    with open(os.open("pipe", os.O_RDONLY | os.O_NONBLOCK), "rb") as reader:
        run = sweepcli.init()
        run.log({"loss": 1})
        run.finish()

        assert b'{"loss": 1, ' in reader.read()


def test_line_after_a_torn_one_is_whole(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    run = sweepcli.init()
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, line: write(fd, line[:5]))
    run.log({"loss": 1})
    monkeypatch.undo()

    run.log({"loss": 2})

    assert folder.events_path.read_text().splitlines()[-2:][0] == '{"los'
    assert folder.events_path.read_text().splitlines()[-1].startswith('{"loss": 2')
