"""Gives back the runs of agents that died; says who an agent is, so that others can judge it."""

from __future__ import annotations

import math
import os
import time
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders, messages
from sweepcli.records import Agent, Ending, RunState
from sweepcli.runs import attempt, attempt_record, outcome, process_table, timing
from sweepcli.runs.attempt_record import Holder
from sweepcli.runs.metrics.run_metrics import RunMetrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sweepcli.records import Row, Run, Sweep, SweepConfig
    from sweepcli.runs.attempt_record import Record
    from sweepcli.stores import Store

CLOCKS_DIFFER_S = 600.0  # how far the clocks of two hosts may be apart
SILENT_HERE_S = 600.0  # where a process has the agent's pid, and the system says no more about it
SHARE_OF_LEASE = 0.75  # who has not looked for so long has not watched
# Each running run has an agent that looks at all of them. The more there are, the more rarely
# each looks: all together fifty times a second, and each four times within a lease.
PAUSE_A_RUN_S, LOOKS_IN_LEASE = 0.02, 4
WHY = "its agent died"
UNANSWERED = "the store was away while it was claimed"


def this_agent(agent_id: str, sweeps: Iterable[Sweep] = ()) -> Agent:
    """Return the agent that this process is; it works on these sweeps."""
    now, pid = time.time(), os.getpid()
    started, place = process_table.started(pid), process_table.place()
    return Agent(
        id=agent_id,
        host=os.uname().nodename,
        pid=pid,
        started_at=now,
        heartbeat_at=now,
        pid_started=started,
        place=place,
        sweeps=f" {' '.join(sweep.id for sweep in sweeps)} ",
    )


class Heard(NamedTuple):
    """The last heartbeat of an agent, and when it was first seen (monotonic)."""

    heartbeat_at: float
    seen_at: float


