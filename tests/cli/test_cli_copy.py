"""`sweep copy`: what it tells, and what it does to sweeps that are not over."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from command_lines import Call
from launching import SWEEP
from postgres_server import Server
from support import (
    PATIENCE_S,
    Place,
    a_sweep,
    an_agent,
    claimed,
    grid,
    locked,
    place,
    suggestions,
    until,
)
from sweepcli import stores
from sweepcli.agents import recovery
from sweepcli.records import JSON, RunState, Suggestion, Sweep, SweepState
from sweepcli.stores import Store


def opened(folder: str) -> closing[Store]:
    return closing(stores.open_store(folder))


def found(folder: str, sweep_id: str = "s1") -> Sweep:
    with opened(folder) as store:
        return store.sweep(sweep_id)


def states(call: Call, options: str) -> dict[str, str]:
    """Return the state of each sweep of a store by its id."""
    listed: list[dict[str, JSON]] = call(f"sweep ls --json {options}").json
    return {str(each["id"]): str(each["state"]) for each in listed}


@pytest.fixture
def filled(folder: Path) -> str:
    """Keep a sweep in each state, each with a run, in ./sweep-results."""
    with opened("sweep-results") as store:
        for state in SweepState:
            sweep = a_sweep(sweep_id=str(state))._replace(state=state)
            store.add_sweep(sweep)
            store.suggest(sweep.id, suggestions(1, state), run_cap=None, now=1.0)
    return str(folder / "sweep-results")


def test_all_sweeps_are_copied_and_those_that_are_not_over_move(call: Call, filled: str) -> None:
    answer = call("sweep copy sweep-results other")

    assert answer.code == 0
    assert sorted(answer.out.splitlines()) == sorted(f"someone/things/{s}" for s in SweepState)
    assert states(call, "--dir other") == {state: state for state in SweepState}
    over = {"canceled": "canceled", **dict.fromkeys(("pending", "running", "paused"), "finished")}
    assert states(call, "") == {"finished": "finished", **over}
    other = os.path.abspath("other")
    assert answer.err.count(f"It continues in {other}, and is finished in {filled}") == 3
    assert f"Copied someone/things/running to {other}: 1 run, 0 rows of history\n" in answer.err
    assert f"`sweep resume someone/things/paused --dir {other}` lets agents" in answer.err
    assert f"files of runs, checkpoints too, stay where they are, in {filled}\n" in answer.err
    assert f"`--dir {filled} --store {other}`" in answer.err


def test_agents_go_on_where_a_sweep_was_copied_to(call: Call, path: str) -> None:
    call(f"agent --count 1 {path}")
    before = call(f"sweep runs {path} --json").json

    call("sweep copy sweep-results other")
    old, new = call(f"agent {path}"), call(f"agent {path} --store other")

    assert (old.out, new.out) == ("", "tried 1\ntried 2\n")
    after = call(f"sweep runs {path} --json --store other").json
    assert [run["state"] for run in after] == ["finished", "finished", "failed"]
    assert after[0] == before[0]
    assert os.path.isfile(f"other/{path}/sweep.yaml")


def test_copying_again_leaves_out_what_is_there(call: Call, filled: str) -> None:
    call("sweep copy sweep-results other someone/things/finished")
    call("sweep --stop paused")

    answer = call("sweep copy sweep-results other finished paused --json")

    assert answer.code == 0
    moved = {"path": "someone/things/paused", "runs": 1, "rows": 0, "moved": False}
    assert answer.json == {
        "copied": [moved],
        "already_there": ["someone/things/finished"],
        "refused": [],
    }
    assert "skipped someone/things/finished: it is already in" in answer.err
    assert states(call, "")["running"] == "running", filled


def test_nothing_to_copy_prints_nothing(call: Call, filled: str) -> None:
    call("sweep copy sweep-results other")

    again = call("sweep copy sweep-results other")

    assert (again.code, again.out) == (0, "")
    assert again.err.count(": it is already in ") == 5, filled
    assert "files of runs" not in again.err


def test_the_move_that_a_killed_copy_left_undone_is_done(call: Call, filled: str) -> None:
    call("sweep copy sweep-results other running")
    os.remove("other/someone/things/running/sweep.yaml")
    with opened("sweep-results") as store:
        store.set_state("running", SweepState.PAUSED, allowed=tuple(SweepState))

    answer = call("sweep copy sweep-results other running")

    assert found(filled, "running").state is SweepState.FINISHED
    assert "It continues in" in answer.err
    assert os.path.isfile("other/someone/things/running/sweep.yaml")


def test_what_is_paused_in_both_is_left_to_people(call: Call, filled: str) -> None:
    call("sweep copy sweep-results other paused")
    with opened("sweep-results") as store:
        store.set_state("paused", SweepState.PAUSED, allowed=tuple(SweepState))

    answer = call("sweep copy sweep-results other paused")

    assert found(filled, "paused").state is SweepState.PAUSED
    assert "to continue it only in" in answer.err
    assert f": `sweep stop someone/things/paused --dir {filled}`" in answer.err


def test_a_sweep_at_work_is_refused_and_the_others_go(call: Call, filled: str) -> None:
    with opened(filled) as store:
        agent = recovery.this_agent("a1")
        store.add_agent(agent)
        run = store.claim_run("running", "a1", 2.0)
        assert run is not None

    answer = call("sweep copy sweep-results other running finished --json")

    assert answer.code == 1
    told = answer.json
    assert [each["path"] for each in told["copied"]] == ["someone/things/finished"]
    [refused] = told["refused"]
    assert refused["path"] == "someone/things/running"
    whose = f"run {run.id} under agent a1 on {agent.host}"
    assert whose in refused["why"]
    assert f": it has running runs: {whose}" in answer.err
    assert f"or `sweep pause someone/things/running --dir {filled}`; copy it" in answer.err
    assert found(filled, "running").state is SweepState.RUNNING
    assert states(call, "--dir other") == {"finished": "finished"}


def test_of_many_runs_at_work_a_few_are_named(call: Call, filled: str) -> None:
    with opened(filled) as store:
        store.suggest("running", suggestions(5, "more"), run_cap=None, now=1.0)
        store.add_agent(recovery.this_agent("a1")._replace(pid=0))  # a person's own launcher
        for _ in range(5):
            store.claim_run("running", "a1", 2.0)

    answer = call("sweep copy sweep-results other running")

    assert (answer.code, answer.out) == (1, "")
    assert answer.err.count("which `agent --done` ends") == 3
    assert "ends, and 2 more. End" in answer.err


def test_runs_of_an_agent_that_died_are_given_back_and_go_along(call: Call, filled: str) -> None:
    with opened(filled) as store:
        store.add_agent(an_agent("dead", pid=2**22 + 7)._replace(host=os.uname().nodename))
        assert store.claim_run("running", "dead", 2.0) is not None

    answer = call("sweep copy sweep-results other running")

    assert answer.code == 0
    with opened("other") as store:
        [run] = store.runs("running")
        assert (run.state, run.attempt) == (RunState.PREEMPTED, 1)
        assert [each.state for each in store.attempts(run.id)] == [RunState.CRASHED]


def test_a_copy_that_fails_puts_the_state_back(call: Call, filled: str) -> None:
    with opened("other") as store:
        store.add_sweep(a_sweep(sweep_id="s9"))
        # The id of a run that is to come.
        store.suggest("s9", [("running0", Suggestion("k", {}))], run_cap=None, now=1.0)

    answer = call("sweep copy sweep-results other running")

    assert (answer.code, answer.out) == (1, "")
    assert "ERROR" in answer.err
    assert "goes on" not in answer.err
    assert found(filled, "running").state is SweepState.RUNNING
    assert not os.path.exists("other/someone/things/running")


@contextmanager
def copying(folder: Path) -> Iterator[tuple[Place, subprocess.Popen[bytes], sqlite3.Connection]]:
    """Copy a sweep with one run to `other`, whose database a foreign program has locked."""
    with place(folder, grid(1)) as source:
        source.store.suggest("s1", suggestions(1), run_cap=None, now=1.0)
        source.store.add_agent(an_agent())
        stores.open_store("other").close()
        lock = locked("other")
        command = [SWEEP, "copy", source.results, "other"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            until(lambda: source.store.sweep("s1").state is SweepState.PAUSED)
            yield source, process, lock


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_copy_that_is_interrupted_puts_the_state_back(number: int, tmp_path: Path) -> None:
    with copying(tmp_path) as (source, process, lock):
        process.send_signal(number)
        out, _ = process.communicate(timeout=PATIENCE_S)
        lock.close()

        assert (process.returncode, out) == (130, b"")
        assert source.store.sweep("s1").state is SweepState.PENDING
    with opened("other") as target:
        assert target.sweeps() == []


def test_agents_take_nothing_of_a_sweep_that_is_being_copied(tmp_path: Path) -> None:
    with copying(tmp_path) as (source, process, lock):
        taken = source.store.claim_run("s1", "a1", 2.0)
        lock.close()
        process.communicate(timeout=PATIENCE_S)

        assert (process.returncode, taken) == (0, None)
        assert source.store.sweep("s1").state is SweepState.FINISHED
    with opened("other") as target:
        target.add_agent(an_agent("a2"))
        assert claimed(target, "a2").id == "r0"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ("sweep-results ./sweep-results/", 2, "SRC and DST are the same"),
        ("sweep-results", 2, "Missing argument 'DST'"),
        ("missing other", 1, "missing: nothing to copy"),
        ("sweep-results other none", 1, "no sweep 'none' in"),
        ("sweep-results other elsewhere/things/running", 1, "did you mean someone/things/running"),
        ("sweep-results mysql://me@there/x", 2, "is not a store"),
        ("sweep-results postgresql://me:secret@there/x", 2, "in PGPASSWORD or ~/.pgpass"),
        ("postgresql://me:secret@there/x other", 2, "can see passwords on command lines"),
    ],
)
def test_what_cannot_be_copied_is_told_and_changes_nothing(
    words: str, code: int, told: str, call: Call, filled: str
) -> None:
    answer = call(f"sweep copy {words}")

    assert (answer.code, answer.out) == (code, "")
    assert told in answer.err
    assert "secret" not in answer.err
    assert not os.path.exists("other")
    assert found(filled, "running").state is SweepState.RUNNING


def test_sweeps_go_to_postgresql_and_come_back(call: Call, path: str, postgres: Server) -> None:
    url = postgres.new_database()
    call(f"agent --count 1 {path}")

    assert call(f"sweep copy sweep-results {url}").out == f"{path}\n"
    there = call(f"agent {path} --store {url}")
    back = call(f"sweep copy {url} other")

    assert there.out == "tried 1\ntried 2\n"
    assert back.out == f"{path}\n"
    assert "stay where they are: on the machines that ran" in back.err
    assert "sweep.yaml" in os.listdir(f"other/{path}")
    listed = [call(f"sweep runs {path} --json --store {at}").out for at in (url, "other")]
    assert listed[0] == listed[1]
