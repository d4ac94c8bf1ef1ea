from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from command_lines import CONFIG, Answer, Bash, Call, Create
from launching import environment
from sweepcli import env
from sweepcli.__main__ import group
from sweepcli.cli import program
from sweepcli.cli.agent import agent
from sweepcli.cli.sweep import sweep


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with sweep.yaml in it, and nothing in the environment but two names."""
    return work_in(tmp_path, monkeypatch)


def work_in(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    for name in os.environ:
        if name.startswith(("WANDB_", "SWEEPCLI_")) and name != env.DISABLE_CODE:
            patch.delenv(name)
    patch.setenv("SWEEPCLI_ENTITY", "me")
    patch.setenv("SWEEPCLI_PROJECT", "demo")
    patch.chdir(folder)
    (folder / "sweep.yaml").write_text(CONFIG)
    return folder


@pytest.fixture
def call(folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run one of our commands in this process, by its command line."""
    commands = {"sweep": sweep, "agent": agent, "sweepcli": group}

    def run(line: str, config: str | None = None) -> Answer:
        if config is not None:
            (folder / "own.yaml").write_text(config)
        name, *args = shlex.split(line)
        capfd.readouterr()
        monkeypatch.setattr(sys, "argv", [name, *args])
        code = program.run(commands[name], args)
        return Answer(code, *capfd.readouterr())

    return run


@pytest.fixture
def bash(folder: Path) -> Bash:
    """Run a script in bash, with the installed commands on its PATH."""
    environ = environment()

    def run(script: str) -> Answer:
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def path(call: Call) -> str:
    """Create the sweep of sweep.yaml, and return its path."""
    return call("sweep sweep.yaml").out.strip()


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the sweep of sweep.yaml, and return the results, of which tests get copies."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(env.DISABLE_CODE, "true")
        folder = work_in(tmp_path_factory.mktemp("done"), patch)
        assert program.run(agent, ["sweep.yaml"]) == 0
    return folder / "sweep-results"


@pytest.fixture
def done(folder: Path, results: Path) -> str:
    """Return the path of the sweep of sweep.yaml after its runs, of which the third has failed."""
    copy = shutil.copytree(results, folder / "sweep-results")
    [path] = copy.glob("me/demo/*")
    return str(path.relative_to(copy))


@pytest.fixture
def ids(call: Call, done: str) -> list[str]:
    """Return the ids of the three runs of sweep.yaml, which are over."""
    return [run["id"] for run in call(f"sweep runs {done} --json").json]


@pytest.fixture
def failed(ids: list[str]) -> str:
    """Return the id of the run of sweep.yaml that failed."""
    return ids[2]


@pytest.fixture
def created(call: Call) -> Create:
    """Create a sweep of the test's own config, in own.yaml, and return its path."""
    return lambda config: call("sweep own.yaml", config).out.strip()
