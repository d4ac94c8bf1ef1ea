from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from command_lines import Call
from studies import study
from sweepcli.cli.files import export
from sweepcli.views.exports import formats


def test_the_command_knows_every_form() -> None:
    [form] = [param.type for param in export.params if param.name == "form"]
    assert isinstance(form, click.Choice)
    assert list(formats.FORMATS) == list(form.choices)


def test_csv_goes_to_the_standard_output(call: Call, done: str) -> None:
    answer = call(f"sweep export {done}")

    assert call(f"sweep export {done} -o -") == answer
    found = list(csv.DictReader(io.StringIO(answer.out)))
    assert [(row["params.x"], row["summary.loss"]) for row in found] == [
        *(("3", "3"), ("1", "1"), ("2", "2"))
    ]
    assert answer.err == ""


def test_the_form_is_that_of_the_file_s_name(folder: Path, call: Call, done: str) -> None:
    answer = call(f"sweep export {done} --history -o history.jsonl")

    lines = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
    assert [(row["_step"], row["loss"]) for row in lines] == [(0, 3), (0, 1), (0, 2)]
    assert (answer.out, answer.err.partition("\n")[0]) == ("", "sweepcli: wrote history.jsonl")


def test_an_ending_that_is_no_format_writes_nothing(folder: Path, call: Call, done: str) -> None:
    (folder / "a.csv").mkdir()
    before = {*folder.rglob("*")}

    for name in ("x.md", "x.txt", "x.xlsx", "x.csv.gz", "x.tsv", "x.", "x", ".csv", "a.csv/x"):
        for options in ("", "--history", "--spreadsheet"):
            answer = call(f"sweep export {done} {options} -o {name}")
            assert (answer.code, answer.out, {*folder.rglob("*")}) == (2, "", before)
            assert f"{name}: " in answer.err
            assert "end it with .csv, .json, .jsonl, .parquet or .html" in answer.err


def test_a_format_that_is_named_needs_no_ending(folder: Path, call: Call, done: str) -> None:
    for name in ("x.txt", "x", "x.csv.gz", "x.CSV"):
        assert call(f"sweep export {done} --format csv -o {name}").code == 0
        assert (folder / name).read_text().startswith("run,number,")


def test_a_pipe_gets_csv_as_the_standard_output_does(folder: Path, call: Call, done: str) -> None:
    os.mkfifo(folder / "pipe")
    with subprocess.Popen(["cat", folder / "pipe"], stdout=subprocess.PIPE, text=True) as reader:
        assert call(f"sweep export {done} -o pipe").code == 0
        assert reader.communicate()[0].startswith("run,number,")


def test_json_says_that_it_has_no_infinity(folder: Path, call: Call) -> None:
    (folder / "logged").write_text('{"loss": Infinity}\n')
    path = call("sweep own.yaml", FORMULAS).out.strip()
    call(f"agent --count 1 {path}")

    answer = call(f"sweep export {path} --json")

    assert "which JSON lacks, are null in summary.loss; csv and parquet have them" in answer.err
    assert answer.json[0]["summary.loss"] is None
    assert ",1e999\n" in call(f"sweep export {path}").out
    assert call(f"sweep export {path} --json --history").json[0]["loss"] is None


def test_json_is_a_form_and_a_flag(call: Call, done: str) -> None:
    as_flag = call(f"sweep export {done} --json").out
    assert json.loads(as_flag) == call(f"sweep export {done} --format json").json
    assert len(json.loads(as_flag)) == 3


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ("--json --format csv", 2, "cannot be used with"),
        ("--format xml", 2, "'xml' is not one of"),
        ("--format parquet", 2, "-o FILE.parquet"),
        ("--spreadsheet --json", 2, "--spreadsheet is for csv alone"),
        ("--spreadsheet -o runs.parquet", 2, "--spreadsheet is for csv alone"),
        ("--optuna study.db --spreadsheet", 2, "--optuna FILE cannot be used with"),
        ("--optuna study.db --history", 2, "--optuna FILE cannot be used with"),
        ("-o runs.csv --json", 2, "runs.csv ends with .csv, which is not json: name it runs.json"),
        ("-o runs.html --format csv", 2, "or leave the format out"),
        ("--optuna study.csv", 2, "study.csv: .csv is neither; name a database, .db or"),
        ("--optuna study", 2, "study: its name has no ending; name a database"),
        ("-o nowhere/runs.csv", 1, "nowhere/runs.csv cannot be written"),
    ],
)
def test_wrong_use_is_told(call: Call, done: str, options: str, code: int, message: str) -> None:
    answer = call(f"sweep export {done} {options}")
    assert (answer.code, answer.out) == (code, "")
    assert message in answer.err


