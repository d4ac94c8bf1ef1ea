"""What every source of metrics must do, whatever it reads."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from sweepcli.records import Metric, MetricsFrom, Run, RunState, SweepConfig
from sweepcli.runs.metrics.of_run import RunMetrics
from wandb_logs import history, log, run, summary

if TYPE_CHECKING:
    from pathlib import Path

    from sweepcli.records import Row

ROWS = [{"loss": 1 / (n + 1), "epoch": n} for n in range(6)]


@dataclass(frozen=True)
class Kind:
    """A source: where it is, in the run's folder, and how it looks after so many rows."""

    path: str
    asked: MetricsFrom | None
    rows: int

    def content(self, rows: int) -> bytes:
        told = ROWS[:rows]
        if self.path.endswith(".wandb"):
            written = [
                part
                for step, row in enumerate(told)
                for part in (
                    summary({(k,): v for k, v in row.items()}),
                    history(dict(row.items()), step),
                )
            ]
            return log([run({"lr": 0.1}), *written])
        if self.path == "output.log":
            lines = [
                f"epoch {row['epoch']}: loss {row['loss']!r}\nsomething else\n" for row in told
            ]
        elif self.path.endswith(".csv"):
            lines = ["epoch,loss\n", *(f"{row['epoch']},{row['loss']!r}\n" for row in told)]
        elif self.path.endswith(".jsonl"):
            lines = [json.dumps(row) + "\n" for row in told]
        else:
            lines = [json.dumps(told)]
        return "".join(lines).encode()


WANDB = Kind("wandb/offline-run-20260101_000000-r1/run-r1.wandb", None, 6)
OUTPUT = Kind("output.log", MetricsFrom(output=(r"epoch {epoch}: loss {loss}",)), 6)
CSV = Kind("log.csv", MetricsFrom(csv="${run_dir}/log.csv"), 6)
JSON_LINES = Kind("log.jsonl", MetricsFrom(json="${run_dir}/log.jsonl"), 6)
JSON_LIST = Kind("all.json", MetricsFrom(json="${run_dir}/all.json"), 6)
kinds = pytest.mark.parametrize("kind", [WANDB, OUTPUT, CSV, JSON_LINES, JSON_LIST])


def metrics(folder: Path, kind: Kind, *, goes_on: bool = False) -> RunMetrics:
    config = SweepConfig("grid", (), Metric("loss"), metrics_from=kind.asked)
    return RunMetrics(
        str(folder), Run("r1", "s1", 1, "0", RunState.RUNNING, {}, 1), config, goes_on=goes_on
    )


def write(folder: Path, kind: Kind, content: bytes) -> None:
    path = folder / kind.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def everything(source: RunMetrics, *, ended: bool = True) -> list[Row]:
    rows, is_all = source.collect(ended=ended)
    while not is_all:
        more, is_all = source.collect(ended=ended)
        rows += more
    return rows


def values(rows: list[Row]) -> list[dict[str, float]]:
    return [row.values for row in rows]


@kinds
def test_what_is_there_is_read_once(kind: Kind, tmp_path: Path) -> None:
    source = metrics(tmp_path, kind)
    write(tmp_path, kind, kind.content(6))

    assert values(everything(source, ended=False)) == ROWS
    assert everything(source) == []
    assert source.tally.progress.value == ROWS[-1]["loss"]
    assert source.channel


@kinds
def test_nothing_is_nothing(kind: Kind, tmp_path: Path) -> None:
    source = metrics(tmp_path, kind)

    assert everything(source, ended=False) == everything(source) == []
    assert not (tmp_path / "events.jsonl").exists()


@kinds
def test_it_is_read_alike_however_it_grows(kind: Kind, tmp_path: Path) -> None:
    whole = kind.content(6)
    source, rows = metrics(tmp_path, kind), list[dict[str, float]]()

    for size in range(0, len(whole), 23):
        write(tmp_path, kind, whole[:size])
        rows += values(everything(source, ended=False))
    write(tmp_path, kind, whole)
    rows += values(everything(source))

    assert rows == ROWS


@kinds
@pytest.mark.parametrize("seen", [1, 3, 6])
def test_another_agent_goes_on_where_one_has_died(kind: Kind, seen: int, tmp_path: Path) -> None:
    first = metrics(tmp_path, kind)
    write(tmp_path, kind, kind.content(seen))
    assert len(everything(first, ended=False)) == seen
    with (tmp_path / "events.jsonl").open("ab") as file:
        file.write(b'{"loss": 0.')  # killed in the middle of a line
    write(tmp_path, kind, kind.content(6))

    assert values(everything(metrics(tmp_path, kind, goes_on=True))) == ROWS
    assert values(everything(metrics(tmp_path, kind, goes_on=True))) == ROWS


@kinds
def test_garbage_is_no_error(kind: Kind, tmp_path: Path) -> None:
    source = metrics(tmp_path, kind)
    for content in (b"\xff\xfe\0", b"{}\n[1]\nnull\n", os.urandom(300), b"\n" * 10):
        write(tmp_path, kind, content)
        everything(source, ended=False)
    assert isinstance(source.complaints(), list)
    everything(source)


@kinds
def test_the_event_file_has_all_of_it_with_its_origin(kind: Kind, tmp_path: Path) -> None:
    source = metrics(tmp_path, kind)
    write(tmp_path, kind, kind.content(6))
    everything(source)

    lines = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert all(line["_origin"] for line in lines)
    assert [line["loss"] for line in lines if "loss" in line] == [row["loss"] for row in ROWS]


@pytest.mark.parametrize("kind", [WANDB, CSV, JSON_LINES, JSON_LIST])
def test_what_was_there_before_the_run_is_left_alone(kind: Kind, tmp_path: Path) -> None:
    write(tmp_path, kind, kind.content(6))
    source = metrics(tmp_path, kind)

    assert everything(source) == []
    assert source.channel is None


@kinds
def test_a_folder_in_place_of_the_file_is_no_error(kind: Kind, tmp_path: Path) -> None:
    source = metrics(tmp_path, kind)
    (tmp_path / kind.path).mkdir(parents=True)

    assert everything(source) == []


@pytest.mark.parametrize("kind", [CSV, JSON_LINES, JSON_LIST])
def test_a_file_that_is_written_anew_each_time_is_read_alike(kind: Kind, tmp_path: Path) -> None:
    source, rows = metrics(tmp_path, kind), list[dict[str, float]]()

    for number in range(1, 7):
        path = tmp_path / kind.path
        for size in (0, 30, None):  # caught while it is written
            path.unlink(missing_ok=True)
            path.write_bytes(kind.content(number)[:size])
            rows += values(everything(source, ended=False))

    assert rows == ROWS
    assert everything(source) == []