class Recovery:
    """What one agent knows about the others."""

    def __init__(
        self,
        lease_s: float,
        agent_id: str | None = None,
        at_work: Callable[[], set[str]] = set,
        *,
        pause_a_run_s: float = PAUSE_A_RUN_S,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Where an agent recovers, `at_work` returns the ids of its own runs."""
        self._lease_s = lease_s
        self._agent_id = agent_id
        self._at_work = at_work
        self._pause_a_run_s = pause_a_run_s
        self._clock, self._monotonic = clock, monotonic
        self._looked_at = -math.inf  # monotonic, as is the next
        self._due_at = -math.inf
        self._here = process_table.place()
        self._heard: dict[str, Heard] = {}
        self._up_since = 0.0  # of the store; before that nobody could give a sign of life

    def is_due(self, now: float) -> bool:
        """Return whether it is time to look again (`now` is monotonic)."""
        return now >= self._due_at

    def give_back_lost(
        self, store: Store, sweep: Sweep, results: str, warn: Callable[[str], None] = messages.warn
    ) -> list[Run]:
        """Give back each run whose agent is dead, with all it had logged.

        Returns them in the state that follows. What the dead agent left running is killed first,
        so that nothing runs twice. `warn` gets what a person should know about what they logged.
        """
        lost = []
        for run, agent in self._look(store, sweep):
            if agent.id == self._agent_id:
                # Claimed, but the answer did not come through.
                ending = Ending(RunState.PREEMPTED, None, UNANSWERED, self._clock())
                is_lost = run.id not in self._at_work()
            else:
                ending = Ending(RunState.CRASHED, None, WHY, self._clock())
                is_lost = self.is_dead(agent, ending.at, self._monotonic())
            then = is_lost and _give_back(store, sweep, results, run, agent, ending, warn)
            if then:
                lost.append(run._replace(state=then))
        return lost

    def _look(self, store: Store, sweep: Sweep) -> list[tuple[Run, Agent]]:
        """Return the running runs, each with its agent."""
        found = store.running(sweep.id)
        now = self._monotonic()
        if now - self._looked_at > SHARE_OF_LEASE * self._lease_s:
            # We could not look, and the others perhaps not write: their time begins anew.
            self._heard.clear()
            self._up_since = store.database.up_since()
        self._looked_at = now
        pause_s = min(len(found) * self._pause_a_run_s, self._lease_s / LOOKS_IN_LEASE)
        self._due_at = max(self._due_at, now + pause_s)  # of several sweeps, the largest
        return found

    def living(self, store: Store, sweep: Sweep) -> list[Agent]:
        """Return the agents of a sweep that may be alive."""
        self._look(store, sweep)
        now, monotonic = self._clock(), self._monotonic()
        found = store.agents(sweep.id)
        return [agent for agent, _, _ in found if not self.is_dead(agent, now, monotonic)]

    def is_dead(self, agent: Agent, now: float, monotonic: float) -> bool:
        """Return whether the agent has ended, as far as can be known.

        An agent of this machine is looked at, and is alive however silent it is: suspended, or
        starved. One of another host, or of a time before the last boot, is judged only by its
        heartbeats. `now` is seconds since the epoch.
        """
        if agent.pid == 0:
            return False  # a person's own launcher, which reports the end
        if agent.ended_at is not None:
            return True
        silence = now - max(agent.heartbeat_at, self._up_since)
        if agent.host == os.uname().nodename:
            if agent.place in (None, self._here):
                return _is_gone(agent, silence)
            return silence > self._lease_s  # another boot or container: the same clock
        return self._has_fallen_silent(agent, silence, monotonic)

    def _has_fallen_silent(self, agent: Agent, silence: float, monotonic: float) -> bool:
        """Judge by our own watching; a heartbeat's age counts the difference of the clocks too."""
        heard = self._heard.get(agent.id)
        if heard is None or heard.heartbeat_at != agent.heartbeat_at:
            self._heard[agent.id] = heard = Heard(agent.heartbeat_at, monotonic)
        is_overdue = monotonic - heard.seen_at > self._lease_s
        return is_overdue or silence > self._lease_s + CLOCKS_DIFFER_S


def _is_gone(agent: Agent, silence: float) -> bool:
    if not process_table.is_alive(agent.pid):
        return True
    if agent.pid_started is not None:
        return process_table.started(agent.pid) != agent.pid_started
    return silence > SILENT_HERE_S


def _give_back(
    store: Store,
    sweep: Sweep,
    results: str,
    run: Run,
    agent: Agent,
    ending: Ending,
    warn: Callable[[str], None],
) -> RunState | None:
    """Return the state that follows; None if another agent was faster."""
    process_table.kill_leftovers(run.id, run.attempt)
    folder = folders.last_attempt_folder(results, sweep, run)
    rows, metrics = read_metrics(store, folder, sweep.config, run)
    is_here = agent.host == os.uname().nodename or os.path.isdir(folder)
    complaint = None
    if (record := _recorded(folder, run)) and record.over:  # it died on its way to the store
        run, ending, then = run.with_code(record.run.seen), *record.over[:2]
    else:
        state = outcome.next_state(ending, store.endings(run), sweep.config, by_agent=True)
        # Its agent's death says nothing against it: it goes first, as what was preempted does.
        then = RunState.CRASHED if state is RunState.CRASHED else RunState.PREEMPTED
        if is_here:
            holder = Holder(agent.host, agent.pid)
            complaint = attempt_record.end(
                folder, run, ending, then, holder=holder, logged=metrics.read_up_to
            )
    if ending.state is not RunState.FINISHED:
        ending = ending._replace(output=attempt.tail(folder))
    if not store.end_attempt(run, ending, rows, metrics.tally.progress, then):
        return None
    if is_here:
        for text in (*metrics.complaints(ending), *([complaint] if complaint else [])):
            warn(text)
    return then


def _recorded(folder: str, run: Run) -> Record | None:
    """Return what an agent has recorded beside its attempt at a run."""
    try:
        record = attempt_record.read(folder, run.sweep_id)
    except (OSError, ValueError):
        return None
    same = ("id", "attempt", "agent_id", "started_at")
    is_same = all(getattr(record.run, name) == getattr(run, name) for name in same)
    return record if is_same else None


def read_metrics(
    store: Store, folder: str, config: SweepConfig, run: Run
) -> tuple[list[Row], RunMetrics]:
    """Read all that an attempt which has ended logged; return the rows that are not saved yet."""
    metrics = RunMetrics(folder, run, config, wandb_dir=os.environ.get("WANDB_DIR"), goes_on=True)
    rows, is_all = metrics.collect(ended=True)
    while not is_all:
        store.save_progress(run, rows, metrics.tally.progress)
        rows, is_all = metrics.collect(ended=True)
    return rows, metrics


def living(store: Store, sweep: Sweep) -> list[Agent]:
    """Return the agents of a sweep that may be alive."""
    return Recovery(timing.read(os.environ).lease_s).living(store, sweep)


def recover(store: Store, sweep: Sweep, results: str) -> None:
    """Take back the runs of agents that died, so that commands show the truth."""
    lease_s = timing.read(os.environ).lease_s
    Recovery(lease_s).give_back_lost(store, sweep, results)
