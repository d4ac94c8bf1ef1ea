from __future__ import annotations

import re
import shlex
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
import yaml

import sweepcli
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


def test_a_best_run_that_failed_is_named_as_that(call: Call, created: Create) -> None:
    path = created(
        """\
method: grid
metric: {name: loss}
command: [sh, -c, 'echo "{\\"loss\\": 1}" >> $SWEEPCLI_EVENTS; echo ValueError: bad; exit 2']
parameters: {x: {value: 1}}
"""
    )
    call(f"agent -q {path}")
    why = "failed (exit code 2: ValueError: bad)"

    assert f"state  {why}" in call(f"sweep best {path}").out
    assert f"loss=1; {why}" in call(f"sweep show {path}").out
    assert call(f"sweep show {path} --json").json["best"]["state"] == "failed"


def test_json_is_one_run_or_with_top_a_list(call: Call, done: str) -> None:
    one = call(f"sweep best {done} --json").json
    many = call(f"sweep best {done} --format json --top 1").json

    assert [one] == many
    assert call(f"sweep best {done} --format json").json == one


def test_yaml_has_what_json_has(call: Call, done: str) -> None:
    found = yaml.safe_load(call(f"sweep best {done} --format yaml").out)
    assert found == call(f"sweep best {done} --json").json


def test_where_the_program_had_no_arguments_args_are_the_params(call: Call, done: str) -> None:
    answer = call(f"sweep best {done} --format args --top 2")

    assert answer.out == "--x=1\n--x=2\n"
    assert "no arguments behind its program" in answer.err


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


TRAIN = """\
import json, os, sys
with open(os.environ["SWEEPCLI_EVENTS"], "a") as file:
    print(json.dumps({"loss": json.loads(os.environ["SWEEPCLI_PARAMS"])["lr"]}), file=file)
"""
COMMAND = """\
method: grid
metric: {name: loss}
program: t.py
%s
parameters: {lr: {values: [0.5, 0.1]}, tag: {value: "it's a b"}, amp: {value: true}}
"""


def best_of(call: Call, created: Create, folder: Path, command: str) -> tuple[str, list[str]]:
    """Run a sweep of this command; return the best run's whole line, and the words of its args."""
    (folder / "t.py").write_text(TRAIN)
    path = created(COMMAND % command)
    call(f"agent {path}")
    line = call(f"sweep best {path} --format command").out
    return line.strip(), shlex.split(call(f"sweep best {path} --format args").out)


def test_args_have_named_macros_and_literals_of_the_command(
    folder: Path, call: Call, created: Create
) -> None:
    command = "command: [python, t.py, experiment=a, --learning-rate, '${lr}', '--tag=${tag}']"

    line, args = best_of(call, created, folder, command)

    assert args == ["experiment=a", "--learning-rate", "0.1", "--tag=it's a b"]
    assert shlex.split(line) == ["python", "t.py", *args]


def test_args_have_the_form_that_the_command_gave_them(
    folder: Path, call: Call, created: Create
) -> None:
    line, args = best_of(call, created, folder, "args_style: argparse")

    assert args == ["--amp", "--lr=0.1", "--tag=it's a b"]
    assert shlex.split(line)[-5:] == [*shlex.split(line)[-5:-3], *args]
    assert shlex.split(line)[-4] == "t.py"


def test_a_line_has_no_secret_and_lets_the_shell_fill_it_in(
    folder: Path, call: Call, created: Create, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", "hidden $x")
    command = "command: [python, t.py, '--key=${envvar:KEY}&', '${envvar:KEY}', '--lr=${lr}']"

    line, _ = best_of(call, created, folder, command)

    assert line == """python t.py --key="${KEY}"'&' "${KEY}" --lr=0.1"""
    shell = subprocess.run(["sh", "-c", f"printf '%s,' {line}"], capture_output=True, check=True)
    assert shell.stdout == b"python,t.py,--key=hidden $x&,hidden $x,--lr=0.1,"


def test_what_runs_again_is_what_the_run_had_not_what_the_config_says_now(
    folder: Path, call: Call, created: Create
) -> None:
    before = "command: [python, t.py, --old, '--lr=${lr}', '--out=${run_dir}']"
    line, _ = best_of(call, created, folder, before)
    (path,) = [each["path"] for each in call("sweep ls --json").json]
    call(f"sweep --update {path} own.yaml", COMMAND % "command: [python, t.py, '--new=${lr}']")

    answer = call(f"sweep best {path} --format command")

    assert answer.out.strip() == line
    assert "--old --lr=0.1 --out=/" in line


def test_a_line_that_writes_where_the_run_wrote_says_so(
    folder: Path, call: Call, created: Create
) -> None:
    (folder / "t.py").write_text(TRAIN)
    path = created(COMMAND % "command: [python, t.py, '--lr=${lr}', '--out=${run_dir}']")
    call(f"agent {path}")
    said = call(f"sweep best {path} --format command").err
    assert "names the run's own folder" in said
    assert re.search(r"`sweep rerun \w+` gives it a new one", said)


def test_a_line_is_made_from_the_config_where_there_is_no_record(
    folder: Path, call: Call, created: Create
) -> None:
    line, args = best_of(call, created, folder, "command: [python, t.py, '${args_no_hyphens}']")
    for record in folder.glob("sweep-results/**/command.json"):
        record.unlink()
    (path,) = [each["path"] for each in call("sweep ls --json").json]

    assert call(f"sweep best {path} --format command").out.strip() == line
    assert args == ["amp=True", "lr=0.1", "tag=it's a b"]


def test_a_sweep_over_a_function_has_no_command_line(call: Call) -> None:
    config = {"method": "grid", "metric": {"name": "loss"}, "parameters": {"x": {"value": 1}}}
    sweep = sweepcli.sweep(config)
    sweepcli.agent(sweep, lambda: sweepcli.init().log({"loss": 1.0}))

    answer = call(f"sweep best {sweep} --format command")

    assert (answer.code, answer.out) == (1, "")
    assert "runs a Python function and has no command line" in answer.err


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
