"""Agents as processes of their own: signals, pipes, and what is left when one is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import support
from support import WAITS, agents, at_work, go_on, grid, has_started, place, shell, until
from sweepcli.records import RunState, SweepState
from sweepcli.runs import process_table

STUBBORN = "trap '' INT TERM; " + WAITS


@pytest.mark.parametrize(
    ("number", "exit_code", "said"),
    [
        (signal.SIGINT, 130, "ctrl-c received. Waiting for runs to end."),
        (signal.SIGUSR2, 0, "SIGUSR2 received. Waiting for runs to end."),
    ],
)
def test_one_ctrl_c_lets_the_run_end_and_takes_no_other_as_does_usr2(
    tmp_path: Path, number: signal.Signals, exit_code: int, said: str
) -> None:
    with at_work(tmp_path, grid(3, shell(WAITS))) as (here, agent):
        agent.send(number)
        go_on()

        assert agent.end() == exit_code
        assert here.states() == [RunState.FINISHED, RunState.PENDING, RunState.PENDING]
        assert agent.log()[0].startswith(said)


@pytest.mark.parametrize(
    ("script", "signals", "ended_by", "said"),
    [
        (WAITS, [signal.SIGINT] * 2, signal.SIGINT, ["ctrl-c", "Terminating"]),
        (STUBBORN, [signal.SIGINT] * 3, signal.SIGKILL, ["ctrl-c", "Terminating", "Killing"]),
        (WAITS, [signal.SIGQUIT], signal.SIGTERM, ["Terminating"]),
    ],
    ids=["two ctrl-cs", "three ctrl-cs", "a quit"],
)
def test_more_than_one_ctrl_c_or_a_quit_ends_the_run(
    tmp_path: Path,
    script: str,
    signals: list[signal.Signals],
    ended_by: signal.Signals,
    said: list[str],
) -> None:
    with at_work(tmp_path, grid(1, shell(script))) as (here, agent):
        for number in signals:
            agent.send(number)

        assert agent.end() == 128 + signals[0]
        [run] = here.store.runs("s1")
        assert (run.state, run.exit_code) == (RunState.KILLED, -ended_by)
        assert run.reason == f"its agent was interrupted by {signals[0].name}"
        assert [line.split()[0] for line in agent.log()] == said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_an_agent_that_the_machine_ends_gives_its_run_back(
    tmp_path: Path, number: signal.Signals
) -> None:
    with at_work(tmp_path, grid(2, shell(WAITS))) as (here, agent):
        agent.send(number)

        assert agent.end() == 75
        assert here.states() == [RunState.PREEMPTED, RunState.PENDING]
        first = here.store.runs("s1")[0]
        assert first.reason == f"its agent was interrupted by {number.name}"
        go_on()
        here.run(run_limit=1)
        assert [(run.id, run.attempt) for run in here.told.runs] == [(first.id, 2)]


def test_a_run_that_the_machine_ends_before_its_agent_is_preempted_too(tmp_path: Path) -> None:
    # SLURM sends SIGTERM to each process of a task, one after the other.
    a_while = "i=0; while [ $i -lt 10000 ]; do i=$((i+1)); done"
    both_die = f"setsid sh -c 'kill -TERM '$$'; {a_while}; kill -TERM '$PPID & "
    script = shell(both_die + "while :; do sleep 0.01; done")
    with place(tmp_path, grid(2, script)) as here, agents(here.results, "s1") as agent:
        assert agent.end() == 75

        assert here.states() == [RunState.PREEMPTED, RunState.PENDING]
        assert here.store.runs("s1")[0].reason == "its agent was interrupted by SIGTERM"


def test_a_paused_sweep_waits_and_goes_on_when_resumed(tmp_path: Path) -> None:
    with at_work(tmp_path, grid(2, shell(WAITS))) as (here, agent):
        here.store.set_state("s1", SweepState.PAUSED, allowed=[SweepState.RUNNING])
        go_on()
        until(lambda: RunState.FINISHED in here.states())

        assert agent.process.poll() is None
        assert not has_started(2)
        here.store.set_state("s1", SweepState.RUNNING, allowed=[SweepState.PAUSED])

        assert agent.end() == 0
        assert here.states() == [RunState.FINISHED] * 2


def test_a_stopped_sweep_lets_its_run_end(tmp_path: Path) -> None:
    with at_work(tmp_path, grid(2, shell(WAITS))) as (here, agent):
        here.store.set_state("s1", SweepState.FINISHED, allowed=[SweepState.RUNNING])
        go_on()

        assert agent.end() == 0
        assert here.states() == [RunState.FINISHED, RunState.PENDING]


def test_a_canceled_sweep_ends_its_runs_within_a_second(tmp_path: Path) -> None:
    with at_work(tmp_path, grid(2, shell(WAITS))) as (here, agent):
        before = time.time()
        here.store.set_state("s1", SweepState.CANCELED, allowed=[SweepState.RUNNING])

        assert agent.end() == 0
        run = here.store.runs("s1")[0]
        assert (run.state, run.reason) == (RunState.KILLED, "the sweep was canceled")
        assert run.ended_at is not None
        assert run.ended_at - before < 5.0  # a second, on a machine with nothing else to do
        assert here.store.sweep("s1").state is SweepState.CANCELED


def test_metrics_are_in_the_store_while_the_run_goes_on(tmp_path: Path) -> None:
    script = """echo '{"loss": 2}' >> $SWEEPCLI_EVENTS; """ + WAITS
    config = grid(1, shell(script), metric={"name": "loss"})
    with place(tmp_path, config) as here, agents(here.results, "s1") as agent:
        until(lambda: any(run.value == 2.0 for run in here.store.runs("s1")))

        assert here.states() == [RunState.RUNNING]
        go_on()
        assert agent.end() == 0


@pytest.mark.parametrize("lines", [1, 100_000])
def test_a_reader_that_has_gone_does_not_end_the_agent(tmp_path: Path, lines: int) -> None:
    config = grid(2, shell(WAITS + f"seq {lines}"))
    with at_work(tmp_path, config, "show_output=true") as (here, agent):
        agent.stop_reading()
        go_on()

        assert agent.end() == 0, agent.log()
        assert here.states() == [RunState.FINISHED] * 2


def test_an_agent_without_standard_output_runs_as_any_other(tmp_path: Path) -> None:
    with place(tmp_path, grid(2, ["/bin/echo", "hello"])) as here:
        command = [sys.executable, support.__file__, here.results, "s1", "show_output=true"]

        ended = subprocess.run(
            ["/bin/sh", "-c", 'exec "$@" <&- >&-', "sh", *command],
            check=False,
            stderr=subprocess.PIPE,
        )

        assert (ended.returncode, ended.stderr) == (0, b"")
        assert here.states() == [RunState.FINISHED] * 2


def test_the_run_of_a_killed_agent_is_given_back_and_finished_once(tmp_path: Path) -> None:
    first = """echo '{"loss": 5}' >> $SWEEPCLI_EVENTS; echo $$ > pid.new; mv pid.new pid
        exec sleep 1000"""
    command = shell(f"[ $SWEEPCLI_ATTEMPT = 2 ] || {{ {first}\n}}")
    with place(tmp_path, grid(1, command)) as here:
        with agents(here.results, "s1") as agent:
            until(lambda: os.path.exists("pid"))
            agent.kill()
            assert here.states() == [RunState.RUNNING]

        assert here.run().ran == 1

        [run] = here.store.runs("s1")
        assert (run.state, run.attempt) == (RunState.FINISHED, 2)
        attempts = [(a.state, a.reason) for a in here.store.attempts(run.id)]
        assert attempts == [("crashed", "its agent died"), ("finished", None)]
        assert [row.values for row in here.store.history(run.id, 1)] == [{"loss": 5}]
        assert here.told.notes[0].startswith(f"run {run.id} was lost with its agent")
        assert not process_table.is_alive(int((tmp_path / "pid").read_text()))


def test_a_run_that_ended_after_its_agent_was_killed_is_run_again_once(tmp_path: Path) -> None:
    # The orphan logs until its end; nobody was there to see how it ended.
    script = WAITS + """echo '{"loss": 1}' >> $SWEEPCLI_EVENTS; touch done-$SWEEPCLI_ATTEMPT"""
    with place(tmp_path, grid(1, shell(script), metric={"name": "loss"})) as here:
        with agents(here.results, "s1") as agent:
            until(has_started)
            agent.kill()
        go_on()
        until(lambda: os.path.exists("done-1"))

        assert here.run().ran == 1

        [run] = here.store.runs("s1")
        assert (run.state, run.value, run.attempt) == (RunState.FINISHED, 1.0, 2)
        assert len(here.store.history(run.id, 1)) == len(here.store.history(run.id, 2)) == 1


@pytest.mark.parametrize("is_suspended", [False, True], ids=["at work", "suspended"])
def test_the_run_of_a_living_agent_is_left_to_it(tmp_path: Path, *, is_suspended: bool) -> None:
    with at_work(tmp_path, grid(1, shell(WAITS))) as (here, agent):
        if is_suspended:
            agent.process.send_signal(signal.SIGSTOP)

        report = here.run()
        agent.process.send_signal(signal.SIGCONT)
        go_on()

        assert (report.ran, report.exit_code) == (0, 0)
        assert report.why.endswith("; other agents still run some")
        assert agent.end() == 0
        assert [run.attempt for run in here.store.runs("s1")] == [1]
        assert here.store.sweep("s1").state is SweepState.FINISHED
