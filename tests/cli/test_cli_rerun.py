"""`sweep rerun`: a new sweep of one run, with the code, the params and the seeds of then."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from command_lines import Call
from git_repository import commit, git
from postgres_server import Server

pytestmark = pytest.mark.usefixtures("recorded_code")

# The metric depends on the code, the config, a seed, and data that git ignores.
TRAIN = """\
import os
import sys
import wandb
import model
with wandb.init(config={"epochs": 3}) as run:
    scale = float(open("data/scale.txt").read())
    run.log({"loss": model.loss(run.config) * scale + float(os.environ.get("SEED", "0"))})
"""
MODEL = "def loss(config):\n    return config.lr * config.epochs + len(config.opt['name'])\n"
IMPORTS = """\
import json, os
import ours
lr = json.loads(os.environ["SWEEPCLI_PARAMS"])["lr"]
with open(os.environ["SWEEPCLI_EVENTS"], "a") as file:
    print(json.dumps({"loss": lr * ours.scale}), file=file)
"""
OPENS = IMPORTS.replace("import ours", "scale = open('conf/scale.yaml').read()").replace(
    "ours.scale", "float(scale)"
)
CONFIG = """\
method: random
program: train.py
run_cap: 2
metric: {name: loss, goal: minimize}
early_terminate: {type: hyperband, min_iter: 3}
parameters:
  lr: {min: 0.1, max: 0.9}
  opt: {parameters: {name: {values: ["a 'b' $c"]}}}
