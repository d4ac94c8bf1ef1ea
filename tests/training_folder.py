"""The folder of a run as an agent prepares it, and scripts that run in it, for tests of the SDK."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sweepcli
from sweepcli import env


class Folder:
    """The folder of a run as an agent prepares it, and what the run wrote there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.events_path = path / "events.jsonl"
        self.give({"lr": 0.1})

    def give(self, params: dict[str, Any]) -> None:
        (self.path / "params.json").write_text(json.dumps(params))

    @property
    def environ(self) -> dict[str, str]:
        return {
            env.EVENTS: str(self.events_path),
            env.PARAMS_FILE: str(self.path / "params.json"),
            env.RUN_ID: "run00001",
            env.SWEEP_ID: "sweep001",
            env.ENTITY: "me",
            env.PROJECT: "digits",
            env.RUN_DIR: str(self.path),
            env.ATTEMPT: "1",
        }

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        lines = self.events_path.read_text().splitlines()
        return [event for line in lines if (event := json.loads(line)).get("_event") == kind]

    def rows(self) -> list[dict[str, Any]]:
        return [
            {key: value for key, value in row.items() if key not in ("_init", "_timestamp")}
            for row in self.events()
        ]

    def config(self) -> dict[str, Any]:
        config: dict[str, Any] = self.events("config")[-1]["config"]
        return config


def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give a test a process that no agent has started, and end the run that it leaves."""
    for name in {*env.READ, *env.SET} - {env.DISABLE_CODE}:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LOGNAME", "me")
    monkeypatch.chdir(tmp_path)
    yield
    sweepcli.finish()


def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Give a test the process of a run in a sweep."""
    path = tmp_path / "attempt"
    path.mkdir()
    folder = Folder(path)
    for name, value in folder.environ.items():
        monkeypatch.setenv(name, value)
    return folder


def script(
    text: str, folder: Path, environ: dict[str, str], *flags: str
) -> subprocess.CompletedProcess[str]:
    """Run a script in a folder and a process of its own, with few variables of this one."""
    inherited = {name: os.environ[name] for name in ("PATH", "LOGNAME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *flags, "-c", text],
        cwd=folder,
        env=inherited | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
