"""`command.json`: what it says of an attempt, whatever the run has done to it."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
from pathlib import Path

import pytest

import irregular
from support import an_ending
from sweepcli import regular_files
from sweepcli.errors import StoreUnavailable
from sweepcli.records import JSON, Run, RunState
from sweepcli.runs import attempt_record
from sweepcli.runs.attempt_record import Holder

RUN = Run(
    *("r1", "s1", 7, "six", RunState.RUNNING, {"x": 1.5, "deep": {"er": ["é"]}}),
    *(2, "a1", 10.0, 20.5),
    search_info={"expected": 0.25},
)
ENDING = an_ending(RunState.FAILED, 1)._replace(reason="exit code 1")
PENDING = RunState.PENDING
HERE = attempt_record.this_process()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "s1" / "runs" / "r1" / "2"
    made.mkdir(parents=True)
    (made / "command.json").write_text(attempt_record.begun(RUN, ["a", "b"], {"C": "d"}))
    return made


def content(folder: Path) -> dict[str, JSON]:
    found: dict[str, JSON] = json.loads((folder / "command.json").read_text())
    return found


def end(folder: Path) -> str | None:
    return attempt_record.end(str(folder), RUN, ENDING, PENDING, logged=99)


def assert_ended(folder: Path) -> None:
    found = attempt_record.read(str(folder), "s1")
    assert found == (RUN, HERE, (ENDING, PENDING, 99, False))
    assert os.listdir(folder) == ["command.json"]


def test_a_record_says_all_of_a_run_before_and_after_its_end(folder: Path) -> None:
    before = attempt_record.read(str(folder), "s1")
    inode = os.stat(folder / "command.json").st_ino

    assert before == (RUN, HERE, None)
    assert end(folder) is None
    assert_ended(folder)
    assert os.stat(folder / "command.json").st_ino == inode  # to replace it takes ten times as long
    assert attempt_record.started(str(folder)) == (["a", "b"], os.getcwd(), {"C": "d"})


def test_an_end_that_is_told_again_replaces_the_first_one(folder: Path) -> None:
    end(folder)
    end(folder)
    assert_ended(folder)

    finished = an_ending()
    attempt_record.end(str(folder), RUN, finished, finished.state, holder=Holder("elsewhere", 5))

    found = attempt_record.read(str(folder), "s1")
    assert found == (RUN, ("elsewhere", 5), (finished, RunState.FINISHED, None, False))
    assert content(folder)["argv"] == ["a", "b"]


def test_a_run_that_waits_again_is_recorded_as_that(folder: Path) -> None:
    attempt_record.end(str(folder), RUN, ENDING, RunState.FAILED)

    attempt_record.give_back(str(folder), RUN)
    assert attempt_record.read(str(folder), "s1").over == (ENDING, PENDING, None, False)
    attempt_record.give_back(str(folder), RUN, is_retried=True)
    assert attempt_record.read(str(folder), "s1").over == (ENDING, PENDING, None, True)


@pytest.mark.parametrize("text", [None, "", "{}", '{"run": {"id": "r1"}}', "not json"])
def test_a_run_without_a_record_waits_again_all_the_same(folder: Path, text: str | None) -> None:
    (folder / "command.json").unlink()
    if text is not None:
        (folder / "command.json").write_text(text)

    assert attempt_record.give_back(str(folder), RUN) is None
    assert (folder / "command.json").read_text() == text if text is not None else True


def test_an_attempt_that_a_persons_launcher_runs_has_no_process_of_ours(folder: Path) -> None:
    attempt_record.give_out(str(folder))
    assert attempt_record.read(str(folder), "s1").holder == (HERE.host, 0)


@pytest.mark.parametrize("kind", irregular.KINDS)
def test_an_end_is_written_in_the_place_of_whatever_the_run_has_put_there(
    folder: Path, kind: str
) -> None:
    (folder / "command.json").unlink()
    irregular.put(kind, folder / "command.json")
    irregular.put(kind, folder / f"command.json.{os.getpid()}")

    assert end(folder) is None

    assert_ended(folder)


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", '{"run": 1}', "[" * 100_000, '{"a": "\xff"}'),
        '{"argv": 1, "cwd": 2, "environment": 3}',
        json.dumps({"run": {**RUN._asdict(), "number": 10**15}}),
    ],
)
def test_an_end_is_written_whatever_the_run_has_written_there(folder: Path, text: str) -> None:
    (folder / "command.json").write_text(text, encoding="latin-1")

    assert end(folder) is None

    assert_ended(folder)
    assert attempt_record.started(str(folder)) is None


def test_an_end_is_written_where_the_run_has_removed_all_its_folders(folder: Path) -> None:
    shutil.rmtree(folder.parents[1])

    assert end(folder) is None

    assert_ended(folder)


def test_a_sweep_that_a_person_has_removed_is_not_made_again(folder: Path, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "s1")

    assert "cannot record" in str(end(folder))

    assert list(tmp_path.iterdir()) == []


def test_an_end_is_written_although_the_run_has_locked_the_record(folder: Path) -> None:
    with (folder / "command.json").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert end(folder) is None

    assert_ended(folder)


def test_a_folder_that_cannot_be_made_again_is_complained_about(folder: Path) -> None:
    (folder / "command.json").unlink()
    folder.rmdir()
    folder.write_text("a file in its place")

    complaint = end(folder)

    assert complaint is not None
    assert str(folder) in complaint
    assert folder.read_text() == "a file in its place"


def test_a_full_disk_leaves_the_record_as_it_was_begun_and_the_end_can_be_told_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.pwrite

    def full(fd: int, data: bytes, offset: int) -> int:
        return whole(fd, data[: len(data) // 2], offset)

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(StoreUnavailable, match="No space left"):
        end(folder)
    assert attempt_record.read(str(folder), "s1") == (RUN, HERE, None)
    monkeypatch.undo()

    end(folder)

    assert_ended(folder)


def test_a_disk_without_room_for_a_new_file_is_waited_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "command.json").unlink()

    def fresh(path: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", path)

    monkeypatch.setattr(regular_files, "fresh", fresh)
    with pytest.raises(StoreUnavailable, match="No space left"):
        end(folder)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("id", 1), ("key", None), ("key", "\ud800"), ("number", 0), ("number", True)),
        *(("number", 2**60), ("attempt", 1.5), ("created_at", "now"), ("started_at", None)),
        *(("params", []), ("pid", "1"), ("host", 3), ("search_info", 3), ("agent_id", None)),
    ],
)
def test_a_record_that_makes_no_sense_is_refused(folder: Path, name: str, value: JSON) -> None:
    found = content(folder)
    found["run"][name] = value
    (folder / "command.json").write_text(json.dumps(found))

    with pytest.raises(ValueError, match="makes no sense"):
        attempt_record.read(str(folder), "s1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("state", "running"), ("state", {}), ("then", "running"), ("exit_code", "0")),
        *(("logged", "all"), ("reason", 1), ("at", float("nan")), ("at", None)),
    ],
)
def test_an_end_that_makes_no_sense_is_refused(folder: Path, name: str, value: JSON) -> None:
    end(folder)
    found = content(folder)
    found["ended"][name] = value
    (folder / "command.json").write_text(json.dumps(found))

    with pytest.raises(ValueError, match="makes no sense"):
        attempt_record.read(str(folder), "s1")


def test_a_record_of_an_earlier_version_says_how_its_attempt_was_started(folder: Path) -> None:
    found = content(folder)
    del found["run"]
    (folder / "command.json").write_text(json.dumps(found))

    assert attempt_record.started(str(folder)) == (["a", "b"], os.getcwd(), {"C": "d"})
    with pytest.raises(ValueError, match="an earlier version"):
        attempt_record.read(str(folder), "s1")
