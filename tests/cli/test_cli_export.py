from __future__ import annotations

import csv
import io
import json
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

    found = list(csv.DictReader(io.StringIO(answer.out)))
    assert [(row["params.x"], row["summary.loss"]) for row in found] == [
        *(("3", "3"), ("1", "1"), ("2", "2"))
    ]
    assert answer.err == ""


def test_the_form_is_that_of_the_file_s_name(folder: Path, call: Call, done: str) -> None:
    answer = call(f"sweep export {done} --history -o history.jsonl")

    lines = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
    assert [(row["_step"], row["loss"]) for row in lines] == [(0, 3), (0, 1), (0, 2)]
    assert (answer.out, answer.err) == ("", "sweepcli: wrote history.jsonl\n")


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
        ("--optuna study.db --history", 2, "--optuna FILE cannot be used with"),
        ("-o nowhere/runs.csv", 1, "nowhere/runs.csv cannot be written"),
    ],
)
def test_wrong_use_is_told(call: Call, done: str, options: str, code: int, message: str) -> None:
    answer = call(f"sweep export {done} {options}")
    assert (answer.code, answer.out) == (code, "")
    assert message in answer.err


def test_a_study_is_written_for_optuna(call: Call, done: str) -> None:
    pytest.importorskip("optuna")

    answer = call(f"sweep export {done} --optuna study.db")

    assert answer.err == f"sweepcli: wrote the study {done!r} with 3 trials to study.db\n"
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
