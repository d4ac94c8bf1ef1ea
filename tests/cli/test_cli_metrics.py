"""Programs that tell their metrics in ways of their own, and what `--wandb` makes of others."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest
import yaml

from command_lines import Bash, Call, Create
from sweepcli.records import JSON

PRINTS = """
import sys
x = float(sys.argv[1].partition("=")[2])
for epoch in range(3):
    print(f"epoch {epoch}: val_acc: {x * epoch / 10}", flush=True)
"""


FOLDS = """
import {library} as lib
for base in (0.6, 0.9, 0.7):
    run = lib.init(reinit=True)
    for epoch in range(2):
        run.log({{"val_acc": base + epoch / 100}})
    run.finish()
"""


def training(program: str, **config: JSON) -> str:
    """Write a program, and return the config of a sweep of it."""
    Path("train.py").write_text(program)
    whole = {
        "method": "grid",
        "command": [sys.executable, "train.py", "${args}"],
        "metric": {"name": "val_acc", "goal": "maximize"},
        "parameters": {"x": {"values": [1, 2]}},
    }
    return json.dumps(whole | config)


def best(call: Call, path: str) -> JSON:
    answer = call(f"agent {path}")
    assert answer.code == 0, answer.err
    found = call(f"sweep best --json {path}").out
    return json.loads(found) if found else None, answer.err


def test_metrics_are_taken_from_what_a_program_prints(call: Call, created: Create) -> None:
    path = created(training(PRINTS, metrics_from={"output": "epoch {epoch}: val_acc: {val_acc}"}))

    found, told = best(call, path)

    assert (found["params"], found["value"], found["step"]) == ({"x": 2}, 0.4, 2)
    assert found["summary"] == {"epoch": 2, "val_acc": 0.4}
    assert told.count("logs to its output, in lines that match metrics_from") == 1


@pytest.mark.parametrize(("over", "value"), [({}, 0.91), ({"over": {"inits": "min"}}, 0.61)])
def test_the_luckiest_of_three_folds_is_not_taken_for_the_run_without_a_warning(
    call: Call, created: Create, over: JSON, value: float
) -> None:
    metric = {"name": "val_acc", "goal": "maximize", **over}
    path = created(training(FOLDS.format(library="wandb"), metric=metric))

    found, told = best(call, path)

    assert found["value"] == pytest.approx(value)
    warned = "3 init() in a run log the same steps of 'val_acc'"
    assert told.count(warned) == (0 if over else 1)  # of two runs


@pytest.mark.parametrize("name", ["out.json", "out.jsonl", "out.csv"])
def test_metrics_are_taken_from_a_file_of_the_program(
    name: str, call: Call, created: Create
) -> None:
    program = """
import json, sys
path, x = sys.argv[1], float(sys.argv[2].partition("=")[2])
rows = [{"epoch": e, "val_acc": x * e / 10} for e in range(3)]
with open(path, "w") as file:
    if path.endswith(".csv"):
        lines = [f"{row['epoch']},{row['val_acc']}" for row in rows]
        print("epoch,val_acc", *lines, sep="\\n", file=file)
    elif path.endswith("l"):
        print(*map(json.dumps, rows), sep="\\n", file=file)
    else:
        json.dump(rows[-1], file)
"""
    path = f"${{run_dir}}/{name}"
    command: JSON = [sys.executable, "train.py", path, "${args}"]
    kind = "csv" if name.endswith("csv") else "json"
    path = created(training(program, command=command, metrics_from={kind: path}))

    found, told = best(call, path)

    assert (found["params"], found["value"]) == ({"x": 2}, 0.4)
    [where] = re.findall(r" logs to (/.+)\n", told)  # once, though each has a file of its own
    assert os.path.isfile(where)
    assert where.endswith(f"/1/{name}")


def test_a_pattern_that_never_matches_is_told_of(call: Call, created: Create) -> None:
    path = created(training(PRINTS, metrics_from={"output": "accuracy={val_acc}"}))
    _, told = best(call, path)

    assert told.count("no line that the run printed matches 'accuracy={val_acc}'") == 1
    assert "the run logged no metrics; the sweep optimises 'val_acc'" in told


def test_a_run_of_ones_own_launcher_is_read_at_its_end(call: Call, created: Create) -> None:
    path = created(training(PRINTS, metrics_from={"csv": "${run_dir}/log.csv"}))
    run = call(f"agent --next --json {path}").json
    with open(os.path.join(run["folder"], "log.csv"), "w", encoding="utf-8") as file:
        file.write("val_acc\n0.5\n0.75\n0.25\n")

    Path(run["folder"], "output.log").write_text("val_acc: 7\n")

    assert call(f"agent --done {run['id']}").code == 0
    assert call(f"sweep show --json {run['id']}").json["value"] == 0.75


# --wandb

LOGS = (
    "import wandb; wandb.init(); wandb.log({'val_acc': wandb.config.x}); print(wandb.__version__)"
)


@pytest.fixture
def fake(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Install a package that is called wandb, and shows that it was taken."""
    package = folder / "site" / "wandb"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("import sys; sys.exit('the real one')")
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    return str(package.parent)


