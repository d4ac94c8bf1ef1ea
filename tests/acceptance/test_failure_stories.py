"""What went wrong for users of such tools, played with real processes."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
from pathlib import Path

import pytest

import support
from launching import shown
from support import WAITS, Place, agents, at_work, go_on, grid, has_started, place, shell, until
from sweepcli import env
from sweepcli.records import Run, RunState, SweepState
from sweepcli.runs import process_table
from sweepcli.runs.timing import Timing
from terminals import CTRL_C

F = RunState.FINISHED
QUICK = {"SWEEPCLI_INTERRUPT_DELAY": "0.2", "WANDB_AGENT_KILL_DELAY": "0.2"}


def write_pid(name: str) -> str:
    """Return a line of the shell that writes its process's id to a file, all at once."""
    return f"echo $$ > {name}.new; mv {name}.new {name}"


def pid(name: str) -> int:
    until(lambda: os.path.exists(name))
    with open(name, encoding="ascii") as file:
        return int(file.read())


def touch(name: str) -> None:
    with open(name, "w", encoding="ascii"):
        pass


def are_gone(*names: str) -> bool:
    return not any(process_table.is_alive(pid(name)) for name in names)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let signals get harder soon."""
    for name, text in QUICK.items():
        monkeypatch.setenv(name, text)


# A run with a child in its group and one that has left it, both deaf to what is polite.
SLEEPS = "exec sleep 1000"
FAMILY = f"""trap '' INT TERM
sh -c '{write_pid("child")}; {SLEEPS}' &
setsid sh -c '{write_pid("stray")}; {SLEEPS}' &
{write_pid("run")}; while :; do sleep 0.01; done"""


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("way", ["cancel", "ctrl-c", "term", "kill -9"])
def test_no_process_of_a_run_outlives_its_end(way: str, tmp_path: Path) -> None:
    with place(tmp_path, grid(1, shell(FAMILY))) as here, agents(here.results, "s1") as agent:
        pid("run"), pid("child"), pid("stray")

        if way == "cancel":
            here.store.set_state("s1", SweepState.CANCELED, allowed=list(SweepState))
        elif way == "ctrl-c":
            agent.send(signal.SIGINT)
            agent.send(signal.SIGINT)
        else:
            agent.process.send_signal(signal.SIGTERM if way == "term" else signal.SIGKILL)

        until(lambda: are_gone("run", "child", "stray"))


def test_a_daemon_that_a_run_leaves_in_its_group_does_not_keep_the_gpu(tmp_path: Path) -> None:
    script = f"sh -c '{write_pid('child')}; {SLEEPS}' & "
    with place(tmp_path, grid(1, shell(script + "while [ ! -e child ]; do :; done"))) as here:
        assert here.run().states == {F: 1}

        until(lambda: are_gone("child"))


def test_the_runs_of_an_agent_inside_of_a_run_die_with_both(tmp_path: Path) -> None:
    with place(tmp_path, grid(1, shell(write_pid("inner") + "; exec sleep 1000"))) as here:
        outer = grid(1, [sys.executable, support.__file__, here.results, "s1"])
        here.store.add_sweep(support.a_sweep(outer, "s2"))
        with agents(here.results, "s2") as agent:
            pid("inner")

            agent.kill()

            until(lambda: are_gone("inner"))


def test_a_program_that_is_killed_again_and_again_trips_the_breaker(tmp_path: Path) -> None:
    with place(tmp_path, grid(20, shell("kill -9 $$"))) as here:
        report = here.run()

        assert report.exit_code == 3
        assert "killed by SIGKILL" in report.why


@pytest.mark.usefixtures("quick")
def test_a_preempted_program_that_exits_with_0_is_not_finished(tmp_path: Path) -> None:
    script = f"trap 'exit 0' TERM; {WAITS}"
    with at_work(tmp_path, grid(1, shell(script))) as (here, agent):
        agent.send(signal.SIGTERM)

        assert agent.end() == 75
        [run] = here.store.runs("s1")
        assert (run.state, run.exit_code) == (RunState.PREEMPTED, 0)


def test_a_scheduler_s_notice_leads_to_a_second_attempt_from_its_checkpoint(tmp_path: Path) -> None:
    # Saves what it has when it is warned, as a training script under SLURM does.
    script = """echo $SWEEPCLI_ATTEMPT $SWEEPCLI_RESUMED $SWEEPCLI_RUN_ID >> told
        [ -e $SWEEPCLI_CHECKPOINT_DIR/last ] && exit 0
        trap 'touch $SWEEPCLI_CHECKPOINT_DIR/last; exit 1' USR1; touch ready
        while :; do sleep 0.01; done"""
    with place(tmp_path, grid(1, shell(script))) as here:
        with agents(here.results, "s1") as agent:
            until(lambda: os.path.exists("ready"))
            agent.send(signal.SIGUSR1)
            assert agent.end() == 75

        assert here.run().states == {F: 1}

        [run] = here.store.runs("s1")
        told = (tmp_path / "told").read_text().splitlines()
        assert told == [f"1 false {run.id}", f"2 true {run.id}"]


def test_a_script_that_says_it_is_preempted_is_handed_out_again(tmp_path: Path) -> None:
    script = (
        "import os, sys, sweepcli; run = sweepcli.init(); sweepcli.log({'loss': 1}); "
        "first = os.environ['SWEEPCLI_RESUMED'] == 'false'; first and run.mark_preempting(); "
        "sys.exit(first)"
    )
    with place(tmp_path, grid(1, [sys.executable, "-c", script])) as here:
        report = here.run()

        assert report.states == {RunState.PREEMPTED: 1, F: 1}
        [run] = here.store.runs("s1")
        assert [len(here.store.history(run.id, attempt)) for attempt in (1, 2)] == [1, 1]


def test_more_tasks_than_cells_all_end_well(tmp_path: Path) -> None:
    with place(tmp_path, grid(6)) as here:
        with agents(here.results, "s1", "1", number=16) as first:
            assert first.end() == 0

        assert here.store.counts("s1") == {F: 6}
        assert {run.attempt for run in here.store.runs("s1")} == {1}


def test_a_script_that_dies_before_it_logs_is_failed_with_what_it_said(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import no_such_package"]
    with place(tmp_path, grid(1, command, metric={"name": "loss"})) as here:
        here.run()

        [attempt] = here.store.attempts(here.store.runs("s1")[0].id)
        assert attempt.state is RunState.FAILED
        assert str(attempt.output).endswith("No module named 'no_such_package'")


def test_one_bad_node_stops_and_the_others_run_what_it_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with place(tmp_path, grid(12, shell("[ -z $BAD_NODE ]"))) as here:
        monkeypatch.setenv("BAD_NODE", "1")
        with agents(here.results, "s1") as bad:
            assert bad.end() == 3
        monkeypatch.delenv("BAD_NODE")

        assert here.run().exit_code == 0

        assert here.store.counts("s1") == {F: 12}
        assert here.store.sweep("s1").state is SweepState.FINISHED


def test_an_agent_whose_results_were_removed_lets_its_run_end_and_says_so(tmp_path: Path) -> None:
    with at_work(tmp_path, grid(3, shell(WAITS + "touch ended"))) as (here, agent):
        shutil.rmtree(here.results)
        go_on()

        assert agent.end() == 1
        assert os.path.exists("ended")
        assert "Traceback" not in "\n".join(agent.log())


def test_an_agent_whose_run_was_given_away_ends_it_and_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As after a stall of the network, when another host has taken it for dead.
    monkeypatch.setenv("SWEEPCLI_HEARTBEAT", "0.1")
    with at_work(tmp_path, grid(1, shell(WAITS))) as (here, agent):
        [first] = here.store.runs("s1")
        support.give_back(here.store, first)
        here.store.add_agent(support.an_agent()._replace(pid=0))
        second = support.claimed(here.store)

        assert agent.end() == 0

        assert here.store.runs("s1") == [second]
        assert any("was given to another agent" in line for line in agent.log())


def test_a_database_that_is_locked_for_a_while_costs_nothing_but_one_message(
    tmp_path: Path,
) -> None:
    script = """echo '{"loss": 1}' >> $SWEEPCLI_EVENTS; echo x >> ran; """ + WAITS
    with at_work(tmp_path, grid(2, shell(script))) as (here, agent):
        connection = support.locked(here.results)
        go_on()  # the first run ends while nothing can be written
        until(lambda: any("Runs continue" in line for line in agent.log()))
        connection.rollback()
        connection.close()

        assert agent.end() == 0
        assert here.states() == [F, F]
        assert [len(here.store.history(run.id, 1)) for run in here.store.runs("s1")] == [1, 1]
        assert sum("Runs continue" in line for line in agent.log()) == 1
        assert sum("can be written again" in line for line in agent.log()) == 1


def logs_long(length: int) -> list[str]:
    """Return a command that logs one line of more than so many bytes."""
    log = f"import json, os; print(json.dumps({{'loss': 1, 'long': 'x' * {length}}}), "
    return [sys.executable, "-c", f"{log} file=open(os.environ['{env.EVENTS}'], 'a'))"]


def test_a_full_disk_costs_nothing_once_there_is_room(tmp_path: Path) -> None:
    soon = Timing(outage_quiet_s=0.0, store_retry_s=0.05)
    with place(tmp_path, grid(2, logs_long(200_000))) as here:

        class Mends(support.Told):
            def warn(self, text: str, run: Run | None = None) -> None:
                super().warn(text, run)
                support.fill_disk(here.store, is_full=False)

        here.told = Mends()
        here.store.suggest("s1", support.suggestions(1), run_cap=None, now=1.0)
        support.fill_disk(here.store, is_full=True)

        assert here.run(timing=soon).states == {F: 2}

        assert [len(here.store.history(run.id, 1)) for run in here.store.runs("s1")] == [1, 1]
        [outage, end] = here.told.notes
        assert "database or disk is full: make room on the disk. Runs continue" in outage
        assert end.startswith("the database can be written again")


@pytest.mark.slow
def test_a_program_that_prints_a_gigabyte_holds_nothing_up(tmp_path: Path) -> None:
    gigabyte = "head -c 1073741824 /dev/zero"
    with place(tmp_path, grid(1, shell(f"{gigabyte}; echo; echo the end; exit 1"))) as here:
        with agents(here.results, "s1", "show_output=true") as agent:
            assert agent.process.stdout is not None
            taken = 0
            while piece := agent.process.stdout.read1(1 << 20):  # type: ignore[attr-defined]
                taken += len(piece)
            assert agent.end() == 1  # its only run failed

        [attempt] = here.store.attempts(here.store.runs("s1")[0].id)
        assert str(attempt.output).endswith("the end")
        os.remove(f"{here.folder(here.store.runs('s1')[0])}/output.log")
    assert taken == 1073741824 + len("\nthe end\n")


def test_a_metric_line_of_ten_megabytes_is_kept(tmp_path: Path) -> None:
    with place(tmp_path, grid(1, logs_long(10_000_000), metric={"name": "loss"})) as here:
        here.run()

        [run] = here.store.runs("s1")
        assert (run.value, len(run.summary["long"])) == (1.0, 10_000_000)
        assert here.told.notes == []


def test_an_event_file_that_is_replaced_is_read_on_and_told_once(tmp_path: Path) -> None:
    script = """for i in 1 2 3; do
        echo "{\\"loss\\": $i}" > new; mv new $SWEEPCLI_EVENTS
        while [ ! -e saved-$i ]; do sleep 0.01; done; done"""
    config = grid(1, shell(script), metric={"name": "loss", "goal": "maximize"})
    with place(tmp_path, config) as here, agents(here.results, "s1") as agent:
        for value in (1, 2, 3):
            until(lambda: here.store.runs("s1") and here.store.runs("s1")[0].value == value)  # noqa: B023 -- used at once
            touch(f"saved-{value}")

        assert agent.end() == 0
        [run] = here.store.runs("s1")
        assert [row.values["loss"] for row in here.store.history(run.id, 1)] == [1, 2, 3]
        assert sum("was replaced" in line for line in agent.log()) == 1


@pytest.mark.usefixtures("quick")
def test_a_run_that_hangs_is_ended_at_its_timeout(tmp_path: Path) -> None:
    config = grid(1, shell("trap '' INT TERM; while :; do sleep 0.01; done"), timeout=0.1)
    with place(tmp_path, config) as here, agents(here.results, "s1") as agent:
        assert agent.end() == 1

        [run] = here.store.runs("s1")
        assert (run.state, run.reason) == (RunState.FAILED, "its timeout of 0.1 s is over")
        assert run.exit_code == -signal.SIGKILL


def test_forwarding_gives_usr1_to_the_run_and_goes_on(tmp_path: Path) -> None:
    script = f"trap 'touch go' USR1; {WAITS}true"
    with at_work(tmp_path, grid(2, shell(script)), "forwards=true") as (here, agent):
        agent.send(signal.SIGUSR1)

        assert agent.end() == 0
        assert here.states() == [F, F]


def test_term_timeout_kills_what_still_runs(tmp_path: Path) -> None:
    script = f"trap '' INT TERM; {WAITS}"
    with at_work(tmp_path, grid(1, shell(script)), "term_timeout_s=0.1") as (here, agent):
        agent.send(signal.SIGTERM)

        assert agent.end() == 75
        assert here.store.runs("s1")[0].exit_code == -signal.SIGKILL


# Agents in the background of a script on a terminal


def background_agents(here: Place, how: str) -> str:
    """Return a script in bash that waits for two agents."""
    agent = shlex.join(["agent", "--dir", here.results, "s1"])
    begin = "".join(f"{how} {agent} > log-{number} 2>&1 & " for number in (1, 2))
    return f"{begin} wait"


def test_ctrl_c_ends_the_agents_that_a_script_has_in_its_background(tmp_path: Path) -> None:
    script = f"{write_pid('run-$SWEEPCLI_PARAM_x')}; exec sleep 1000"
    with (
        place(tmp_path, grid(2, shell(script))) as here,
        shown(background_agents(here, "")) as (terminal, _),
    ):
        pid("run-1"), pid("run-2")

        terminal.press(CTRL_C)

        until(lambda: are_gone("run-1", "run-2"))
        until(lambda: here.states() == [RunState.KILLED] * 2)


def test_ctrl_c_leaves_alone_what_was_put_out_of_its_reach(tmp_path: Path) -> None:
    with place(tmp_path, grid(2, shell(WAITS))) as here:
        with shown(background_agents(here, "nohup")) as (terminal, script):
            until(lambda: has_started() and has_started(2))

            terminal.press(CTRL_C)
            terminal.until(lambda: script.poll() is not None)
        go_on()

        until(lambda: here.states() == [F] * 2)


def test_every_agent_ends_soon_after_the_last_cell(tmp_path: Path) -> None:
    with place(tmp_path, grid(12, ["/bin/sleep", "0.05"])) as here:
        with agents(here.results, "s1", number=8) as first:
            assert first.end() == 0

        assert here.store.counts("s1") == {F: 12}
        assert sorted(run.params["x"] for run in here.store.runs("s1")) == list(range(1, 13))