"""


@pytest.fixture
def project(call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository, and a sweep of two runs that has ended; model.py was changed but not added."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    (folder / "train.py").write_text(TRAIN)
    (folder / "model.py").write_text("old\n")
    (folder / ".gitignore").write_text("data/\n")
    (folder / "data").mkdir()
    (folder / "data" / "scale.txt").write_text("10\n")
    git("init", "-q", "-b", "main")
    commit()
    (folder / "model.py").write_text(MODEL)
    monkeypatch.setenv("SEED", "7")
    assert call("agent own.yaml", CONFIG).code == 0
    monkeypatch.delenv("SEED")
    return folder


@pytest.fixture
def first(call: Call, project: Path) -> tuple[str, float]:
    """The id of the first run, and its loss."""
    assert project.exists()
    found = next(run for run in call("sweep runs --json").json if run["number"] == 1)
    return found["id"], found["value"]


Ran = Callable[[str], float]


@pytest.fixture
def ran(call: Call) -> Ran:
    """Make a sweep by a command, run it, and return the loss of its only run."""

    def loss(command: str) -> float:
        answer = call(command)
        assert answer.code == 0, answer.err
        path = answer.out.strip()
        assert call(f"agent {path}").code == 0
        [run] = call(f"sweep runs {path} --json").json
        return float(run["value"])

    return loss


def edit(project: Path) -> None:
    git("checkout", "-q", ".")
    (project / "train.py").write_text("raise SystemExit('another program')\n")


def test_it_gives_the_same_metric_whatever_became_of_the_working_tree(
    project: Path, first: tuple[str, float], ran: Ran
) -> None:
    edit(project)

    assert ran(f"sweep rerun {first[0]}") == first[1]


@pytest.mark.slow
def test_a_run_of_a_frozen_sweep_has_the_same_code_again(
    call: Call, project: Path, ran: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEED", "7")
    path = call("sweep own.yaml", CONFIG + "code: frozen\n").out.strip()
    edit(project)
    call(f"agent {path}")
    run = call(f"sweep runs {path} --json").json[0]

    assert run["value"] is not None
    assert ran(f"sweep rerun {run['id']}") == run["value"]


@pytest.mark.slow
def test_frozen_code_of_another_results_directory_comes_from_the_store(
    call: Call, project: Path, ran: Ran, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWEEPCLI_STORE", postgres.new_database())
    path = call("sweep own.yaml", CONFIG + "code: frozen\n").out.strip()
    call(f"agent {path}")
    run = call(f"sweep runs {path} --json").json[0]
    (project / "sweep-results").rename(project.parent / "of another machine")
    shutil.rmtree(project / ".git")
    (project / "train.py").unlink()
    (project / "model.py").unlink()

    assert call(f"sweep restore {run['id']} old").code == 0
    assert (project / "old" / "code" / "model.py").read_text() == MODEL
    assert ran(f"sweep rerun {run['id']}") == run["value"]


@pytest.mark.slow
def test_an_editable_package_of_the_same_repository_is_that_of_then(
    call: Call, folder: Path, ran: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    venv.create(folder / ".venv", symlinks=True)
    [packages] = (folder / ".venv").glob("lib/*/site-packages")
    (packages / "ours.pth").write_text(f"{folder}/src\n")
    (folder / "src" / "ours").mkdir(parents=True)
    (folder / "src" / "ours" / "__init__.py").write_text("scale = 2\n")
    (folder / "train.py").write_text(IMPORTS)
    git("init", "-q")
    (folder / ".gitignore").write_text(".venv\n")
    commit()
    monkeypatch.setenv("PATH", f"{folder}/.venv/bin{os.pathsep}{os.environ['PATH']}")
    call("agent own.yaml", CONFIG.replace("run_cap: 2", "run_cap: 1"))
    run = call("sweep runs latest --json").json[0]
    (folder / "src" / "ours" / "__init__.py").write_text("scale = 3\n")

    assert ran(f"sweep rerun {run['id']}") == run["value"]
    assert call(f"sweep restore {run['id']} old").code == 0
    subprocess.run([folder / "old" / "run.sh"], check=True, cwd="/")
    events = (folder / "old" / "started-1" / "events.jsonl").read_text().splitlines()
    assert [json.loads(line)["loss"] for line in events] == [run["value"]]


@pytest.mark.slow
def test_what_cannot_be_frozen_and_has_changed_is_told(call: Call, project: Path) -> None:
    (project / "conf").mkdir()
    (project / "conf" / "scale.yaml").write_text("2")
    (project / "train.py").write_text(OPENS)
    call("agent own.yaml", CONFIG)
    run = call("sweep runs latest --json").json[0]

    assert "not frozen" not in call(f"sweep rerun {run['id']}").err
    (project / "conf" / "scale.yaml").write_text("3")
    answer = call(f"sweep rerun {run['id']}")

    assert "not frozen, and not what the run had: conf/scale.yaml; in the folder of" in answer.err
    assert f"`sweep restore {run['id']}`" in answer.err


@pytest.mark.slow
def test_a_search_path_from_the_working_directory_is_told_once_the_code_has_changed(
    call: Call, project: Path
) -> None:
    (project / "lib").mkdir()
    (project / "lib" / "ours.py").write_text("scale = 2\n")
    (project / "train.py").write_text("import sys\nsys.path.insert(0, 'lib')\n" + IMPORTS)
    call("agent own.yaml", CONFIG)
    run = call("sweep runs latest --json").json[0]

    assert "frozen" not in call(f"sweep rerun {run['id']}").err
    (project / "lib" / "ours.py").write_text("scale = 3\n")
    answer = call(f"sweep rerun {run['id']}")

    assert "not all is frozen: train.py: it adds a folder to sys.path" in answer.err
    assert f"`sweep restore {run['id']}`" in answer.err


@pytest.mark.slow
def test_another_value_is_given_by_with(
    call: Call, project: Path, first: tuple[str, float], ran: Ran
) -> None:
    edit(project)

    assert ran(f"sweep rerun {first[0]} --with lr=2 --with opt.name=x") == (2 * 3 + 1) * 10 + 7
    answer = call(f"sweep rerun {first[0]} --with epoch=2")
    assert "had no param 'epoch': it is a new one" in answer.err
    assert call(f"sweep rerun {first[0]} --with lr").code == 2
    assert call(f"sweep rerun {first[0]} --with 'lr=[1'").code == 2


@pytest.mark.slow
def test_the_new_sweep_says_of_which_run_it_is(call: Call, first: tuple[str, float]) -> None:
    answer = call(f"sweep rerun {first[0]} --json")

    assert answer.json["run"] == first[0]
    found = call(f"sweep show {answer.json['path']} --json").json
    assert found["name"] == f"run {first[0]} again"
    assert f"agent {answer.json['path']}" in answer.err.splitlines()[-1]


@pytest.mark.slow
def test_code_that_is_not_whole_any_more_is_refused_unless_the_current_is_wanted(
    call: Call, project: Path, first: tuple[str, float], ran: Ran
) -> None:
    shutil.rmtree(project / ".git")
    (project / "train.py").unlink()
    before = sorted((project / "sweep-results/me/demo").iterdir())

    answer = call(f"sweep rerun {first[0]}")

    assert (answer.code, answer.out) == (1, "")
    assert f"the code of run {first[0]} cannot be had as it was: train.py" in answer.err
    assert f"sweep rerun {first[0]} --current-code" in answer.err
    assert sorted((project / "sweep-results/me/demo").iterdir()) == before
    (project / "train.py").write_text(TRAIN)
    (project / "model.py").write_text("def loss(config):\n    return 1\n")
    assert ran(f"sweep rerun {first[0]} --current-code") == 17


def test_without_what_was_recorded_the_message_says_what_to_do(
    call: Call, project: Path, first: tuple[str, float]
) -> None:
    shutil.rmtree(project / "sweep-results/.code")

    answer = call(f"sweep rerun {first[0]}")

    assert (answer.code, answer.out) == (1, "")
    assert "sweep-results/.code any more; `sweep rerun" in answer.err
    assert f"{first[0]} --current-code` runs it with the code as it is now" in answer.err


@pytest.mark.slow
def test_of_code_that_was_never_recorded_the_current_is_used_and_that_is_said(
    call: Call, project: Path, ran: Ran
) -> None:
    path = call("sweep own.yaml", CONFIG + "code: 'off'\n").out.strip()
    call(f"agent {path}")
    (project / "model.py").write_text("def loss(config):\n    return 1\n")

    run = call(f"sweep runs {path} --json").json[0]["id"]

    answer = call(f"sweep rerun {run}")

    assert "`code: off`: the new sweep uses the code as it is now" in answer.err
    assert ran(f"sweep rerun {run}") == 10


def config_of(project: Path, path: str) -> dict[str, Any]:
    text = (project / "sweep-results" / path / "sweep.yaml").read_text()
    found: dict[str, Any] = yaml.safe_load(text)
    return found


@pytest.mark.slow
def test_seeds_of_then_stand_in_the_command(
    call: Call, project: Path, first: tuple[str, float]
) -> None:
    config = config_of(project, call(f"sweep rerun {first[0]}").out.strip())

    assert config["command"][:2] == ["${env}", "SEED=7"]
    assert "early_terminate" not in config


@pytest.mark.slow
def test_the_interpreter_of_then_is_used_where_it_is_another_one(
    call: Call, project: Path, first: tuple[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = project / "data" / "bin"
    other.mkdir()
    (other / "python").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", f"{other}{os.pathsep}{os.environ['PATH']}")

    path = call(f"sweep rerun {first[0]}").out.strip()

    command = config_of(project, path)["command"]
    assert os.path.join(os.path.dirname(sys.executable), "python") in command


@pytest.mark.slow
def test_an_interpreter_that_is_gone_and_other_packages_are_told(
    call: Call, project: Path, first: tuple[str, float]
) -> None:
    for file in (project / "sweep-results/.code/environments").glob("*.json"):
        known = json.loads(file.read_text())
        file.write_text(json.dumps({**known, "interpreter": "/gone/python"}))
    for file in (project / "sweep-results/.code/packages").glob("*.json"):
        file.write_text(json.dumps({**json.loads(file.read_text()), "torch": "2.1"}))

    answer = call(f"sweep rerun {first[0]}")

    assert "its Python, /gone/python (" in answer.err
    assert "1 package differs from what the run had" in answer.err
    assert "torch 2.1 → none" in answer.err


@pytest.mark.slow
def test_elsewhere_it_says_in_which_folder_the_run_was(
    call: Call, project: Path, first: tuple[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.parent / "away").mkdir(exist_ok=True)
    monkeypatch.chdir(project.parent / "away")

    answer = call(f"sweep rerun {first[0]} --dir {project / 'sweep-results'}")

    assert f"The run was in {project}: start the agent there" in answer.err


def test_a_run_that_was_a_call_of_a_function_is_refused_with_what_to_do(
    call: Call, folder: Path
) -> None:
    import sweepcli  # noqa: PLC0415

    config = {"method": "grid", "parameters": {"x": {"values": [1]}}}
    sweep = sweepcli.sweep(config, project="demo")
    sweepcli.agent(sweep, lambda: None)

    for command in ("sweep rerun", "sweep restore"):
        answer = call(f"{command} 1")
        assert answer.code == 1
        assert "was a call of a Python function" in answer.err
    assert not list(folder.glob("restored-*"))


@pytest.mark.slow
def test_source_that_the_config_excludes_is_reached_as_it_was(
    call: Call, project: Path, ran: Ran
) -> None:
    (project / "made.py").write_text("")
    (project / "train.py").write_text("import made\n" + TRAIN)
    config = f"{CONFIG}code: {{exclude: [made.py]}}\n"
    path = call("sweep own.yaml", config).out.strip()
    assert call(f"agent {path}").code == 0
    run = call(f"sweep runs {path} --json").json[0]

    assert ran(f"sweep rerun {run['id']}") == run["value"]
