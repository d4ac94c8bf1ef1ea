"""`sweep restore`: a run's code in a folder, and a script that gives the same metric."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from command_lines import Call
from git_repository import commit, git

pytestmark = pytest.mark.usefixtures("recorded_code")

# Deterministic: the metric depends on the code, the config, and a file of the repository.
TRAIN = """\
import os
import sys
import wandb
import model
with wandb.init(config={"epochs": 3}) as run:
    scale = float(open("scale.csv").read())
    run.log({"loss": model.loss(run.config) * scale})
    print("ran", run.config.lr, run.config.opt["name"], os.environ.get("SEED"))
"""
MODEL = "def loss(config):\n    return config.lr * config.epochs + len(config.opt['name'])\n"
CONFIG = """\
method: grid
program: train.py
metric: {name: loss}
parameters:
  lr: {values: [0.5, 0.25]}
  opt: {parameters: {name: {value: "a 'b' $c"}}}
"""


@pytest.fixture
def project(call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository, and a sweep of two runs that has ended; model.py was changed but not added."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    (folder / "train.py").write_text(TRAIN)
    (folder / "model.py").write_text("old\n")
    (folder / "scale.csv").write_text("10\n")
    (folder / ".gitignore").write_text("secret.env\ndata/\n")
    git("init", "-q", "-b", "main")
    commit()
    (folder / "model.py").write_text(MODEL)
    (folder / ".env").write_text("KEY=1\n")
    (folder / "data").mkdir()
    monkeypatch.setenv("SEED", "7")
    assert call("agent own.yaml", CONFIG).code == 0
    monkeypatch.delenv("SEED")
    return folder


def losses(call: Call) -> dict[int, float]:
    return {run["number"]: run["value"] for run in call("sweep runs --json").json}


def started(script: Path, *words: str, **environ: str) -> tuple[str, list[dict[str, Any]]]:
    """Start a script that was restored; return what it prints and what it logs."""
    path = f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}"
    kept = {"PATH": path, "HOME": os.environ["HOME"], **environ}
    done = subprocess.run(
        [script, *words], env=kept, cwd="/", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    newest = max(script.parent.glob("started-*"), key=lambda each: int(each.name.partition("-")[2]))
    lines = (newest / "events.jsonl").read_text().splitlines()
    return done.stdout, [json.loads(line) for line in lines]


def loss_of(script: Path) -> float:
    _, events = started(script)
    return next(float(each["loss"]) for each in events if "loss" in each)


def test_run_sh_gives_the_same_metric_whatever_became_of_the_working_tree(
    call: Call, project: Path
) -> None:
    old = losses(call)
    git("checkout", "-q", ".")
    (project / "train.py").write_text("raise SystemExit('another program')\n")
    commit()

    for number in (1, 2):
        answer = call(f"sweep restore {number} 'to {number}'")
        assert (answer.code, answer.out) == (0, f"to {number}\n")
        script = project / f"to {number}" / "run.sh"
        assert loss_of(script) == old[number]
        assert started(script)[0].startswith(f"ran {[0.5, 0.25][number - 1]} a 'b' $c 7")
    assert "Next: 'to 2/run.sh'" in answer.err


@pytest.mark.slow
def test_the_folder_of_the_old_run_is_not_touched(call: Call, project: Path) -> None:
    call("sweep restore 1")
    [folder] = project.glob("restored-*")
    results = project / "sweep-results"
    before = {path: path.lstat().st_mtime_ns for path in results.rglob("*") if "runs" in path.parts}

    started(folder / "run.sh")
    started(folder / "run.sh")

    assert {
        path: path.lstat().st_mtime_ns for path in results.rglob("*") if "runs" in path.parts
    } == before
    assert sorted(each.name for each in folder.iterdir()) == [
        *(
            ".gitignore",
            "code",
            "packages.txt",
            "params.json",
            "params.yaml",
            "run.sh",
            "started-1",
            "started-2",
        )
    ]


@pytest.mark.slow
@pytest.mark.parametrize("has_git", [True, False])
def test_what_was_restored_is_no_new_code_of_the_working_tree(
    call: Call, project: Path, *, has_git: bool
) -> None:
    if not has_git:
        shutil.rmtree(project / ".git")
        call("agent own.yaml", CONFIG)
    code = call("sweep runs latest --json").json[0]["code"]
    call("sweep restore 1")

    call("agent own.yaml", CONFIG)

    assert call("sweep runs latest --json").json[0]["code"] == code
    assert "restored-" not in call("sweep restore 1 other").err


@pytest.mark.slow
def test_what_is_not_there_is_said_with_what_to_do(call: Call, project: Path) -> None:
    answer = call("sweep restore latest")

    assert ".env (may be a secret, by its name)" in answer.err
    assert f"{project} has more, which is no part of that code: data; link or copy" in answer.err
    about = next(project.glob("restored-*/run.sh")).read_text()
    commit_id = git("rev-parse", "HEAD")
    for words in (
        f"commit: {commit_id}",
        "with changes",
        ".env: may be",
        f"Python: {sys.version.split()[0]}",
    ):
        assert words in about
    assert "packages differ" not in answer.err


@pytest.mark.slow
def test_what_git_ignores_beside_data_of_the_commit_is_said(call: Call, project: Path) -> None:
    (project / "data" / "small.csv").write_text("1\n")
    (project / "model.py").write_text(f"{MODEL}# another version\n")
    git("add", "--force", "data/small.csv")
    commit()
    (project / "data" / "cache").mkdir()
    call("agent own.yaml", CONFIG)

    assert (
        f"{project} has more, which is no part of that code: data/cache; link"
        in call("sweep restore 1").err
    )


@pytest.mark.slow
def test_data_of_the_commit_that_is_changed_is_said(call: Call, project: Path) -> None:
    (project / "data" / "small.csv").write_text("1\n")
    git("add", "--force", "data/small.csv")
    commit()
    (project / "model.py").write_text(f"{MODEL}# another version\n")
    (project / "data" / "small.csv").write_text("2\n")
    call("agent own.yaml", CONFIG)

    answer = call("sweep restore 1")

    assert (
        f"as in the commit, and not as it is now in {project}: data/small.csv; copy" in answer.err
    )
    [restored] = project.glob("restored-*/code/**/small.csv")
    assert restored.read_text() == "1\n"


@pytest.mark.slow
def test_a_full_folder_and_a_file_are_refused_and_stay(call: Call, project: Path) -> None:
    (project / "full").mkdir()
    (project / "full" / "mine").write_text("mine")
    (project / "empty").mkdir()

    for name in ("full", "train.py"):
        answer = call(f"sweep restore 1 {name}")
        assert answer.code == 2
        assert f"{name} is not an empty folder" in answer.err
    assert [each.name for each in (project / "full").iterdir()] == ["mine"]
    assert call("sweep restore 1 empty").code == 0
    assert call("sweep restore 1 a/new/one").code == 0


@pytest.mark.slow
def test_code_that_is_gone_is_named_and_the_exit_code_says_so(call: Call, project: Path) -> None:
    shutil.rmtree(project / ".git")
    (project / "train.py").unlink()
    (project / "model.py").unlink()

    answer = call("sweep restore 1 there --json")

    assert answer.code == 1
    assert {"train.py"} <= {*answer.json["missing"]} <= {"train.py", "model.py"}
    assert "missing: " in answer.err
    assert not list(project.glob("there.*"))


@pytest.mark.slow
def test_a_file_with_a_newline_in_its_name_is_named_on_one_line(call: Call, project: Path) -> None:
    (project / "a\nb").mkdir()

    answer = call("sweep restore 1 there")

    assert "a\\nb" in answer.err


@pytest.mark.slow
def test_nothing_is_written_where_nothing_can_be_had(call: Call, project: Path) -> None:
    shutil.rmtree(project / ".git")
    for each in project.iterdir():
        if each.is_file():
            each.unlink()
    shutil.rmtree(project / "sweep-results/.code/files", ignore_errors=True)

    answer = call("sweep restore 1 there")

    assert answer.code == 1
    assert "nothing of the code can be had" in answer.err
    assert not list(project.glob("there*"))


@pytest.mark.slow
def test_a_run_of_another_host_says_where_its_code_is(
    call: Call, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(project / "sweep-results/.code")
    system = os.uname()
    elsewhere = os.uname_result((system.sysname, "far-away", *system[2:]))
    monkeypatch.setattr(os, "uname", lambda: elsewhere)

    answer = call("sweep restore 1")

    assert answer.code == 1
    assert f"is recorded on {system.nodename}, where it ran: call this there" in answer.err


@pytest.mark.slow
@pytest.mark.usefixtures("project")
def test_code_that_was_never_recorded_is_said_with_the_reason(call: Call) -> None:
    call("agent own.yaml", CONFIG + "code: 'off'\n")
    answer = call("sweep restore 1")

    assert answer.code == 1
    assert "its sweep has `code: off`" in answer.err
    assert "sweep rerun" in answer.err


@pytest.mark.slow
def test_a_run_that_has_not_started_has_no_code(call: Call, project: Path) -> None:
    call("sweep own.yaml", CONFIG)
    answer = call("sweep restore 1")

    assert answer.code == 1
    assert not list(project.glob("restored-*"))


@pytest.mark.slow
def test_a_package_that_differs_is_told(call: Call, project: Path) -> None:
    [packages] = (project / "sweep-results/.code/packages").glob("*.json")
    known = json.loads(packages.read_text())
    packages.write_text(json.dumps({**known, "torch": "2.1", "click": "0.1"}))

    answer = call("sweep restore 1")

    assert "2 packages differ from what the run had" in answer.err
    assert "torch 2.1 → none" in answer.err
    assert "torch==2.1\n" in next(project.glob("restored-*/packages.txt")).read_text()


def test_a_search_path_beside_the_results_directory_is_kept(
    call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{folder}/sweep-results-tools")
    monkeypatch.setenv("SWEEPCLI_WANDB", "stand-in")
    (folder / "train.py").write_text("")
    assert call("agent own.yaml", CONFIG).code == 0

    assert call("sweep restore latest out").code == 0

    assert "sweep-results-tools" in (folder / "out" / "run.sh").read_text()