@pytest.mark.slow
def test_a_study_is_written_for_optuna(call: Call, done: str) -> None:
    pytest.importorskip("optuna")

    answer = call(f"sweep export {done} --optuna study.db")

    assert answer.err.startswith(f"sweepcli: wrote the study {done!r} with 3 trials to study.db\n")
    with study("study.db", done) as found:
        assert found.best_params == {"x": 1}
    assert call(f"sweep export {done} --optuna study.db").code == 2


def test_a_study_without_optuna_names_the_extra(
    call: Call, done: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "sweepcli.views.exports.optuna_file", raising=False)
    monkeypatch.delattr("sweepcli.views.exports.optuna_file", raising=False)
    monkeypatch.setitem(sys.modules, "optuna", None)

    answer = call(f"sweep export {done} --optuna study.db")

    assert answer.code == 1
    assert "pip install 'sweepcli[optuna]'" in answer.err


FORMULAS = """
method: grid
command: [sh, -c, 'cat logged >> $SWEEPCLI_EVENTS']
parameters:
  a: {values: ["=1+1", "+x", "-1", "@SUM(A1)", "\\t=1", "\\r=1", "\uff1d1", "a=1", "", "'"]}
  b: {value: -1.5}
  c: {value: ["=1"]}
"""


def test_no_text_is_run_by_a_spreadsheet(folder: Path, call: Call) -> None:
    (folder / "logged").write_text('{"=evil": "=2+2", "+x": -2, "@y": "safe", "z": "-3"}\n')
    path = call("sweep own.yaml", FORMULAS).out.strip()
    call(f"agent {path}")

    assert call(f"sweep export {path} --spreadsheet -o runs.csv").code == 0
    assert call(f"sweep export {path} --spreadsheet --history -o history.csv").code == 0

    text = (folder / "runs.csv").read_bytes().decode()
    cells = ("'=1+1", "'+x", "'-1", "'@SUM(A1)", "'\t=1", '"\'\r=1"', "'\uff1d1", "a=1", "", "'")
    assert [each for each in cells if f",{each},-1.5," not in text] == []
    assert ',"[""=1""]",\'=2+2,-2,safe,\'-3\n' in text
    heading, first, *_ = (folder / "history.csv").read_text().splitlines()
    assert heading == "run,_step,_timestamp,'=evil,'+x,'@y,z"
    assert first.endswith(",'=2+2,-2,safe,'-3")


def test_without_the_option_an_export_has_what_was_logged(folder: Path, call: Call) -> None:
    (folder / "logged").write_text('{"=evil": "=2+2"}\n')
    path = call("sweep own.yaml", FORMULAS).out.strip()
    call(f"agent --count 1 {path}")

    assert ",=1+1,-1.5," in call(f"sweep export {path}").out
    assert call(f"sweep export {path} --history").out.startswith("run,_step,_timestamp,=evil\n")


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_what_no_file_can_hold_is_escaped_in_an_export(
    folder: Path, call: Call, ending: str
) -> None:
    if ending == "parquet":
        pytest.importorskip("pyarrow")
    (folder / "logged").write_text('{"\\ud800": "\\udfff"}\n')
    path = call("sweep own.yaml", FORMULAS).out.strip()
    call(f"agent --count 1 {path}")

    for kind in ("", "--history"):
        answer = call(f"sweep export {path} {kind} -o out.{ending}")
        assert (answer.code, answer.err.partition("\n")[0]) == (0, f"sweepcli: wrote out.{ending}")
        assert b"\\udfff" in (folder / f"out.{ending}").read_bytes()
