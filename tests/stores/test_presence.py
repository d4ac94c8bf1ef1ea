"""Agents and `sweep repair` keep each other out of a results directory."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from support import until
from sweepcli import folders
from sweepcli.errors import StoreError
from sweepcli.runs import process_table
from sweepcli.stores import presence
from sweepcli.stores.presence import Presence

# Another process that is at work until its standard input is closed.
AT_WORK = """
import sys
from sweepcli.stores.presence import Presence
found = Presence(sys.argv[1], "agent2")
print("ready", flush=True)
sys.stdin.read()
"""


def joined(results: Path) -> subprocess.Popen[str]:
    argv = [sys.executable, "-c", AT_WORK, str(results)]
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def refusal(results: Path) -> str:
    with pytest.raises(StoreError) as found, presence.alone(str(results)):
        pass
    return str(found.value)


def test_nobody_is_alone_beside_agents_and_each_is_named(tmp_path: Path) -> None:
    with closing(Presence(str(tmp_path), "agent1")), joined(tmp_path) as other:
        said = refusal(tmp_path)
        other.kill()
    here = os.uname().nodename
    assert f"agent agent1 (process {os.getpid()} on {here})" in said
    assert f"agent agent2 (process {other.pid} on {here})" in said


def test_an_agent_that_was_killed_keeps_nobody_out_and_is_not_named(tmp_path: Path) -> None:
    with joined(tmp_path) as other:
        other.kill()
    with presence.alone(str(tmp_path)):
        pass
    with closing(Presence(str(tmp_path), "agent1")):
        assert "agent2" not in refusal(tmp_path)


def test_an_agent_waits_for_whoever_is_alone(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", AT_WORK, str(tmp_path)]
    with presence.alone(str(tmp_path)):
        waiting = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        until(lambda: _has_open(waiting.pid, folders.PRESENCE))
        assert waiting.poll() is None
        assert Path(folders.presence(str(tmp_path))).read_text() == ""
    assert waiting.communicate()[0] == "ready\n"


def test_a_lock_that_holds_nobody_up_is_noticed(tmp_path: Path) -> None:
    with closing(Presence(str(tmp_path), "agent1")) as ours:
        assert not ours.is_lost()
        Path(folders.presence(str(tmp_path))).unlink()
        assert ours.is_lost()
        Path(folders.presence(str(tmp_path))).touch()
        assert ours.is_lost()


def _has_open(pid: int, name: str) -> bool:
    return any(os.path.basename(path) == name for path in process_table.open_files(pid))
