from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sweepcli.agents.clusters.order import agent_program


def test_agents_are_those_of_this_installation() -> None:
    assert agent_program() == [os.path.join(os.path.dirname(sys.executable), "agent")]


def test_another_tool_s_agent_is_not_taken_for_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "python").symlink_to(sys.executable)
    (tmp_path / "agent").write_text("#!/bin/sh\nexit 1\n")
    ours = sys.executable
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    python, *rest = agent_program()
    done = subprocess.run([ours, *rest, "--version"], capture_output=True, text=True, check=True)

    assert python == str(tmp_path / "python")
    assert done.stdout.startswith("sweepcli ")


def test_a_module_of_the_user_s_does_not_get_into_an_agent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "click.py").write_text("raise SystemExit('the wrong click')\n")
    ours = sys.executable
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    done = subprocess.run([ours, *agent_program()[1:], "--version"], check=False, cwd=tmp_path)

    assert done.returncode == 0
