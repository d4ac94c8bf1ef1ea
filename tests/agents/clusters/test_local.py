from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from launching import SWEEP, created, endings, runs, sweep
from support import go_on, has_started, until
from sweepcli import env, stores
from sweepcli.records import RunState
from sweepcli.runs import process_table

QUICK = "{method: grid, command: [sh, -c, 'echo ${x} >> done'], parameters: {x: {min: 1, max: 12}}}"
FAILING = "{method: grid, command: ['false'], parameters: {x: {min: 1, max: 50}}}"
WAITING = """\
method: grid
command: [sh, -c, 'touch started-${x}; while [ ! -e go ]; do sleep 0.01; done']
parameters: {x: {min: 1, max: 4}}
"""
# The four runs wait for each other.
TELLING = """\
method: grid
command: [sh, -c, 'echo $CUDA_VISIBLE_DEVICES > gpu-${x}.new; mv gpu-${x}.new gpu-${x};
  while [ $(ls gpu-? | wc -l) != 4 ]; do sleep 0.01; done; cat gpu-${x}']
parameters: {x: {min: 1, max: 4}}
"""


@contextmanager
def two_at_work(path: str) -> Iterator[subprocess.Popen[str]]:
    """Launch two agents, and wait until each has a run; nothing of it outlives the block."""
    process = subprocess.Popen(
        [SWEEP, "launch", path, "--on", "local", "-n", "2"],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until(lambda: sum(map(has_started, range(1, 5))) == 2)
        yield process
    finally:
        for agent in agents(path):
            if process_table.is_alive(agent):
                os.kill(agent, signal.SIGKILL)
        process.kill()
        process.communicate()


def agents(path: str) -> list[int]:
    """Return the process ids of the agents at work on a sweep."""
    with closing(stores.open_existing(os.path.abspath("sweep-results"))) as store:
        return [agent.pid for _, agent in store.running(path.rpartition("/")[2])]


def leftovers(path: str) -> int:
    """Return how many processes of the sweep's runs there are, which then are no more."""
    return process_table.kill_marked({env.SWEEP_ID: path.rpartition("/")[2]})


def states(path: str) -> list[str]:
    return sorted(str(run.state) for run in runs(path))


def test_several_agents_work_through_a_sweep_once() -> None:
    path = created(QUICK)

    answer = sweep("launch", path, "--on", "local", "-n", "3", "--", "--quiet")

    assert answer.code == 0
    assert answer.err.startswith("sweepcli: started 3 agents on this machine\n")
    assert answer.err.count("Agent ended") == 3
    assert states(path) == ["finished"] * 12
    assert all(endings(run) == {RunState.FINISHED: 1} for run in runs(path))


def test_options_behind_the_dashes_are_those_of_each_agent() -> None:
    path = created(QUICK)
    assert sweep("launch", path, "--on", "local", "-n", "2", "--", "--count", "3").code == 0
    assert states(path).count("finished") == 6


@pytest.mark.parametrize(
    ("number", "code", "state"),
    [
        (signal.SIGTERM, 75, "preempted"),
        (signal.SIGUSR1, 75, "preempted"),
        (signal.SIGHUP, 75, "preempted"),
        (signal.SIGQUIT, 131, "killed"),
    ],
)
def test_a_signal_reaches_all_agents_and_nothing_is_left(
    number: int, code: int, state: str
) -> None:
    path = created(WAITING)
    with two_at_work(path) as process:
        process.send_signal(number)

        assert process.wait(60) == code
        assert states(path).count(state) == 2
        assert leftovers(path) == 0


def test_ctrl_c_lets_the_runs_end_and_no_others_begin() -> None:
    path = created(WAITING)
    with two_at_work(path) as process:
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        told = (line for line in process.stderr if "ctrl-c received" in line)
        assert [next(told) for _ in range(2)]  # one of each agent
        go_on()

        assert process.wait(60) == 130
        assert states(path) == ["finished", "finished", "pending", "pending"]


def test_the_worst_exit_code_is_told() -> None:
    path = created(FAILING)
    assert sweep("launch", path, "--on", "local", "-n", "2", "--", "-q").code == 3


def test_an_agent_that_is_killed_is_told_and_replaced_by_the_other() -> None:
    path = created(WAITING)
    with two_at_work(path) as process:
        killed = agents(path)[0]
        os.kill(killed, signal.SIGKILL)
        go_on()

        _, said = process.communicate(timeout=60)
        assert process.returncode == 128 + signal.SIGKILL
        assert f"the agent with process id {killed} was ended by SIGKILL" in said
        assert states(path) == ["finished"] * 4


def test_each_agent_has_gpus_of_its_own() -> None:
    path = created(TELLING)

    answer = sweep(
        *("launch", path, "--on", "local", "-n", "2", "--gpus", "2"), CUDA_VISIBLE_DEVICES="4,5,6,7"
    )

    assert answer.code == 0, answer.err
    assert sorted(line.split()[-1] for line in answer.out.splitlines()) == ["4", "5", "6", "7"]


def test_more_gpus_than_there_are_are_refused() -> None:
    path = created(QUICK)

    answer = sweep(
        *("launch", path, "--on", "local", "-n", "2", "--gpus", "2"), CUDA_VISIBLE_DEVICES="0,1,2"
    )

    assert answer.code == 2
    assert "2 agents with 2 GPUs each need 4; this machine has 3: 0, 1, 2" in answer.err
    assert states(path) == []


def test_cpus_are_shared_and_that_is_said() -> None:
    answer = sweep("launch", created(QUICK), "--on", "local", "--cpus", "2")
    assert answer.code == 0
    assert "WARNING --cpus has no effect on this machine" in answer.err
