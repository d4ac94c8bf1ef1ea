from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from launching import SCRIPTS, created, runs, sweep
from support import until
from sweepcli.agents.clusters import slurm_task
from sweepcli.records import RunState

# Its second run is left when the first one is told to end.
WAITING = """\
method: grid
command: [sh, -c, 'touch started; while [ ! -e go ]; do sleep 0.01; done']
parameters: {x: {values: [1, 2]}}
"""
IN_AN_ARRAY = {"SLURM_JOB_ID": "9", "SLURM_ARRAY_JOB_ID": "7", "SLURM_ARRAY_TASK_ID": "0"}
# As SLURM does it: the whole task gets SIGTERM before scontrol has its answer.
SCONTROL = "echo $@ > scontrol.words; kill -TERM $PPID $$; sleep 0.2; exit 0"


@pytest.fixture(autouse=True)
def scontrol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program first on the PATH that notes how it is called."""
    program = tmp_path / "fakes" / "scontrol"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{SCONTROL}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return program


@contextmanager
def agent(path: str, *words: str, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """Start an agent that does not outlive the test, and wait until its first run is at work."""
    process = subprocess.Popen(
        [f"{SCRIPTS}/agent", *words, path],
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until(lambda: os.path.exists("started"))
        yield process
    finally:
        process.kill()
        process.communicate()


def end(process: subprocess.Popen[str], number: int) -> tuple[int, str]:
    """Send an agent a signal; return its exit code and what it has said."""
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    return process.returncode, said


def words() -> str | None:
    """Return the arguments of scontrol, if it was called."""
    if not os.path.exists("scontrol.words"):
        return None
    with open("scontrol.words", encoding="utf-8") as file:
        return file.read().strip()


def test_a_task_whose_time_is_over_goes_back_into_the_queue() -> None:
    path = created(WAITING)
    with agent(path, "--requeue", **IN_AN_ARRAY) as process:
        code, said = end(process, signal.SIGUSR1)

    assert (code, words()) == (75, "requeue 7_0")
    last = "SLURM task 7_0 is at its time limit and work is left: putting it back in the queue"
    assert said.splitlines()[-1] == f"sweepcli: {last}"
    assert [run.state for run in runs(path)] == [RunState.PREEMPTED, RunState.PENDING]


@pytest.mark.parametrize(
    ("options", "environ", "number", "code"),
    [
        (["--requeue"], IN_AN_ARRAY, signal.SIGTERM, 75),  # scancel, or SLURM requeues by itself
        ([], IN_AN_ARRAY, signal.SIGUSR1, 75),
        (["--requeue"], {}, signal.SIGUSR1, 75),
        (["--requeue", "--count", "1"], IN_AN_ARRAY, signal.SIGQUIT, 131),
    ],
)
def test_no_other_end_puts_a_task_into_the_queue(
    options: list[str], environ: dict[str, str], number: int, code: int
) -> None:
    path = created(WAITING)
    with agent(path, *options, **environ) as process:
        ended = end(process, number)

    assert (ended[0], words()) == (code, None)


def test_a_sweep_that_is_over_needs_no_task() -> None:
    path = created(WAITING)
    with agent(path, "--requeue", **IN_AN_ARRAY) as process:
        assert sweep("--stop", path).code == 0
        ended = end(process, signal.SIGUSR1)

    assert (ended[0], words()) == (75, None)


def test_the_notice_counts_though_the_agent_has_reason_to_end_already() -> None:
    path = created(WAITING)
    with agent(path, "--requeue", "-j", "2", "--count", "1", **IN_AN_ARRAY) as process:
        end(process, signal.SIGUSR1)

    assert words() == "requeue 7_0"
    assert runs(path)[0].state is RunState.PREEMPTED


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo 'Job is not requeueable' >&2; exit 1", "Job is not requeueable"),
        ("exit 4", "scontrol ended with exit code 4"),
    ],
)
def test_a_refusal_is_told_and_changes_no_exit_code(script: str, why: str, scontrol: Path) -> None:
    path = created(WAITING)
    scontrol.write_text(f"#!/bin/sh\n{script}\n")
    with agent(path, "--requeue", SLURM_JOB_ID="12") as process:
        code, said = end(process, signal.SIGUSR1)

    assert code == 75
    assert said.splitlines()[-1] == f"sweepcli: WARNING task 12 is not back in the queue: {why}"


def test_a_missing_scontrol_is_told(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    before = signal.getsignal(signal.SIGTERM)

    slurm_task.requeue({"SLURM_JOB_ID": "12"})

    signal.signal(signal.SIGTERM, before)
    assert "WARNING task 12 is not back in the queue: scontrol: [Errno 2]" in capfd.readouterr().err


def test_a_task_is_named_as_slurm_s_commands_want_it() -> None:
    assert slurm_task.name({}) is None
    assert slurm_task.name({"SLURM_JOB_ID": "9"}) == "9"
    assert slurm_task.name(IN_AN_ARRAY) == "7_0"
