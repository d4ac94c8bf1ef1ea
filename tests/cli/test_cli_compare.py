"""`sweep compare`: what differs in the code, the packages and the machines of two runs."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from command_lines import Call
from git_repository import commit, git
from launching import shown

pytestmark = pytest.mark.usefixtures("recorded_code")

CONFIG = """\
method: grid
metric: {name: loss}
command: [sh, train.sh, "${x}"]
parameters: {x: {values: [1]}}
"""
TRAIN = 'echo "{\\"loss\\": %s}" >> $SWEEPCLI_EVENTS\n# the end\n'


@pytest.fixture
def project(call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository, and three sweeps of a run each, with another train.sh for the second."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    (folder / "train.sh").write_text(TRAIN % 1)
    git("init", "-q", "-b", "main")
    commit()
    call("agent own.yaml", CONFIG)
    (folder / "train.sh").write_text(TRAIN % 2)
    (folder / "more.py").write_text("x = 1\n" * 60)
    call("agent own.yaml", CONFIG)
    (folder / "train.sh").write_text(TRAIN % 1)
    (folder / "more.py").unlink()
    call("agent own.yaml", CONFIG)
    return folder


@pytest.fixture
def runs(call: Call, project: Path) -> list[str]:
    """The runs, in the order in which they were made."""
    assert project.exists()
    sweeps = sorted(call("sweep ls --json").json, key=lambda each: float(each["created_at"]))
    return [call(f"sweep runs {each['path']} --json").json[0]["id"] for each in sweeps]


def test_the_files_that_differ_are_named_and_the_patch_begins(call: Call, runs: list[str]) -> None:
    answer = call(f"sweep compare {runs[0]} {runs[1]}")

    assert "code  2 files differ: " in answer.out
    assert "  A  more.py\n  M  train.sh\n" in answer.out
    assert "packages  the same" in answer.out
    assert "machine  the same" in answer.out
    assert "@@ -0,0 +1,60 @@\n+x = 1\n" in answer.out
    assert "more lines: --patch shows all" in answer.out


@pytest.mark.slow
def test_the_whole_patch_is_for_git(call: Call, project: Path, runs: list[str]) -> None:
    patch = call(f"sweep compare {runs[0]} {runs[1]} --patch").out

    subprocess.run(["git", "apply", "-"], cwd=project, input=patch, text=True, check=True)
    assert (project / "train.sh").read_text() == TRAIN % 2
    assert (project / "more.py").read_text() == "x = 1\n" * 60


@pytest.mark.slow
def test_the_same_code_is_called_that_whatever_was_committed_between(
    call: Call, runs: list[str]
) -> None:
    answer = call(f"sweep compare {runs[0]} {runs[2]}")

    assert "code  the same: " in answer.out
    assert call(f"sweep compare {runs[0]} {runs[2]} --patch").out == ""


@pytest.mark.slow
def test_json_has_the_patch_the_packages_and_the_machine(
    call: Call, project: Path, runs: list[str]
) -> None:
    [file] = (project / "sweep-results/.code/environments").glob("*.json")
    known = json.loads(file.read_text())
    packages = project / "sweep-results/.code/packages" / f"{known['packages']}.json"
    other = {**json.loads(packages.read_text()), "torch": "2.1"}
    (packages.parent / f"{'0' * 12}.json").write_text(json.dumps(other))
    changed = {**known, "id": "0" * 12, "packages": "0" * 12, "host": "far-away", "gpus": ["H100"]}
    (file.parent / f"{'0' * 12}.json").write_text(json.dumps(changed))
    _give(project, runs[1], "0" * 12)

    [found] = call(f"sweep compare {runs[0]} {runs[1]} --json").json["code"]

    assert found["runs"] == runs[:2]
    assert [each["path"] for each in found["files"]] == ["more.py", "train.sh"]
    assert found["patch"].startswith("diff --git a/more.py b/more.py\nnew file mode 100644\n")
    assert found["packages"] == [{"name": "torch", "then": None, "now": "2.1"}]
    assert found["machine"] == [
        {"name": "host", "then": os.uname().nodename, "now": "far-away"},
        {"name": "GPUs", "then": None, "now": "H100"},
    ]
    answer = call(f"sweep compare {runs[0]} {runs[1]}").out
    assert "  torch  none → 2.1\n" in answer
    assert f"  host  {os.uname().nodename} → far-away\n" in answer


def _give(project: Path, run_id: str, environment: str) -> None:
    """Let a run have had another environment."""
    import sqlite3  # noqa: PLC0415
    from contextlib import closing  # noqa: PLC0415

    with closing(sqlite3.connect(project / "sweep-results/sweeps.db")) as database:
        database.execute("UPDATE runs SET environment = ? WHERE id = ?", (environment, run_id))
        database.commit()


@pytest.mark.slow
def test_of_several_runs_each_is_compared_with_the_first_one(call: Call, runs: list[str]) -> None:
    answer = call(f"sweep compare {' '.join(runs)}")

    assert f"\n{runs[0]} and {runs[1]}\ncode  2 files differ" in answer.out
    assert f"\n{runs[0]} and {runs[2]}\ncode  the same" in answer.out
    assert "diff --git" not in answer.out
    assert "--patch needs two runs" in call(f"sweep compare {' '.join(runs)} --patch").err


@pytest.mark.slow
def test_what_was_not_recorded_is_said(call: Call, runs: list[str]) -> None:
    call("agent own.yaml", CONFIG + "code: 'off'\n")
    answer = call(f"sweep compare {runs[0]} latest")

    assert "was not recorded: its sweep has `code: off`" in answer.out
    assert call(f"sweep compare {runs[0]} latest --patch").code == 1
    assert call(f"sweep compare {runs[0]} latest --json").json["code"][0]["problem"]


@pytest.mark.slow
def test_a_patch_cannot_command_a_terminal_and_has_colours(
    call: Call, project: Path, runs: list[str]
) -> None:
    (project / "train.sh").write_text(TRAIN % 1 + "# \x1b]0;title\x07 red\n")
    call("agent own.yaml", CONFIG)

    with shown(f"sweep compare {runs[0]} latest --patch") as (terminal, process):
        terminal.until(lambda: process.poll() is not None)
        row = next(at for at, line in enumerate(terminal.lines) if line == "+#  red")
        colours = {cell.fg for cell in terminal.cells[row][:4]}

    assert colours == {"green"}
    assert "title" not in "\n".join(terminal.lines)
