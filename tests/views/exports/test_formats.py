from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from parameter_examples import EVERY, NUMBERS, raw
from support import Place, an_agent, an_ending, claimed, end, grid, place, suggestions
from sweepcli import stores
from sweepcli.errors import FolderError, NotSupported, UsageError
from sweepcli.records import JSON, Progress, Row, Run, RunState, Suggestion
from sweepcli.sweep_config.parse import parse
from sweepcli.views.exports import formats, kinds, rows
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


SPACE: dict[str, JSON] = {
    "lr": {"distribution": "log_uniform_values", "min": 0.1, "max": 1},
    "depth": {"distribution": "int_uniform", "min": 1, "max": 9},
    "opt": {"distribution": "categorical", "values": [{"name": "a"}, {"name": "b", "m": 1.5}]},
    "kind": {"distribution": "categorical", "values": [1, "auto", None]},
    "extra": {"distribution": "constant", "value": True},
}


def written(here: Place, name: str, *, history: bool = False, sweep_id: str = "s1") -> bytes:
    path = os.path.join(here.results, f"out.{name}")
    formats.write(Export(here.store, here.store.sweep(sweep_id), history), name, path)
    with open(path, "rb") as file:
        return file.read()


def test_csv_has_a_column_for_every_name(here: Place) -> None:
    found = list(csv.DictReader(io.StringIO(written(here, "csv").decode())))

    assert list(found[0]) == [
        *("run", "number", "state", "attempt", "value", "step", "best", "latest", "started_at"),
        "ended_at",
        *(
            "exit_code",
            "reason",
            "run.name",
            "run.notes",
            "run.tags",
            "run.code",
            "run.code_after",
            "run.environment",
            "params.lr",
            "params.opt.name",
            "params.tags",
            "params.depth",
        ),
        *("params.momentum", "summary.loss", "summary.val.acc", "summary.note"),
    ]
    assert [(r["run"], r["state"], r["params.lr"]) for r in found] == [
        ("r0", "finished", "0.5"),
        ("r1", "failed", "1.0"),
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
        ("r0", 1, None, None),
    ]


def test_a_metric_named_run_does_not_take_the_place_of_the_run_s_id(tmp_path: Path) -> None:
    with place(tmp_path, grid(1)) as here:
        here.store.suggest("s1", suggestions(1), run_cap=None, now=1.0)
        here.store.add_agent(an_agent())
        end(here.store, claimed(here.store), rows=[Row(0, 0, 3.0, {"run": 7})])

        [row] = csv.DictReader(io.StringIO(written(here, "csv", history=True).decode()))
        assert (row["run"], row["logged.run"]) == ("r0", "7")


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


def of_values(here: Place, name: str, values: Iterable[JSON]) -> list[JSON]:
    """Return what an export has of runs with these params, which it keeps."""
    given = [(f"m{n}", Suggestion(f"m{n}", {"new": value})) for n, value in enumerate(values)]
    here.store.suggest("s1", given, run_cap=None, now=1.0)
    text = written(here, name)
    if name == "parquet":
        parquet = pytest.importorskip("pyarrow.parquet")
        return [*parquet.read_table(io.BytesIO(text)).column("params.new").to_pylist()[3:]]
    if name == "csv":
        return [row["params.new"] for row in csv.DictReader(io.StringIO(text.decode()))][3:]
    return [row.get("params.new") for row in json.loads(text)][3:]


@pytest.mark.parametrize("name", ["parquet", "csv", "json"])
def test_a_column_of_many_kinds_is_text_in_every_format(here: Place, name: str) -> None:
    found = of_values(here, name, ["big", 2**70, [1], {}, False, 0.5])
    assert found == ["big", str(2**70), "[1]", "{}", "false", "0.5"]


INF = float("inf")
FLOATS: list[tuple[list[JSON], list[JSON]]] = [
    ([2**70, 1], [2.0**70, 1.0]),
    ([-(2**70), 1], [-(2.0**70), 1.0]),
    ([2**63, -1], [2.0**63, -1.0]),
    ([2**53 + 1, 0.5], [2.0**53, 0.5]),
    ([1, INF, -INF], [1.0, INF, -INF]),
    ([INF, INF], [INF, INF]),
    ([2**400, None, 1], [2.0**400, None, 1.0]),
]


@pytest.mark.parametrize("name", ["parquet", "csv", "json"])
@pytest.mark.parametrize(("values", "wanted"), FLOATS)
def test_numbers_that_are_not_all_whole_numbers_of_64_bits_are_floats(
    here: Place, name: str, values: list[JSON], wanted: list[JSON]
) -> None:
    found = of_values(here, name, values)

    if name == "csv":
        found = [(text and float(text)) or None for text in found if not text.isdigit()]
    if name == "json":
        wanted = [None if value in (INF, -INF) else value for value in wanted]
    assert found == wanted
    assert {*map(type, found)} <= {float, type(None)}


@pytest.mark.parametrize(
    "values",
    [
        [2**63 - 1, -(2**63)],
        [2**64 - 1, 0],
        [7, None],
        [True, False],
        ["1", "2"],
        [str(2**70), "x"],
    ],
)
def test_whole_numbers_booleans_and_texts_stay_what_they_are(
    here: Place, values: list[JSON]
) -> None:
    for name in ("parquet", "json"):
        found = of_values(here, name, values)
        assert [(type(value), value) for value in found] == [(type(v), v) for v in values]


