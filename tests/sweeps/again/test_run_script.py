from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support import a_sweep
from sweepcli.records import Params, Run, RunState
from sweepcli.runs import paramfiles
from sweepcli.sweep_config import load
from sweepcli.sweeps.again import run_script
from sweepcli.sweeps.again.run_script import Place, Then

# Writes all that a program can see of its params and its place.
SEES = """\
import json, os, sys
print(json.dumps({"argv": sys.argv[1:], "cwd": os.getcwd(), "environ": dict(os.environ)}))
"""
HOSTILE: Params = {
    "text": "a 'b' \"c\" $HOME `id` \\ \n* é 🎉",
    "empty": "",
    "nothing": None,
    "yes": True,
    "small": 1e-05,
    "opt": {"name": "-rf", "betas": [0.9, "x y"]},
    "${run_dir}": "${HOME}",
    "odd name!": "\x1b[31m",
}


def written(
    folder: Path,
    command: list[str],
    *,
    params: Params | None = None,
    place: Place | None = None,
    then: Then | None = None,
    about: tuple[str, ...] = (),
) -> Path:
    """Write the script of a run of `see.py`, and that, into a folder."""
    raw = {
        "method": "grid",
        "program": "see.py",
        "command": command,
        "parameters": {"lr": {"value": 1}},
    }
    sweep = a_sweep(load.load_mapping(raw).raw)
    run = Run("r1", "s1", 3, "k", RunState.FINISHED, {"lr": 0.1} if params is None else params)
    place = place or Place({"/home/me/project": "code"}, "code")
    (folder / place.cwd).mkdir(parents=True)
    (folder / place.cwd / "see.py").write_text(SEES)
    (folder / "params.json").write_text(paramfiles.params_json(run.params))
    script = folder / run_script.NAME
    script.write_text(
        run_script.text(run, sweep, place, then or Then(sys.executable), about), "utf-8"
    )
    script.chmod(0o755)
    return script


def seen(script: Path, *more: str, cwd: Path | None = None, **environ: str) -> dict[str, Any]:
    """Start the script, and return what its program saw."""
    path = os.path.join(os.curdir, os.path.relpath(script, cwd)) if cwd else str(script)
    done = subprocess.run(
        [path, *more],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], **environ},
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


DEFAULT = ["${env}", "${interpreter}", "${program}", "${args}"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["plain", "with space", 'it\'s\n$(odd) "one"\n', "-n"])
def test_it_starts_the_program_where_the_code_is_from_any_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    script = written(folder, DEFAULT)

    for cwd in (None, tmp_path, folder, folder / "code"):
        found = seen(script, cwd=cwd, CDPATH="/")
        assert found["argv"] == ["--lr=0.1"]
        assert found["cwd"] == str(folder / "code")
        assert found["environ"]["SWEEPCLI_PARAMS_FILE"] == str(folder / "params.json")


def test_params_travel_by_arguments_environment_and_file_whatever_they_hold(tmp_path: Path) -> None:
    script = written(tmp_path, [*DEFAULT, "${args_json}", "${args_json_file}"], params=HOSTILE)

    found = seen(script)

    *arguments, as_json, file = found["argv"]
    assert arguments[0] == f"--text={HOSTILE['text']}"
    assert json.loads(as_json) == json.loads(Path(file).read_text()) == HOSTILE
    assert Path(file).parent == tmp_path
    for name, value in paramfiles.environment(HOSTILE).items():
        assert found["environ"][name] == value


def test_each_start_has_a_folder_of_its_own_for_what_it_writes(tmp_path: Path) -> None:
    script = written(tmp_path, [*DEFAULT, "${run_dir}", "--to=${checkpoint_dir}"])

    first, second = seen(script), seen(script)

    for found, number in ((first, 1), (second, 2)):
        files = str(tmp_path / f"started-{number}")
        assert found["argv"][1:] == [files, f"--to={files}/checkpoints"]
        assert found["environ"]["SWEEPCLI_RUN_DIR"] == found["environ"]["WANDB_DIR"] == files
        assert found["environ"]["SWEEPCLI_EVENTS"] == f"{files}/events.jsonl"
        assert os.path.isdir(f"{files}/checkpoints")
        assert found["environ"]["SWEEPCLI_RUN_ID"] != "r1"


