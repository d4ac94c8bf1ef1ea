"""What every source of metrics must do, whatever it reads, run over the registry.

A new source needs an example here. The event file itself keeps the same promises.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from irregular import KINDS as IRREGULAR
from irregular import put
from support import an_ending
from sweepcli import regular_files
from sweepcli.records import Metric, MetricsFrom, Row, Run, RunState, SweepConfig
from sweepcli.runs.metrics import SOURCES, growing
from sweepcli.runs.metrics.run_metrics import RunMetrics
from wandb_logs import history, log, run, summary

Values = dict[str, float]

ROWS: list[Values] = [{"loss": 1 / (n + 1), "epoch": n, "größe": -n} for n in range(6)]


@dataclass(frozen=True)
class Kind:
    """A source: where it is, in the run's folder, and how it looks with some rows in it."""

    path: str
    asked: MetricsFrom | None = None

    def content(self, rows: Sequence[Values]) -> bytes:
        if self.path.endswith(".wandb"):
            written = [
                part
                for step, row in enumerate(rows)
                for part in (summary({(k,): v for k, v in row.items()}), history({**row}, step))
            ]
            return log([run({"lr": 0.1}), *written])
        if self.path == "output.log":
            lines = [
                f"epoch {row['epoch']}: loss {row['loss']!r} größe {row['größe']}\nélse\n"
                for row in rows
            ]
        elif self.path.endswith(".csv"):
            lines = [",".join(ROWS[0]), *(",".join(map(repr, row.values())) for row in rows), ""]
            return "\n".join(lines).encode()
        elif self.path.endswith(".jsonl"):
            lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
        else:
            lines = [json.dumps(rows, ensure_ascii=False)]
        return "".join(lines).encode()


WANDB = Kind("wandb/offline-run-20260101_000000-r1/run-r1.wandb")
OUTPUT = Kind("output.log", MetricsFrom(output=("epoch {epoch}: loss {loss} größe {größe}",)))
CSV = Kind("log.csv", MetricsFrom(csv="${run_dir}/log.csv"))
JSON_LINES = Kind("log.jsonl", MetricsFrom(json="${run_dir}/log.jsonl"))
JSON_LIST = Kind("all.json", MetricsFrom(json="${run_dir}/all.json"))
EXAMPLES = {"wandb": [WANDB], "output": [OUTPUT], "csv": [CSV], "json": [JSON_LINES, JSON_LIST]}
EVENTS = Kind("events.jsonl")
KINDS = [kind for name in SOURCES for kind in EXAMPLES.get(name, [])]