def test_the_stand_in_serves_where_there_is_no_wandb(call: Call, created: Create) -> None:
    path = created(training(LOGS))
    found, told = best(call, path)

    assert found["value"] == 2
    assert told.count("logs through the stand-in for wandb") == 1


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("auto", "the real one"),
        ("real", "the real one"),
        ("off", "the real one"),
        ("stand-in", "0.31.0+sweepcli"),
    ],
)
def test_what_serves_can_be_chosen(
    word: str, said: str, call: Call, created: Create, fake: str
) -> None:
    assert fake
    path = created(training(LOGS))
    answer = call(f"agent --count 1 --wandb {word} {path}")

    assert said in answer.out
    assert answer.code == (0 if word == "stand-in" else 1)  # the fake one can do nothing


@pytest.mark.parametrize("word", ["real", "off"])
def test_without_the_stand_in_a_missing_wandb_is_missing(
    word: str, call: Call, created: Create
) -> None:
    path = created(training(LOGS))
    answer = call(f"agent --count 1 --wandb {word} {path}")
    assert "No module named 'wandb'" in answer.out


@pytest.mark.usefixtures("recorded_code")
def test_off_says_nothing_to_wandb(call: Call, created: Create) -> None:
    path = created(training("import os; print([n for n in os.environ if n.startswith('WANDB_')])"))
    assert call(f"agent --count 1 --wandb off {path}").out == "[]\n"


def test_what_the_mode_of_a_person_means_is_said(
    call: Call, created: Create, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = created(training(LOGS))
    monkeypatch.setenv("WANDB_MODE", "disabled")
    _, told = best(call, path)

    assert "WARNING WANDB_MODE=disabled is set: wandb logs nothing" in told


def test_a_wrong_choice_is_wrong_usage(call: Call, path: str) -> None:
    assert call(f"agent --wandb nonsense {path}").code == 2


# sweepcli run

SWEEPS = """
import sys, wandb
def train():
    run = wandb.init()
    wandb.log({"loss": run.config.x})
sweep_id = wandb.sweep(
    {"method": "grid", "metric": {"name": "loss"}, "parameters": {"x": {"values": [2, 1]}}},
    project="own",
)
wandb.agent(sweep_id, function=train, count=5)
best = wandb.Api().sweep(sweep_id).best_run()
print(best.config, best.summary, best.state, sys.argv[1:])
"""


def test_a_script_that_makes_its_own_sweeps_runs_unchanged(bash: Bash, folder: Path) -> None:
    (folder / "own.py").write_text(SWEEPS)

    for line in ("own.py --epochs 3", "python own.py --epochs 3", "-- own.py --epochs 3"):
        answer = bash(f"sweepcli run {line}")
        assert (answer.code, answer.out) == (
            *(0, "{'x': 1} {'loss': 1} finished ['--epochs', '3']\n"),
        ), answer.err


def test_the_exit_code_of_the_script_is_ours(bash: Bash) -> None:
    assert bash("sweepcli run sh -c 'exit 7'").code == 7
    missing = bash("sweepcli run nothing-of-this-name")
    assert missing.code == 1
    assert missing.err.startswith("sweepcli: ERROR cannot start 'nothing-of-this-name'")
    assert bash("sweepcli run").code == 2


# Runs that log nothing

UNREAD = (
    "2 runs finished without 'val_acc'",
    "`metrics_from: {output: '\\bval_acc: {val_acc}'}` (there it reads val_acc=",
)


def test_runs_without_the_metric_are_told_by_all_who_say_what_is_best(
    call: Call, created: Create
) -> None:
    path = created(training(PRINTS))
    answers = [call(f"agent {path}").err, call(f"sweep show {path}").out]
    answers += [call(f"sweep best {path}").err]

    for answer in (re.sub(r"\s+", " ", each) for each in answers):
        assert all(words in answer for words in UNREAD)


def test_the_line_that_is_said_reads_the_metric(call: Call, created: Create) -> None:
    path = created(training(PRINTS, metrics_from={"output": "no {x}"}))
    call(f"agent {path}")
    found = call(f"sweep show --json {path}").json["without_metric"]
    assert (found["metric"], found["runs"]) == ("val_acc", 2)

    again = yaml.safe_load(found["metrics_from"])
    assert again == {"metrics_from": {"output": ["no {x}", r"\bval_acc: {val_acc}"]}}
    best_run, _ = best(call, created(training(PRINTS, **again)))
    assert (best_run["params"], best_run["value"]) == ({"x": 2}, 0.4)


def test_a_run_of_ones_own_launcher_is_told_what_it_printed(call: Call, created: Create) -> None:
    path = created(training(PRINTS, metrics_from={"csv": "${run_dir}/log.csv"}))
    run = call(f"agent --next --json {path}").json
    Path(run["folder"], "output.log").write_text("val_acc: 7\n")

    told = call(f"agent --done {run['id']}").err

    assert f"the run did not write {run['folder']}/log.csv" in told
    assert "csv: '${run_dir}/log.csv'}` (there it reads val_acc=7)" in told


def test_a_file_that_is_missing_is_named_once_with_its_path(call: Call, created: Create) -> None:
    path = created(training(PRINTS, metrics_from={"csv": "${run_dir}/log.csv"}))
    [where] = re.findall("the run did not write (/.+)", call(f"agent {path}").err)
    assert where.endswith("/1/log.csv")


def test_a_sweep_whose_runs_have_the_metric_says_nothing_of_it(call: Call, created: Create) -> None:
    path = created(training(PRINTS, metrics_from={"output": "val_acc: {val_acc}"}))
    assert "without" not in call(f"agent {path}").err
    assert call(f"sweep show --json {path}").json["without_metric"] is None
