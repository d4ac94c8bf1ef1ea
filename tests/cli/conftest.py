from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from command_lines import CONFIG, Answer, Bash, Call, Create
from launching import environment
from sweepcli.__main__ import group
from sweepcli.cli import program
from sweepcli.cli.agent import agent
from sweepcli.cli.sweep import sweep


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with sweep.yaml in it, and nothing in the environment but two names."""
    for name in os.environ:
        if name.startswith(("WANDB_", "SWEEPCLI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SWEEPCLI_ENTITY", "me")
    monkeypatch.setenv("SWEEPCLI_PROJECT", "demo")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sweep.yaml").write_text(CONFIG)
    return tmp_path


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


@pytest.fixture
def done(call: Call, path: str) -> str:
    """Run the sweep of sweep.yaml, of whose runs the third fails, and return its path."""
    call(f"agent {path}")
    return path


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
