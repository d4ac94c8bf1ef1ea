from __future__ import annotations

from pathlib import Path

from command_lines import Call

RANDOM = """\
program: train.py
method: random
metric: {name: loss, goal: maximize}
parameters:
  lr: {distribution: log_uniform_values, min: 0.0001, max: 0.01}
  bs: {value: 16}
"""


def test_check_tells_the_space_and_the_first_command_lines(folder: Path, call: Call) -> None:
    answer = call(
        "sweep check own.yaml --draws 1",
        "program: train.py\nmethod: grid\nparameters: {bs: {values: [16, 32]}, lr: {value: 0.1}}\n",
    )

    assert answer.out.splitlines() == [
        "method  grid",
        "metric  none",
        "runs    2",
        "parameters",
        "  bs  one of 16, 32",
        "  lr  always 0.1",
        "first runs",
        "  1  /usr/bin/env python train.py --bs=16 --lr=0.1",
    ]
    assert not (folder / "sweep-results").exists()


def test_check_shows_what_the_agent_will_run(call: Call, path: str) -> None:
    checked = call("sweep check sweep.yaml --json").json

    call(f"agent {path}")
    ran = call(f"sweep runs {path} --json").json
    assert [draw["params"] for draw in checked["draws"]] == [run["params"] for run in ran]
    assert checked["draws"][0]["command"][2].startswith("echo tried 3;")


def test_random_sweep_without_a_seed_is_shown_by_example(call: Call) -> None:
    answer = call("sweep check own.yaml", RANDOM)

    assert "runs    continuous" in answer.out
    assert "for example" in answer.out
    assert "the sweep will draw one" in answer.err


def test_own_seed_makes_the_draws_those_of_the_sweep(call: Call) -> None:
    checked = call("sweep check own.yaml --json", f"seed: 3\nrun_cap: 2\n{RANDOM}").json

    assert (checked["size"], checked["run_cap"], checked["is_example"]) == (None, 2, False)
    assert len(checked["draws"]) == 2


def test_method_that_is_not_obeyed_yet_is_previewed_at_the_medians(call: Call) -> None:
    answer = call("sweep check own.yaml", RANDOM.replace("random", "custom"))

    assert answer.code == 0
    assert "method: custom needs `scheduler: {engine: optuna}`" in answer.err
    assert "  1  /usr/bin/env python train.py --bs=16 --lr=0.001" in answer.out


def test_what_is_known_only_later_stands_as_a_placeholder(call: Call) -> None:
    answer = call(
        "sweep check own.yaml",
        "method: grid\ncommand: [echo, '${args_json_file}', '${envvar:NOT_SET}']\n"
        "parameters: {x: {value: 1}}\n",
    )

    assert "  1  echo RUN_FOLDER/params.json '${envvar:NOT_SET}'" in answer.out
    assert "sweepcli: WARNING command: the environment has no variable NOT_SET" in answer.err


def test_a_command_that_passes_no_params_is_pointed_out_by_check_alone(call: Call) -> None:
    config = "method: grid\nparameters: {lr: {value: 1}}\ncommand: [python, t.py, '--lr=%s']\n"
    warning = "command: it passes no params"

    assert warning in call("sweep check own.yaml", config % "0.1").err
    assert warning not in call("sweep own.yaml", config % "0.1").err
    assert warning not in call("sweep check own.yaml", config % "${lr}").err
    assert warning not in call("sweep check own.yaml", RANDOM).err
    shell = "'import os; print(os.environ[\"SWEEPCLI_PARAMS\"])'"
    assert warning not in call("sweep check own.yaml", config.replace("'--lr=%s'", shell)).err


def test_check_says_how_runs_of_hydra_get_directories_of_their_own(call: Call) -> None:
    command = "[python, t.py, '${args_override_hydra}'%s]"
    config = f"method: grid\ncommand: {command}\nparameters: {{a: {{value: 1}}}}\n"
    element = "hydra.run.dir='${run_dir}/hydra'"

    assert f'add the element "{element}"' in call("sweep check own.yaml", config % "").err
    assert "WARNING" not in call("sweep check own.yaml", config % f', "{element}"').err