def each_of(kinds: Sequence[Kind]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("kind", kinds, ids=[os.path.basename(k.path) for k in kinds])


kinds = each_of(KINDS)
kinds_and_events = each_of([*KINDS, EVENTS])


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


def values(rows: list[Row]) -> list[Values]:
    return [row.values for row in rows]


def test_every_source_has_an_example() -> None:
    assert EXAMPLES.keys() == SOURCES.keys()
    assert set(SOURCES) - {"wandb"} == set(MetricsFrom._fields)  # a config can ask for it


@kinds_and_events
def test_what_is_there_is_read_once(kind: Kind, tmp_path: Path) -> None:
    source = metrics(tmp_path, kind)
    assert source.channel is None
    write(tmp_path, kind, kind.content(ROWS))

    assert values(everything(source, ended=False)) == ROWS
    assert everything(source) == []
    assert source.tally.progress.value == ROWS[-1]["loss"]
    assert source.channel


@kinds_and_events
def test_nothing_is_nothing(kind: Kind, tmp_path: Path) -> None:
    source = metrics(tmp_path, kind)
    assert everything(source, ended=False) == everything(source) == []
    assert not (tmp_path / "events.jsonl").exists()


@kinds_and_events
def test_it_is_read_alike_however_it_grows(kind: Kind, tmp_path: Path) -> None:
    whole = kind.content(ROWS)
    source, rows = metrics(tmp_path, kind), list[Values]()

    for size in range(0, len(whole), 7):
        write(tmp_path, kind, whole[:size])
        rows += values(everything(source, ended=False))
    write(tmp_path, kind, whole)
    rows += values(everything(source))

    assert rows == ROWS


@kinds
@pytest.mark.parametrize("seen", [1, 3, 6])
def test_another_agent_goes_on_where_one_has_died(kind: Kind, seen: int, tmp_path: Path) -> None:
    first = metrics(tmp_path, kind)
    write(tmp_path, kind, kind.content(ROWS[:seen]))
    assert len(everything(first, ended=False)) == seen
    with (tmp_path / "events.jsonl").open("ab") as file:
        file.write(b'{"loss": 0.')  # killed in the middle of a line
    write(tmp_path, kind, kind.content(ROWS))

    assert values(everything(metrics(tmp_path, kind, goes_on=True))) == ROWS
    assert values(everything(metrics(tmp_path, kind, goes_on=True))) == ROWS


@kinds_and_events
@pytest.mark.parametrize("how", ["emptied", "removed"])
def test_a_file_that_begins_anew_is_read_from_its_new_start(
    kind: Kind, how: str, tmp_path: Path
) -> None:
    source = metrics(tmp_path, kind)
    write(tmp_path, kind, kind.content(ROWS[:3]))
    rows = values(everything(source, ended=False))

    if how == "removed":
        (tmp_path / kind.path).unlink()
    write(tmp_path, kind, kind.content(ROWS[3:]))
    rows += values(everything(source))

    assert rows == ROWS


@kinds_and_events
def test_a_writer_that_dies_in_the_middle_costs_no_earlier_row(kind: Kind, tmp_path: Path) -> None:
    some, all_of_it = kind.content(ROWS[:5]), kind.content(ROWS)
    for size in range(len(some), len(all_of_it), 9):
        folder = tmp_path / str(size)
        source = metrics(folder, kind)
        write(folder, kind, some)
        rows = values(everything(source, ended=False))
        write(folder, kind, all_of_it[:size])
        rows += values(everything(source))

        assert rows[:5] == ROWS[:5]
        assert len(rows) <= 6


@kinds_and_events
def test_numbers_that_are_not_finite_arrive_and_are_never_the_best(
    kind: Kind, tmp_path: Path
) -> None:
    odd = [{**ROWS[0], "loss": loss} for loss in (math.nan, -math.inf, 0.5, math.inf)]
    source = metrics(tmp_path, kind)
    write(tmp_path, kind, kind.content(odd))

    assert [repr(row["loss"]) for row in values(everything(source))] == [
        "nan",
        "-inf",
        "0.5",
        "inf",
    ]
    assert source.tally.progress.value == 0.5


@kinds_and_events
def test_garbage_is_no_error(kind: Kind, tmp_path: Path) -> None:
    source = metrics(tmp_path, kind)
    for content in (b"\xff\xfe\0", b"{}\n[1]\nnull\n", os.urandom(300), b"\n" * 10):
        write(tmp_path, kind, content)
        everything(source, ended=False)
    assert isinstance(source.complaints(an_ending()), list)
    everything(source)


@kinds
def test_the_event_file_has_all_of_it_with_its_origin(kind: Kind, tmp_path: Path) -> None:
    source = metrics(tmp_path, kind)
    write(tmp_path, kind, kind.content(ROWS))
    everything(source)

    lines = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert all(line["_origin"] for line in lines)
    assert [line["loss"] for line in lines if "loss" in line] == [row["loss"] for row in ROWS]


@each_of([kind for kind in KINDS if kind is not OUTPUT])
def test_what_was_there_before_the_run_is_left_alone(kind: Kind, tmp_path: Path) -> None:
    write(tmp_path, kind, kind.content(ROWS))
    source = metrics(tmp_path, kind)

    assert everything(source) == []
    assert source.channel is None


@kinds_and_events
@pytest.mark.parametrize("what", IRREGULAR)
def test_what_is_no_file_is_no_error_and_told(kind: Kind, what: str, tmp_path: Path) -> None:
    source = metrics(tmp_path, kind)
    path = tmp_path / kind.path
    path.parent.mkdir(parents=True, exist_ok=True)
    put(what, path)

    assert everything(source) == []
    told = source.complaints(an_ending())
    assert told.count(f"{path} is {what}; what the run logged there is not read") == 1


def test_a_list_is_read_once_at_the_end_however_many_pieces_its_rows_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, reads = metrics(tmp_path, JSON_LIST), list[str]()
    content = regular_files.content

    def read(path: str) -> bytes:
        reads.append(path)
        return content(path)

    write(tmp_path, JSON_LIST, JSON_LIST.content(ROWS))
    monkeypatch.setattr(regular_files, "content", read)
    monkeypatch.setattr(growing, "PIECE", 16)

    assert values(everything(source)) == ROWS
    assert len(reads) == 1


@each_of([CSV, JSON_LINES, JSON_LIST])
def test_a_file_that_is_written_anew_each_time_is_read_alike(kind: Kind, tmp_path: Path) -> None:
    source, rows = metrics(tmp_path, kind), list[Values]()

    for number in range(1, 7):
        path = tmp_path / kind.path
        for size in (0, 30, None):  # caught while it is written
            path.unlink(missing_ok=True)
            path.write_bytes(kind.content(ROWS[:number])[:size])
            rows += values(everything(source, ended=False))

    assert rows == ROWS
    assert everything(source) == []
