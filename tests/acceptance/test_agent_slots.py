"""Several runs at a time under one agent, several sweeps, and when such an agent ends."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path

import pytest

from support import (
    WAITS,
    Place,
    a_sweep,
    agents,
    an_agent,
    end,
    go_on,
    grid,
    has_started,
    place,
    shell,
    suggestions,
    until,
)
from sweepcli.agents.loop import run_agent
from sweepcli.agents.options import AgentOptions
from sweepcli.records import RunState
from sweepcli.runs.slots import Slot

F = RunState.FINISHED
TWO = [Slot(0), Slot(1)]
# Each says that it is there, and waits until the other is too.
MEETS = "touch here-$SWEEPCLI_PARAM_x; while [ $(ls here-* | wc -l) -lt 2 ]; do sleep 0.01; done"


def tried(here: Place, index: int) -> bool:
    """Return whether the first attempt at a run is over."""
    run = here.store.runs("s1")[index]
    return run.attempt == 1 and run.state is not RunState.RUNNING


def test_runs_are_at_work_at_the_same_time_each_in_its_slot(tmp_path: Path) -> None:
    script = f"echo $SWEEPCLI_SLOT > slot-$SWEEPCLI_PARAM_x; {MEETS}"
    with place(tmp_path, grid(2, shell(script))) as here:
        assert here.run(slots=TWO).states == {F: 2}

    slots = {(tmp_path / f"slot-{x}").read_text() for x in (1, 2)}
    assert slots == {"0\n", "1\n"}


def test_a_slot_is_filled_again_as_soon_as_it_is_free(tmp_path: Path) -> None:
    # The first run ends when all others have: they must have had the other slot in turn.
    script = (
        "touch done-$SWEEPCLI_PARAM_x; [ $SWEEPCLI_PARAM_x != 1 ] || "
        "while [ $(ls done-* | wc -l) -lt 9 ]; do sleep 0.01; done"
    )
    with place(tmp_path, grid(9, shell(script))) as here:
        assert here.run(slots=TWO).states == {F: 9}


def test_count_holds_over_all_slots(tmp_path: Path) -> None:
    with place(tmp_path, grid(9)) as here:
        report = here.run(slots=[Slot(n) for n in range(4)], run_limit=5)

        assert (report.ran, report.why) == (5, "its count of 5 is reached")
        assert here.store.counts("s1") == {F: 5}


def test_lines_of_parallel_runs_are_never_mixed(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    script = MEETS + "; for i in $(seq 200); do printf 'half '; printf 'a-line\\n'; done"
    with place(tmp_path, grid(2, shell(script))) as here:
        here.run(slots=TWO, show_output=True)
        ids = {run.id for run in here.store.runs("s1")}

    lines = capfdbinary.readouterr().out.decode().splitlines()
    found = [re.fullmatch(r"\[(\w+)\] half a-line", line) for line in lines]
    assert len(lines) == 400
    assert {match and match[1] for match in found} == ids


def test_two_ctrl_cs_end_every_run(tmp_path: Path) -> None:
    with (
        place(tmp_path, grid(3, shell(WAITS))) as here,
        agents(here.results, "s1", "-j=2") as agent,
    ):
        until(lambda: has_started(1) and has_started(2))

        agent.send(signal.SIGINT)
        agent.send(signal.SIGINT)

        assert agent.end() == 130
        killed = RunState.KILLED
        assert here.states() == [killed, killed, *[RunState.PENDING] * (len(here.states()) - 2)]


def test_an_agent_that_gives_up_lets_its_other_runs_end(tmp_path: Path) -> None:
    script = f"[ $SWEEPCLI_PARAM_x != 1 ] && exit 1; {WAITS}"
    with (
        place(tmp_path, grid(9, shell(script))) as here,
        agents(here.results, "s1", "-j=2") as agent,
    ):
        # The third of those that fail has done so: run 1 may not finish before it.
        until(lambda: has_started(1) and tried(here, 3))
        go_on()

        assert agent.end() == 3
        assert here.states()[0] is F
        assert RunState.FAILED not in here.states()


def test_sweeps_are_worked_through_in_their_order(tmp_path: Path) -> None:
    with place(tmp_path, grid(2)) as here:
        here.store.add_sweep(a_sweep(grid(2), "s2"))
        sweeps = [here.store.sweep(sweep_id) for sweep_id in ("s2", "s1")]
        report = run_agent(here.store, sweeps, AgentOptions(), here.told, results=here.results)

        assert [run.sweep_id for run in here.told.runs] == ["s2", "s2", "s1", "s1"]
        # It may also have heard by then that the first sweep is finished.
        why = report.why.removeprefix("the sweep is finished; ")
        assert why == "nothing is left: all 2 runs of the grid search are claimed"


def test_slots_that_one_sweep_leaves_free_go_to_the_next(tmp_path: Path) -> None:
    with place(tmp_path, grid(1, shell(MEETS))) as here:
        second = grid(1, shell(MEETS.replace("PARAM_x", "SWEEP_ID")))
        here.store.add_sweep(a_sweep(second, "s2"))
        sweeps = [here.store.sweep(sweep_id) for sweep_id in ("s1", "s2")]

        report = run_agent(
            here.store, sweeps, AgentOptions(slots=TWO), here.told, results=here.results
        )

        assert report.states == {F: 2}


def test_no_run_is_started_after_the_time_is_over(tmp_path: Path) -> None:
    with place(tmp_path, grid(9, shell("while [ ! -e go ]; do sleep 0.01; done"))) as here:

        class Slow(type(here.told)):  # type: ignore[misc]
            def started(self, *_: object) -> None:
                time.sleep(0.1)  # longer than the whole time
                go_on()

        here.told = Slow()
        report = here.run(max_time_s=0.1)

        assert (report.ran, report.exit_code) == (1, 0)
        assert report.why == "its time of 0.1 s is over"
        assert here.states()[0] is F


def test_an_agent_that_waits_takes_what_another_gives_back(tmp_path: Path) -> None:
    with place(tmp_path, grid(1)) as here:
        here.store.add_agent(an_agent()._replace(pid=0))
        here.store.suggest("s1", suggestions(1), run_cap=None, now=1.0)
        run = here.store.claim_run("s1", "a1", 2.0)
        assert run is not None
        with agents(here.results, "s1", "waits=true") as agent:
            until(agent.has_signed_on)
            assert agent.process.poll() is None
            end(here.store, run, then=RunState.PREEMPTED)

            assert agent.end() == 0
        assert here.states() == [F]


def test_a_strict_agent_reports_a_run_that_did_not_finish(tmp_path: Path) -> None:
    with place(tmp_path, grid(2, shell("[ $SWEEPCLI_PARAM_x = 1 ]"))) as here:
        report = here.run(is_strict=True)
        assert (report.exit_code, report.states) == (1, {F: 1, RunState.FAILED: 1})
