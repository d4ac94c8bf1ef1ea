from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from sweepcli.runs.metrics import Reading
from sweepcli.runs.metrics.wandb_runs import WandbRuns
from wandb_logs import history, log, run

SAID = "wandb: Run data is saved locally in {}\n"


def write(folder: Path, number: int, version: str = "0.31.0", run_id: str = "r1") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"run-{run_id}.wandb"
    path.write_bytes(log([run({}, version), history({"n": number})]))
    return path


def source(
    root: Path, open_files: Iterable[str] = (), started_at: float = 0.0, *, goes_on: bool = False
) -> WandbRuns:
    reading = Reading("r1", str(root), started_at, goes_on, lambda: open_files)
    return WandbRuns(None, reading)


def numbers(found: WandbRuns) -> list[int]:
    return [event["n"] for _, event in found.drain(ended=True) if "n" in event]


@pytest.mark.parametrize("folder", ["wandb/offline-run-1-r1", ".wandb/run-1-r1"])
def test_a_log_is_found_where_wandb_keeps_it(folder: str, tmp_path: Path) -> None:
    found = source(tmp_path)
    write(tmp_path / folder, 1)

    assert numbers(found) == [1]
    assert found.is_used
    assert found.channel == "through wandb 0.31.0; metrics are read from its log on this machine"


def test_logs_of_several_runs_in_a_row_are_read_in_their_order(tmp_path: Path) -> None:
    found = source(tmp_path)
    for number in (3, 1, 2):
        write(tmp_path / f"wandb/offline-run-20260101_00000{number}-r1", number)
    write(tmp_path / "wandb/offline-run-20260101_000000-other", 9, run_id="other")
    (tmp_path / "wandb/latest-run").symlink_to("offline-run-20260101_000003-r1")

    assert numbers(found) == [1, 2, 3]


def test_logs_of_runs_that_began_in_the_same_second_are_read_in_their_order(tmp_path: Path) -> None:
    found = source(tmp_path)
    for number in (10, 2, 0, 1):
        name = f"offline-run-20260101_000000-r1{f'-{number}' if number else ''}"
        write(tmp_path / "wandb" / name, number)
    write(tmp_path / "wandb/offline-run-20260101_000001-r1", 11)

    assert numbers(found) == [0, 1, 2, 10, 11]


@pytest.mark.parametrize("form", ["{}\n", "\x1b[1;34mwandb\x1b[0m: {}\x1b[0m\r\n"])
def test_a_log_that_the_script_moved_is_found_by_what_wandb_says(form: str, tmp_path: Path) -> None:
    elsewhere = tmp_path / "else where" / "wandb" / "offline-run-1-r1"
    write(elsewhere, 7)
    said = form.format(SAID.strip().format(elsewhere))
    (tmp_path / "output.log").write_text(f"one\n{said}two\n")

    assert numbers(source(tmp_path)) == [7]


def test_a_log_that_was_moved_in_silence_is_found_while_it_is_open(tmp_path: Path) -> None:
    path = write(tmp_path / "elsewhere/wandb/offline-run-1-r1", 5)
    assert numbers(source(tmp_path, ["/dev/null", str(path)])) == [5]


def test_the_log_of_an_earlier_attempt_is_left_alone(tmp_path: Path) -> None:
    old = write(tmp_path / "wandb/offline-run-1-r1", 1)
    first = source(tmp_path)
    write(tmp_path / "wandb/offline-run-2-r1", 2)
    assert numbers(first) == [2]

    # Who takes over from another agent was not there at the start.
    os.utime(old, (100.0, 100.0))
    assert numbers(source(tmp_path, started_at=200.0, goes_on=True)) == [2]


@pytest.mark.parametrize(
    ("version", "late"),
    [("0.16.6", "0.16.6"), ("0.30.0", "0.30.0"), ("0.31.0", None), ("1.0", None)],
)
def test_versions_that_write_late_are_known(version: str, late: str | None, tmp_path: Path) -> None:
    found = source(tmp_path)
    write(tmp_path / "wandb/offline-run-1-r1", 1, version)
    found.drain()

    assert found.writes_late == late


def test_a_damaged_log_is_told_of(tmp_path: Path) -> None:
    found = source(tmp_path)
    path = write(tmp_path / "wandb/offline-run-1-r1", 1)
    content = bytearray(path.read_bytes())
    content[20] ^= 0xFF
    path.write_bytes(content)
    found.drain(ended=True)

    assert found.complaints() == [f"{path}: a part of it is damaged and was skipped"]
