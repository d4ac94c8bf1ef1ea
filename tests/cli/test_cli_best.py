from __future__ import annotations

import shlex
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from command_lines import Call, Create

NESTED = """\
method: grid
metric: {name: loss}
command: [sh, -c, 'echo "{\\"loss\\": ${x}}" >> $SWEEPCLI_EVENTS', sh, "${%s}"]
parameters: {x: {values: [3, 1]}, opt: {parameters: {name: {value: "a b"}}}}
"""


def test_the_best_ones_are_a_table_the_best_first(call: Call, done: str) -> None:
    headings, *rows = call(f"sweep best {done} --top 2").out.splitlines()

    assert headings.split() == ["id", "loss", "step", "x"]
    assert [row.split()[1:] for row in rows] == [["1.0", "0", "1"], ["2.0", "0", "2"]]
    assert call(f"sweep best {done} --top 9").out.count("\n") == 4


def test_json_is_one_run_or_with_top_a_list(call: Call, done: str) -> None:
    one = call(f"sweep best {done} --json").json
    many = call(f"sweep best {done} --format json --top 1").json

    assert [one] == many
    assert call(f"sweep best {done} --format json").json == one


def test_yaml_has_what_json_has(call: Call, done: str) -> None:
    found = yaml.safe_load(call(f"sweep best {done} --format yaml").out)
    assert found == call(f"sweep best {done} --json").json


def test_args_are_those_of_the_command_ready_for_a_shell(call: Call, done: str) -> None:
    assert call(f"sweep best {done} --format args --top 2").out == "--x=1\n--x=2\n"


@pytest.mark.parametrize(
    ("macro", "args"),
    [
        ("args", ["--opt={'name': 'a b'}", "--x=1"]),
        ("args_no_hyphens", ["opt={'name': 'a b'}", "x=1"]),
        ("args_json", ['{"opt": {"name": "a b"}, "x": 1}']),
    ],
)
def test_args_are_made_by_the_macro_that_the_sweep_uses(
    call: Call, created: Create, macro: str, args: list[str]
) -> None:
    path = created(NESTED % macro)
    call(f"agent {path}")
    assert shlex.split(call(f"sweep best {path} --format args").out) == args


def test_yaml_says_that_it_cannot_hold_what_is_nested_too_deep(
    folder: Path, call: Call, created: Create
) -> None:
    path = created(
        "method: grid\nmetric: {name: loss}\nparameters: {x: {value: 1}}\n"
        """command: [sh, -c, 'echo "{\\"loss\\": 1}" >> $SWEEPCLI_EVENTS']\n"""
    )
    call(f"agent {path}")
    # As an earlier version took it, which read rows of any depth.
    with closing(sqlite3.connect(folder / "sweep-results" / "sweeps.db")) as database, database:
        deep = '{"loss": 1, "deep": ' + "[" * 400 + "]" * 400 + "}"
        database.execute("UPDATE runs SET summary = ?", (deep,))

    answer = call(f"sweep best {path} --format yaml")

    assert (answer.code, answer.out) == (1, "")
    assert "nested too deep for YAML; --format json has it" in answer.err


def test_two_forms_at_once_are_wrong(call: Call, done: str) -> None:
    answer = call(f"sweep best {done} --json --format args")
    assert (answer.code, answer.out) == (2, "")