def test_a_number_beyond_all_floats_is_infinite(here: Place) -> None:
    assert of_values(here, "parquet", [10**400, -(10**400), 1]) == [INF, -INF, 1.0]
    assert of_values(here, "csv", [10**400, -(10**400), 1]) == ["1e999", "-inf", "1.0"]
    assert of_values(here, "json", [10**400, -(10**400), 1]) == [None, None, 1.0]


def test_lists_stay_lists_in_json_unless_they_are_of_different_kinds(here: Place) -> None:
    assert of_values(here, "json", [[1, 2**70], [], [0.5, None, INF]]) == [
        *([1, 2.0**70], [], [0.5, None, None])
    ]


def test_lists_of_different_kinds_are_texts_in_json(here: Place) -> None:
    assert of_values(here, "json", [[1], ["a"], [[2]]]) == ["[1]", '["a"]', "[[2]]"]


def test_json_says_what_it_lacks(here: Place) -> None:
    path = os.path.join(here.results, "out.json")
    note = formats.write(Export(here.store, here.store.sweep("s1"), history=False), "json", path)
    assert note == (
        "infinities and NaN, which JSON lacks, are null in summary.loss; csv and parquet have them"
    )


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


@pytest.fixture
def empty(here: Place) -> Place:
    """Keep a sweep without runs as s2."""
    config = parse({"method": "random", "parameters": SPACE})
    sweep = here.store.sweep("s1")._replace(id="s2", project="other", config=config)
    here.store.add_sweep(sweep)
    return here


@pytest.mark.parametrize(("name", "text"), [("json", b"[]\n"), ("jsonl", b"")])
@pytest.mark.parametrize("history", [False, True])
def test_json_of_a_sweep_without_runs_has_none(
    empty: Place, name: str, text: bytes, *, history: bool
) -> None:
    assert written(empty, name, history=history, sweep_id="s2") == text


def test_csv_of_a_sweep_without_runs_has_its_header(empty: Place) -> None:
    fixed = "run,number,state,attempt,value,step,best,latest,started_at,ended_at,exit_code,reason"
    said = "run.name,run.notes,run.tags,run.code,run.code_after,run.environment"
    of_runs = written(empty, "csv", sweep_id="s2").decode()
    of_steps = written(empty, "csv", history=True, sweep_id="s2").decode()

    names = of_runs.removesuffix("\n").split(",params.")
    assert names[0] == f"{fixed},{said}"
    assert set(names[1:]) == {"lr", "depth", "opt.name", "opt.m", "kind", "extra"}
    assert of_steps == "run,_step,_timestamp\n"


def test_parquet_of_a_sweep_without_runs_has_the_types_of_its_space(empty: Place) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")

    found = parquet.read_table(io.BytesIO(written(empty, "parquet", sweep_id="s2")))

    types = {field.name.removeprefix("params."): str(field.type) for field in found.schema}
    wanted = {"run": "string", "number": "int64", "value": "double", "exit_code": "int64"}
    wanted |= {"lr": "double", "depth": "int64", "opt.name": "string", "opt.m": "double"}
    wanted |= {"kind": "string", "extra": "bool"}
    assert {name: types[name] for name in wanted} == wanted


@pytest.mark.parametrize("distribution", EVERY)
def test_the_kind_of_a_column_without_runs_is_that_of_its_values(distribution: str) -> None:
    config = parse({"method": "random", "parameters": {"a": raw(distribution)}})
    found = [*rows.possible_params(config)]

    is_whole = distribution in ("int_uniform", "q_log_uniform_values", "q_log_normal")
    if distribution in NUMBERS:
        types = {type(value) for _, value in found}
        assert types == {int if is_whole else float}
    assert {name for name, _ in found} == ({"a.layers"} if distribution == "constant" else {"a"})


def test_every_column_of_a_run_that_is_no_text_has_its_kind() -> None:
    of_types = {int: kinds.WHOLE, float: kinds.NUMBER}
    fields = {name.replace("value_step", "step"): of for name, of in get_type_hints(Run).items()}
    for name in rows.of_run(Run("", "s1", 0, "", RunState.PENDING, {})):
        of = [each for each in (fields.get(name), *get_args(fields.get(name))) if each in of_types]
        assert rows.KINDS.get(name) == (of_types[of[0]] if of else None), name


@pytest.mark.parametrize(
    ("values", "written"),
    [
        (([1, 2], [0.5]), ([1.0, 2.0], [0.5])),
        (([[1]], [], [[0.5, None]]), ([[1.0]], [], [[0.5, None]])),
        (([1], [2, 3]), ([1], [2, 3])),
        (([True], [None]), ([True], [None])),
        (([1], ["a"]), ("[1]", '["a"]')),
        (([[1]], [["a"]]), ("[[1]]", '[["a"]]')),
        (([1, "a"], ["b"]), ('[1, "a"]', '["b"]')),
        (([{"a": 1}], [{"b": 0.5}]), ('[{"a": 1}]', '[{"b": 0.5}]')),
    ],
)
def test_the_elements_of_lists_in_a_column_are_of_one_type(
    values: tuple[JSON, ...], written: tuple[JSON, ...]
) -> None:
    kind = kinds.together({*map(kinds.of, values)})

    fitted = [kinds.fitted(value, kind) for value in values]
    assert repr(fitted) == repr([*written])


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
