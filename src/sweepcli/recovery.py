"""Gives back the runs of agents that died."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from sweepcli import folders
from sweepcli.launchers import local
from sweepcli.metrics.events import EventFile
from sweepcli.metrics.tally import Tally
from sweepcli.records import Ending, RunState

if TYPE_CHECKING:
    from sweepcli.records import Agent, Run, Sweep, SweepConfig
    from sweepcli.stores import Store

# How long an agent must be silent to count as dead, where its heartbeat is all that is known.
SILENT_HERE_S = 600.0  # a process with its pid runs, and the system does not tell since when
SILENT_ELSEWHERE_S = 60.0  # it ran on another host


def give_back_lost(store: Store, sweep: Sweep, config: SweepConfig, results: str) -> list[Run]:
    """Give back each run whose agent is dead, with all it had logged; return them.

    What the dead agent left running is killed first, so that nothing runs twice.
    """
    return [
        run
        for run, agent in store.running(sweep.id)
        if is_dead(agent, time.time()) and _give_back(store, sweep, config, results, run)
    ]


def is_dead(agent: Agent, now: float) -> bool:
    """Return whether the agent has ended, as far as can be known."""
    if agent.ended_at is not None:
        return True
    if agent.host != os.uname().nodename:
        return now - agent.heartbeat_at > SILENT_ELSEWHERE_S
    if not local.is_alive(agent.pid):
        return True
    if agent.pid_started is not None:  # alive, however silent: suspended, or starved
        return local.started(agent.pid) != agent.pid_started
    return now - agent.heartbeat_at > SILENT_HERE_S


def _give_back(store: Store, sweep: Sweep, config: SweepConfig, results: str, run: Run) -> bool:
    local.kill_leftovers(run.id, run.attempt)
    folder = folders.attempt_folder(results, sweep, run.id, run.attempt)
    tally = Tally(config.metric)
    rows = tally.add(EventFile(os.path.join(folder, folders.EVENTS)).drain(ended=True))
    ending = Ending(RunState.CRASHED, None, "its agent died", time.time())
    return store.give_back(run, ending, rows, tally.progress)
