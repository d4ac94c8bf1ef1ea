from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from postgres_server import Server
from support import Place, a_sweep, an_agent, claimed, grid, place, suggestions
from sweepcli import stores
from sweepcli.agents.recovery import Recovery, this_agent
from sweepcli.records import Agent, RunState, SweepState
from sweepcli.runs import process_table

NO_PID = 2**22 + 1  # beyond Linux's highest
HERE = socket.gethostname()
STARTED = process_table.started(os.getpid())


def give_back(here: Place) -> list[str]:
    sweep = here.store.sweep("s1")
    lost = Recovery(60.0).give_back_lost(here.store, sweep, here.results)
    return [run.id for run in lost]


def take_one(here: Place, agent: Agent) -> None:
    here.store.add_agent(agent)
    here.store.suggest("s1", suggestions(2), run_cap=None, now=1.0)
    run = claimed(here.store, agent.id)
    os.makedirs(here.folder(run))


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    """Keep a sweep whose run r0 was lost with an agent of this host."""
    with place(tmp_path, grid(9, metric={"name": "loss"})) as made:
        take_one(made, an_agent()._replace(host=HERE, pid=NO_PID))
        yield made


def log(here: Place, text: str) -> None:
    """Let run r0 have logged this."""
    with open(f"{here.folder(here.store.run('r0'))}/events.jsonl", "w", encoding="utf-8") as file:
        file.write(text)


LIVING, PLACE = os.getpid(), process_table.place()


def agent(host: str, pid: int, **more: Any) -> Agent:  # noqa: ANN401 -- any field's
    """Return an agent that was last heard of at 1000 s."""
    return Agent("a", host, pid, 0.0, 1000.0)._replace(**more)


@pytest.mark.parametrize(
    ("agent", "now", "dead"),
    [
        (agent(HERE, LIVING), 1000.0, False),
        (agent(HERE, LIVING), 1300.0, False),  # the machine was asleep
        (agent(HERE, LIVING), 9000.0, True),  # another process with its pid?
        (agent(HERE, LIVING, pid_started=STARTED, place=PLACE), 9000.0, False),  # suspended
        (agent(HERE, LIVING, pid_started=1), 1000.0, True),  # not the same process
        (agent(HERE, NO_PID), 1000.0, True),
        (agent(HERE, NO_PID, place=PLACE), 1000.0, True),
        (agent(HERE, LIVING, ended_at=1000.0), 1000.0, True),
        (agent(HERE, LIVING), 700.0, False),
        # Before the last boot, or in another container: pids say nothing.
        (agent(HERE, NO_PID, place="another"), 1050.0, False),
        (agent(HERE, LIVING, place="another", pid_started=STARTED), 1061.0, True),
        (agent("elsewhere", 1), 1050.0, False),
        (agent("elsewhere", NO_PID), 1050.0, False),
        (agent("elsewhere", 1), 700.0, False),  # its clock is five minutes ahead
        (agent("elsewhere", 1), 1360.0, False),  # its clock is five minutes behind
        (agent("elsewhere", 1), 1661.0, True),
        (agent("elsewhere", 1, ended_at=1000.0), 1000.0, True),
        (agent(HERE, 0), 1e9, False),  # a person's own launcher
    ],
)
def test_an_agent_is_dead_if_its_process_is_gone_or_it_is_silent_for_long(
    agent: Agent, now: float, *, dead: bool
) -> None:
    assert Recovery(60.0).is_dead(agent, now, 5.0) is dead


def test_an_agent_of_another_host_is_dead_once_it_was_watched_in_silence_for_the_lease() -> None:
    recovery = Recovery(60.0)
    there = agent("elsewhere", 1)
    ahead = 700.0  # by our clock, which says nothing: theirs may be five minutes ahead

    found = [recovery.is_dead(there, ahead + at, at) for at in (0.0, 50.0)]
    there = there._replace(heartbeat_at=1050.0)
    found += [recovery.is_dead(there, ahead + at, at) for at in (60.0, 110.0, 119.0, 121.0)]

    assert found == [False] * 5 + [True]


