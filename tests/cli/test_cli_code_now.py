"""`sweep best --format command`: it says so where the code is not what the run had."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from command_lines import Call
from git_repository import commit, git

pytestmark = pytest.mark.usefixtures("recorded_code")

CONFIG = """\
method: grid
metric: {name: loss}
command: [sh, train.sh, "${x}"]
parameters: {x: {values: [1]}}
"""


@pytest.fixture
def project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a program."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    (folder / "train.sh").write_text('echo "{\\"loss\\": 1}" >> $SWEEPCLI_EVENTS\n')
    git("init", "-q", "-b", "main")
    commit()
    return folder


def test_nothing_is_said_where_the_code_is_the_same(call: Call, project: Path) -> None:
    call("agent own.yaml", CONFIG)
    commit()

    answer = call("sweep best latest --format command")

    assert answer.out == "sh train.sh 1\n"
    assert "code" not in answer.err
    assert project.exists()


def test_an_edit_since_the_last_look_is_told(call: Call, project: Path) -> None:
    call("agent own.yaml", CONFIG)
    run = call("sweep runs latest --json").json[0]
    with (project / "train.sh").open("a") as file:
        file.write("# more\n")

    answer = call("sweep best latest --format command")

    assert (
        f"has changed since it was last looked at; run {run['id']} had {run['code']}" in answer.err
    )
    assert f"`sweep restore {run['id']}`" in answer.err
    assert "last looked at" not in call("sweep best latest --format args").err


@pytest.mark.slow
def test_a_version_that_another_agent_has_seen_since_is_named(call: Call, project: Path) -> None:
    path = call("sweep own.yaml", CONFIG).out.strip()
    call(f"agent {path}")
    run = call(f"sweep runs {path} --json").json[0]
    with (project / "train.sh").open("a") as file:
        file.write("# more\n")
    call("agent own.yaml", CONFIG)
    other = call("sweep runs latest --json").json[0]

    answer = call(f"sweep best {path} --format command")

    assert f"the code is now {other['code']}, and run {run['id']} had {run['code']}" in answer.err
