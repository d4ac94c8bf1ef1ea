from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from support import Place, an_agent, an_ending, claimed, end, grid, place
from sweepcli import stores
from sweepcli.errors import FolderError, NotSupported, UsageError
from sweepcli.records import JSON, Progress, Row, RunState, Suggestion
from sweepcli.views.exports import formats, rows
from sweepcli.views.exports.rows import Export

NAN = float("nan")
PARAMS: tuple[dict[str, JSON], ...] = (
    {"lr": 0.5, "opt": {"name": "adam"}, "tags": ["a", 'b"c'], "depth": 3},
    {"lr": 1, "opt": {"name": "sgd"}, "momentum": True, "depth": None},
)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    """Keep a run that finished, one that failed, and one that nobody has taken."""
    with place(tmp_path, grid(3)) as found:
        store = found.store
        store.add_agent(an_agent())
        given = [(f"r{n}", Suggestion(str(n), PARAMS[n % 2])) for n in range(3)]
        store.suggest("s1", given, run_cap=None, now=1.0)
        logged = [
            Row(0, 0, 3.0, {"loss": 2.0}),
            Row(1, 0, 4.0, {"val": {"acc": 0.5}}),
            Row(2, 1, 5.0, {"loss": NAN, "note": "x,y"}),
        ]
        summary = {"loss": NAN, "val": {"acc": 0.5}, "note": "x,y"}
        end(store, claimed(store), rows=logged, progress=Progress(summary, 2.0, 0))
        end(store, claimed(store), an_ending(RunState.FAILED, 1))
        yield found


def written(here: Place, name: str, *, history: bool = False) -> bytes:
    path = os.path.join(here.results, f"out.{name}")
    formats.write(Export(here.store, here.store.sweep("s1"), history), name, path)
    with open(path, "rb") as file:
        return file.read()


def test_csv_has_a_column_for_every_name(here: Place) -> None:
    found = list(csv.DictReader(io.StringIO(written(here, "csv").decode())))

    assert list(found[0]) == [
        *("run", "number", "state", "attempt", "value", "step", "started_at", "ended_at"),
        *("exit_code", "reason", "params.lr", "params.opt.name", "params.tags", "params.depth"),
        *("params.momentum", "summary.loss", "summary.val.acc", "summary.note"),
    ]
    assert [(r["run"], r["state"], r["params.lr"]) for r in found] == [
        ("r0", "finished", "0.5"),
        ("r1", "failed", "1"),
        ("r2", "pending", "0.5"),
    ]
    assert json.loads(found[0]["params.tags"]) == ["a", 'b"c']
    assert (found[0]["summary.loss"], found[0]["summary.note"]) == ("NaN", "x,y")


def test_json_and_json_lines_have_the_same_rows(here: Place) -> None:
    as_list = json.loads(written(here, "json"))
    lines = [json.loads(line) for line in written(here, "jsonl").splitlines()]

    assert as_list == lines
    assert as_list[1]["params.momentum"] is True
    assert as_list[0]["summary.val.acc"] == 0.5


def test_history_has_a_row_for_each_step(here: Place) -> None:
    found = [json.loads(line) for line in written(here, "jsonl", history=True).splitlines()]

    assert [(r["run"], r["_step"], r.get("val.acc"), r.get("loss")) for r in found] == [
        ("r0", 0, 0.5, 2.0),
        ("r0", 1, None, "NaN"),
    ]


def test_parquet_has_a_type_for_each_column(here: Place) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")

    found = parquet.read_table(io.BytesIO(written(here, "parquet")))

    types = {field.name: str(field.type) for field in found.schema}
    assert (types["number"], types["params.lr"], types["params.depth"]) == (
        *("int64", "double", "int64"),
    )
    assert (types["params.momentum"], types["params.tags"], types["reason"]) == (
        *("bool", "string", "string"),
    )
    assert found.column("params.momentum").to_pylist() == [None, True, None]
    assert found.column("params.lr").to_pylist() == [0.5, 1.0, 0.5]
    assert found.column("summary.loss").to_pylist()[0] != 0.0


def test_a_column_of_many_kinds_is_text_in_parquet(here: Place) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    mixed: list[JSON] = ["big", 2**70, [1], {"a": 1}, False]
    given = [(f"m{n}", Suggestion(f"m{n}", {"depth": value})) for n, value in enumerate(mixed)]
    here.store.suggest("s1", given, run_cap=None, now=1.0)

    found = parquet.read_table(io.BytesIO(written(here, "parquet")))

    assert found.column("params.depth").to_pylist()[3:] == [
        *("big", str(2**70), "[1]", None, "false"),
    ]


def test_parquet_without_its_package_names_the_extra(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(NotSupported, match=r"pip install 'sweepcli\[parquet\]'"):
        written(here, "parquet")
    assert not any(name.startswith("out.") for name in os.listdir(here.results))


def test_parquet_is_not_for_the_standard_output(here: Place) -> None:
    with pytest.raises(UsageError, match=r"name a file with -o FILE.parquet"):
        formats.write(Export(here.store, here.store.sweep("s1"), history=False), "parquet", None)


def test_a_sweep_without_runs_is_written_too(here: Place) -> None:
    empty = here.store.sweep("s1")._replace(id="s2", project="other")
    here.store.add_sweep(empty)

    for name in formats.FORMATS:
        path = os.path.join(here.results, f"empty.{name}")
        formats.write(Export(here.store, empty, history=False), name, path)

    with open(os.path.join(here.results, "empty.json"), encoding="utf-8") as file:
        assert file.read() == "[]\n"


def test_an_export_that_fails_leaves_the_old_file(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = written(here, "csv")
    monkeypatch.setattr(rows, "of_run", lambda _: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        written(here, "csv")

    monkeypatch.undo()
    with open(os.path.join(here.results, "out.csv"), "rb") as file:
        assert file.read() == before
    assert not any(".new-" in name for name in os.listdir(here.results))


def test_a_folder_that_is_not_there_is_named(here: Place) -> None:
    path = os.path.join(here.results, "nowhere", "runs.csv")
    with pytest.raises(FolderError, match=r"runs.csv cannot be written: No such file"):
        formats.write(Export(here.store, here.store.sweep("s1"), history=False), "csv", path)


def test_what_agents_add_meanwhile_is_left_out(here: Place) -> None:
    export = Export(here.store, here.store.sweep("s1"), history=False)

    with here.store.database.snapshot():
        before = len([*export.rows()])
        with closing(stores.open_existing(here.results)) as other:
            other.suggest("s1", [("new", Suggestion("new", {"x": 9}))], run_cap=None, now=1.0)
        assert len([*export.rows()]) == before
    assert len([*export.rows()]) == before + 1