@pytest.mark.parametrize(("count", "pause_s"), [(0, 0.0), (2, 2.0), (3, 2.5)])
def test_the_more_runs_are_at_work_the_more_rarely_each_agent_looks_at_them(
    tmp_path: Path, count: int, pause_s: float
) -> None:
    with place(tmp_path, grid(9)) as here:
        here.store.add_agent(an_agent(pid=0))
        here.store.suggest("s1", suggestions(count), run_cap=None, now=1.0)
        for _ in range(count):
            claimed(here.store)
        recovery, sweep = Recovery(10.0, pause_a_run_s=1.0), here.store.sweep("s1")
        assert recovery.is_due(time.monotonic())

        recovery.give_back_lost(here.store, sweep, here.results)

    now = time.monotonic()
    assert recovery.is_due(now + pause_s)
    assert count == 0 or not recovery.is_due(now + pause_s - 0.9)


def test_who_could_not_look_for_long_takes_nobody_for_dead_before_a_whole_lease(
    tmp_path: Path,
) -> None:
    now = 1000.0
    recovery = Recovery(60.0, clock=lambda: now, monotonic=lambda: now)

    with place(tmp_path, grid(2)) as here:
        take_one(here, agent("elsewhere", 1)._replace(id="a1"))
        sweep = here.store.sweep("s1")
        found = {}
        # The store was away from 1005 to 1055: nobody could look, nor give a sign of life.
        for now in (1000.0, 1005.0, 1055.0, 1061.0, 1090.0, 1110.0, 1114.0, 1116.0):
            found[now] = recovery.give_back_lost(here.store, sweep, here.results)

    assert [at for at, lost in found.items() if lost] == [1116.0]


def test_silence_from_before_the_start_of_the_server_does_not_count(
    tmp_path: Path, postgres: Server
) -> None:
    silent = an_agent()._replace(heartbeat_at=time.time() - 5000.0)
    with closing(stores.open_store(postgres.new_database())) as store:
        store.add_sweep(a_sweep())
        store.add_agent(silent)
        store.suggest("s1", suggestions(1), run_cap=None, now=1.0)
        claimed(store)
        sweep = store.sweep("s1")

        lost = Recovery(60.0).give_back_lost(store, sweep, str(tmp_path))

    assert time.time() - 5000.0 < store_started(postgres)
    assert lost == []


def store_started(server: Server) -> float:
    with closing(stores.open_store(server.new_database())) as store:
        return store.database.up_since()


def test_the_run_of_a_lost_agent_is_given_back_three_times_and_then_crashed(tmp_path: Path) -> None:
    with place(tmp_path, grid(2)) as here:
        here.store.add_agent(an_agent()._replace(host=HERE, pid=NO_PID))
        here.store.suggest("s1", suggestions(1), run_cap=None, now=1.0)
        states = []
        for _ in range(4):
            claimed(here.store)
            assert give_back(here) == ["r0"]
            states.append(here.store.run("r0").state)

    assert states == [RunState.PREEMPTED] * 3 + [RunState.CRASHED]


def test_a_dead_agents_run_is_given_back_once_with_what_it_had_logged(here: Place) -> None:
    log(here, '{"loss": 2}\n{"loss": 1}')

    assert (give_back(here), give_back(here)) == (["r0"], [])

    run = here.store.run("r0")
    assert (run.state, run.value, run.summary) == (RunState.PREEMPTED, 1.0, {"loss": 1})
    assert [row.values["loss"] for row in here.store.history("r0", 1)] == [2, 1]


def test_a_living_agents_run_is_left_to_it(tmp_path: Path) -> None:
    with place(tmp_path, grid(2)) as here:
        take_one(here, an_agent()._replace(host=HERE, pid=os.getpid()))
        here.store.heartbeat("a1", time.time())

        assert give_back(here) == []

        assert here.store.run("r0").state is RunState.RUNNING


def test_a_logged_line_that_no_store_can_keep_does_not_spoil_the_recovery(here: Place) -> None:
    log(here, f'{{"loss": 2, "_step": {10**30}}}\n')
    assert give_back(here) == ["r0"]


def test_a_sweep_that_is_over_keeps_no_run_of_a_dead_agent_running(here: Place) -> None:
    here.store.set_state("s1", SweepState.CANCELED, allowed=list(SweepState))
    here.run()
    assert here.states() == [RunState.PREEMPTED, RunState.PENDING]


def test_an_agent_takes_back_a_lost_run_before_it_takes_a_new_one(here: Place) -> None:
    here.run(run_limit=1)
    assert [(run.id, run.attempt) for run in here.told.runs] == [("r0", 2)]


def test_this_agent_is_alive_where_it_is() -> None:
    agent = this_agent("a1")

    assert (agent.id, agent.pid, agent.host) == ("a1", os.getpid(), socket.gethostname())
    assert (agent.place, agent.pid_started) == (
        process_table.place(),
        process_table.started(os.getpid()),
    )
