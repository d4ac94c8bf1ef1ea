"""`sweep check CONFIG --try LOG`: what `metrics_from` finds, before there is a run."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from command_lines import Answer, Call
from sweepcli.records import JSON

LOG = """\
start
epoch 1: loss 0.5 (best 0.5)
noise 3
epoch 2: loss 0.25
final loss: 0.125
"""


def tried(call: Call, log: str, source: JSON, options: str = "", **more: JSON) -> Answer:
    config = {
        "method": "grid",
        "metric": {"name": "loss"},
        "command": ["true"],
        "parameters": {"x": {"value": 1}},
        **({"metrics_from": source} if source else {}),
    }
    return call(f"sweep check own.yaml --try {log} {options}", json.dumps(config | more))


@pytest.fixture(autouse=True)
def log(folder: Path) -> None:
    (folder / "train.log").write_text(LOG)


def test_what_a_pattern_finds_is_shown_with_its_lines(call: Call) -> None:
    answer = tried(call, "train.log", {"output": [r"epoch {epoch}: loss {loss}", "x {y}"]})

    assert answer.code == 0
    assert answer.out.splitlines() == [
        "log     train.log: 2 of 5 lines match",
        "metric  loss (minimize): 2 numbers, from 0.25 to 0.5; the first 0.5 in line 2,",
        "        the last 0.25 in line 4",
        "patterns",
        "  pattern                       lines  first  last",
        "  'epoch {epoch}: loss {loss}'  2      2      4",
        "  'x {y}'                       0",
        "lines found",
        "  2  epoch=1 loss=0.5",
        "  4  epoch=2 loss=0.25",
        "not read, though the metric's name is in it",
        "  5  final loss: 0.125",
        "to read lines such as 'final loss: 0.125', write in the config",
        "  metrics_from: {output: ['epoch {epoch}: loss {loss}', 'x {y}', '\\bloss: {loss}']}",
    ]


def test_a_long_line_leaves_room_for_what_to_do(folder: Path, call: Call) -> None:
    (folder / "long.log").write_text(f"{'=' * 99} loss: 0.5\n")

    answer = tried(call, "long.log", None)

    assert "=…, write in the config\n  metrics_from: " in answer.out


@pytest.mark.parametrize("source", [None, {"output": "loss = {loss}"}])
def test_a_miss_has_exit_code_1_and_the_line_that_hits(source: JSON, call: Call) -> None:
    answer = tried(call, "train.log", source, "--json")

    assert (answer.code, answer.json["found"], answer.json["rows"]) == (1, False, [])
    assert [each["line"] for each in answer.json["near"]] == [2, 4, 5]
    again = yaml.safe_load(answer.json["metrics_from"])["metrics_from"]
    assert tried(call, "train.log", again, "--json").json["metrics"] == {
        "loss": {"count": 3, "first": 0.5, "last": 0.125}
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.csv", "loss,acc\n3,1\n2,1\n"), ("a.jsonl", '{"loss": 3}\n{"loss": 2}\n'), ("a.json", "")],
)
def test_a_file_is_read_as_the_source_that_the_config_has(
    name: str, text: str, call: Call, folder: Path
) -> None:
    (folder / name).write_text(text or '[{"loss": 3}, {"loss": 2}]')
    kind = "csv" if name.endswith("csv") else "json"

    answer = tried(call, name, {kind: f"${{run_dir}}/{name}"})

    assert answer.code == 0
    assert f"log     {name}: 2 of 2 rows match" in answer.out
    assert (
        "2 numbers, from 2 to 3; the first 3 in row 1, the last 2 in row 2"
        in answer.out.replace("\n        ", " ")
    )


def test_a_pipe_is_read(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(f"\rloss {i}\rloss {i + 1}\n" for i in range(20))
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))

    answer = tried(call, "-", {"output": "loss {loss}"})

    assert answer.code == 0
    assert "20 of 20 lines match" in answer.out
    assert "   5  loss=5\n   …  10 more\n  16  loss=16\n" in answer.out


def test_each_of_several_metrics_must_be_found(call: Call) -> None:
    several: dict[str, JSON] = {
        "method": "custom",
        "scheduler": {"engine": "optuna"},
        "metric": None,
        "metrics": [{"name": "loss"}, {"name": "best"}],
    }
    assert tried(call, "train.log", {"output": "loss {loss}"}, **several).code == 1
    assert tried(call, "train.log", {"output": ["loss {loss}", "best {best}"]}, **several).code == 0


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("own.yaml --try gone.log", 1, "ERROR gone.log: No such file or directory"),
        ("--try train.log", 2, "--try needs CONFIG.yaml"),
        ("own.yaml --try train.log --replay p", 2, "cannot be used with --replay"),
        ("- --try -", 2, "cannot both be standard input"),
    ],
)
def test_what_cannot_be_tried_is_said(line: str, code: int, said: str, call: Call) -> None:
    tried(call, "train.log", None)
    answer = call(f"sweep check {line}")
    assert (answer.code, said in answer.err) == (code, True)


def test_of_several_metrics_the_one_that_is_not_read_yet_gets_its_line(
    call: Call, folder: Path
) -> None:
    (folder / "both.log").write_text("acc=0.5 size=3\n")
    config = {
        "method": "custom",
        "scheduler": {"engine": "optuna"},
        "metrics": [{"name": "acc"}, {"name": "size"}],
        "command": ["true"],
        "parameters": {"x": {"min": 0.0, "max": 1.0}},
        "metrics_from": {"output": "acc={acc}"},
    }
    answer = call("sweep check own.yaml --try both.log", json.dumps(config))
    assert answer.code == 1
    assert r"metrics_from: {output: ['acc={acc}', '\bsize={size}']}" in answer.out
