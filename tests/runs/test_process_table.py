from __future__ import annotations

import inspect
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from started import start, wait
from support import until
from sweepcli import env
from sweepcli.runs import process_table


def test_a_process_that_only_waits_to_be_reaped_is_not_alive() -> None:
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as cat:
        assert process_table.is_alive(cat.pid)
        cat.kill()
        until(lambda: not process_table.is_alive(cat.pid))
        assert cat.returncode is None
    assert process_table.is_alive(os.getpid())


def test_leftovers_of_one_attempt_are_killed_wherever_their_group_and_no_others() -> None:
    script = "setsid sleep 1000 & echo $! > pid.new; mv pid.new pid; wait"
    lost_environ = {"PATH": os.defpath, env.RUN_ID: "lost", env.ATTEMPT: "1"}
    lost = start(["/bin/sh", "-c", script], lost_environ)
    # Another agent may have started the next attempt meanwhile.
    newer = start(["/bin/sleep", "1000"], {**lost_environ, env.ATTEMPT: "2"})
    other = start(["/bin/sleep", "1000"], {**lost_environ, env.RUN_ID: "lost2"})
    until(lambda: os.path.exists("pid"))

    assert process_table.kill_leftovers("lost", 1) == 2

    assert wait(lost) == -signal.SIGKILL
    assert (newer.poll(), other.poll()) == (None, None)
    assert process_table.kill_leftovers("lost", 2) == 1
    assert process_table.kill_leftovers("lost2", 1) == 1
    assert (wait(newer), wait(other)) == (-signal.SIGKILL, -signal.SIGKILL)


def test_leftovers_are_killed_though_it_took_long_to_find_them() -> None:
    environ = {"PATH": os.defpath, env.RUN_ID: "slow", env.ATTEMPT: "1"}
    lost = start(["/bin/sleep", "1000"], environ)
    try:
        # The time is over before the first look is.
        until(lambda: process_table.kill_leftovers("slow", 1, patience_s=0.0) == 1)
    finally:
        lost.send(signal.SIGKILL)

    assert wait(lost) == -signal.SIGKILL


def test_a_process_whose_environment_cannot_be_read_is_never_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secret = start(["/bin/sleep", "1000"], {env.RUN_ID: "secret", env.ATTEMPT: "1"})

    def refused(self: psutil.Process) -> dict[str, str]:
        raise psutil.AccessDenied(self.pid)

    with monkeypatch.context() as patched:
        patched.setattr(psutil.Process, "environ", refused)
        assert process_table.kill_leftovers("secret", 1) == 0
    assert secret.poll() is None

    assert process_table.kill_leftovers("secret", 1) == 1
    assert wait(secret) == -signal.SIGKILL


@pytest.mark.parametrize("has_proc", [process_table.HAS_PROC, False])
def test_open_files_are_those_of_all_that_a_run_has_started_until_it_ends(
    has_proc: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_table, "HAS_PROC", has_proc)
    script = "exec 3>one; sh -c 'exec 4>two; touch ready; sleep 1000; true'; true"
    run = start(["/bin/sh", "-c", script])
    until(lambda: os.path.exists("ready"))

    assert {os.path.abspath(name) for name in ("one", "two")} <= set(run.open_files())

    run.send(signal.SIGKILL)
    wait(run)
    assert run.open_files() == process_table.open_files(2**22 + 1) == []


@pytest.mark.parametrize(
    ("text", "kills"),
    [("nr_free 5\noom_kill 3\ndrop 1\n", 3), ("nr_free 5\n", None), (None, None)],
)
def test_the_kernel_is_asked_how_often_memory_ran_out(text: str | None, kills: int | None) -> None:
    if text is not None:
        with open("vmstat", "w", encoding="ascii") as file:
            file.write(text)

    assert process_table.oom_kills("vmstat") == kills


def test_a_chain_of_processes_may_be_longer_than_python_calls_itself(tmp_path: Path) -> None:
    script, last = tmp_path / "chain.sh", tmp_path / "last"
    script.write_text('[ "$1" = 0 ] && exec cat > last; sh "$0" $(($1 - 1)); :')
    argv = ["/bin/sh", str(script), "100"]
    usual = sys.getrecursionlimit()
    with subprocess.Popen(argv, stdin=subprocess.PIPE, cwd=tmp_path) as first:
        until(last.exists)
        sys.setrecursionlimit(len(inspect.stack()) + 60)
        try:
            assert str(last) in process_table.open_files(first.pid)
        finally:
            sys.setrecursionlimit(usual)