def test_arguments_of_its_own_are_passed_on_behind_those_of_the_run(tmp_path: Path) -> None:
    assert seen(written(tmp_path, DEFAULT), "--lr=2", "a b")["argv"] == [
        *("--lr=0.1", "--lr=2", "a b")
    ]


def test_seeds_and_the_search_path_of_then_are_set(tmp_path: Path) -> None:
    then = Then(
        sys.executable,
        seeds={"PYTHONHASHSEED": "0", "PL_GLOBAL_SEED": "4 2"},
        search_path=["/home/me/project/src", "/opt/tools", "/home/me/project2"],
    )
    found = seen(written(tmp_path, DEFAULT, then=then), PYTHONPATH="/mine", PYTHONHASHSEED="7")

    assert found["environ"]["PYTHONHASHSEED"] == "0"
    assert found["environ"]["PL_GLOBAL_SEED"] == "4 2"
    *before, stand_in, mine = found["environ"]["PYTHONPATH"].split(":")
    assert before == [f"{tmp_path}/code/src", "/opt/tools", "/home/me/project2"]
    assert os.path.isdir(f"{stand_in}/wandb")
    assert mine == "/mine"


def test_a_persons_own_settings_of_wandb_stay(tmp_path: Path) -> None:
    script = written(tmp_path, DEFAULT)

    assert seen(script)["environ"]["WANDB_MODE"] == "offline"
    assert seen(script, WANDB_MODE="disabled")["environ"]["WANDB_MODE"] == "disabled"


def test_paths_of_the_code_lead_to_the_restored_one(tmp_path: Path) -> None:
    moves = {
        "/home/me/project": "code/pro\\1ject",
        "/etc/shared conf.yaml": "code/shared conf.yaml",
    }
    place = Place(moves, "code")
    command = [
        *("python", "see.py", "/home/me/project/conf.yaml", "--in=/home/me/project"),
        *("/home/me/project2/x", "/etc/shared conf.yaml", "/mnt/home/me/project/y"),
    ]

    assert seen(written(tmp_path, command, place=place))["argv"] == [
        f"{tmp_path}/code/pro\\1ject/conf.yaml",
        f"--in={tmp_path}/code/pro\\1ject",
        "/home/me/project2/x",
        f"{tmp_path}/code/shared conf.yaml",
        "/mnt/home/me/project/y",
    ]


def test_a_variable_that_the_command_names_must_be_set(tmp_path: Path) -> None:
    script = written(tmp_path, [*DEFAULT, "--key=${envvar:API_KEY}"])

    assert seen(script, API_KEY="a b")["argv"] == ["--lr=0.1", "--key=a b"]
    path = {"PATH": os.environ["PATH"]}
    done = subprocess.run([script], env=path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "API_KEY: is needed by the command" in done.stderr


@pytest.mark.parametrize(
    "command", [DEFAULT, ["python", "see.py"], ["env", "A=1", "python3", "see.py"]]
)
def test_the_interpreter_of_then_is_used_where_it_is(tmp_path: Path, command: list[str]) -> None:
    python = tmp_path / "own python"
    python.write_text(f'#!/bin/sh\nOWN=1 exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    script = written(tmp_path / "there", command, then=Then(str(python)))

    assert seen(script)["environ"]["OWN"] == "1"
    python.unlink()
    assert "OWN" not in seen(script)["environ"]


def test_what_it_says_at_its_top_can_start_nothing(tmp_path: Path) -> None:
    about = ("run r1", "missing\nrm -rf /\r\nodd\x0btouch here\u2028x")
    script = written(tmp_path, DEFAULT, about=about)

    assert seen(script)["argv"] == ["--lr=0.1"]
    assert "\n# rm -rf /\n" in script.read_text()
