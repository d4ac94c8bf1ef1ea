from __future__ import annotations

import os
import socket
import time
from typing import TYPE_CHECKING

import pytest

from support import an_agent, claimed, grid, place, suggestions
from sweepcli import recovery
from sweepcli.launchers import local
from sweepcli.records import Agent, RunState, SweepState
from sweepcli.sweep_config import parse

if TYPE_CHECKING:
    from pathlib import Path

    from support import Place

NO_PID = 2**22 + 1  # beyond Linux's highest
HERE = socket.gethostname()
STARTED = local.started(os.getpid())


def give_back(here: Place) -> list[str]:
    sweep = here.store.sweep("s1")
    config = parse.parse(sweep.config)
    lost = recovery.give_back_lost(here.store, sweep, config, here.results)
    return [run.id for run in lost]


def take_one(here: Place, agent: Agent) -> None:
    here.store.add_agent(agent)
    here.store.suggest("s1", suggestions(2), run_cap=None, now=1.0)
    run = claimed(here.store, agent.id)
    os.makedirs(here.folder(run))


@pytest.mark.parametrize(
    ("agent", "now", "dead"),
    [
        (Agent("a", HERE, os.getpid(), 0, 1000), 1000.0, False),
        (Agent("a", HERE, os.getpid(), 0, 1000), 1300.0, False),  # the machine was asleep
        (Agent("a", HERE, os.getpid(), 0, 1000), 9000.0, True),  # another process with its pid?
        (Agent("a", HERE, os.getpid(), 0, 1000, None, STARTED), 9000.0, False),  # suspended
        (Agent("a", HERE, os.getpid(), 0, 1000, None, 1), 1000.0, True),  # not the same process
        (Agent("a", HERE, NO_PID, 0, 1000), 1000.0, True),
        (Agent("a", HERE, os.getpid(), 0, 1000, 1000), 1000.0, True),
        (Agent("a", "elsewhere", 1, 0, 1000), 1050.0, False),
        (Agent("a", "elsewhere", NO_PID, 0, 1000), 1050.0, False),
        (Agent("a", "elsewhere", 1, 0, 1000), 1061.0, True),
        (Agent("a", "elsewhere", 1, 0, 1000), 700.0, False),  # its clock is five minutes ahead
        (Agent("a", HERE, os.getpid(), 0, 1000), 700.0, False),
    ],
)
def test_an_agent_is_dead_if_its_process_is_gone_or_it_is_silent_for_long(
    agent: Agent, now: float, *, dead: bool
) -> None:
    assert recovery.is_dead(agent, now) is dead


def test_a_dead_agents_run_is_given_back_once_with_what_it_had_logged(tmp_path: Path) -> None:
    with place(tmp_path, grid(2, metric={"name": "loss"})) as here:
        take_one(here, an_agent()._replace(host=HERE, pid=NO_PID))
        folder = here.folder(here.store.run("r0"))
        with open(f"{folder}/events.jsonl", "w", encoding="utf-8") as file:
            file.write('{"loss": 2}\n{"loss": 1}')

        assert (give_back(here), give_back(here)) == (["r0"], [])

        run = here.store.run("r0")
        assert (run.state, run.value, run.summary) == (RunState.PENDING, 1.0, {"loss": 1})
        assert [row.values["loss"] for row in here.store.history("r0", 1)] == [2, 1]


def test_a_living_agents_run_is_left_to_it(tmp_path: Path) -> None:
    with place(tmp_path, grid(2)) as here:
        take_one(here, an_agent()._replace(host=HERE, pid=os.getpid()))
        here.store.heartbeat("a1", time.time())

        assert give_back(here) == []

        assert here.store.run("r0").state is RunState.RUNNING


def test_a_logged_line_that_no_store_can_keep_does_not_spoil_the_recovery(tmp_path: Path) -> None:
    with place(tmp_path, grid(2, metric={"name": "loss"})) as here:
        take_one(here, an_agent()._replace(host=HERE, pid=NO_PID))
        folder = here.folder(here.store.run("r0"))
        with open(f"{folder}/events.jsonl", "w", encoding="utf-8") as file:
            file.write(f'{{"loss": 2, "_step": {10**30}}}\n')

        assert give_back(here) == ["r0"]


def test_a_sweep_that_is_over_keeps_no_run_of_a_dead_agent_running(tmp_path: Path) -> None:
    with place(tmp_path, grid(2)) as here:
        take_one(here, an_agent()._replace(host=HERE, pid=NO_PID))
        here.store.set_state("s1", SweepState.CANCELED, allowed=list(SweepState))

        here.run()

        assert here.states() == [RunState.PENDING, RunState.PENDING]


def test_an_agent_takes_back_a_lost_run_before_it_takes_a_new_one(tmp_path: Path) -> None:
    with place(tmp_path, grid(9)) as here:
        take_one(here, an_agent()._replace(host=HERE, pid=NO_PID))

        here.run(count=1)

        assert [(run.id, run.attempt) for run in here.told.runs] == [("r0", 2)]
