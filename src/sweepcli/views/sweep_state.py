"""How a sweep stands, for people: one word, and a sentence with what there is to do.

The stored state keeps W&B's words, which scripts read; every view takes its word from here.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import commands
from sweepcli.agents.recovery import Recovery
from sweepcli.agents.report import GAVE_UP
from sweepcli.printed import harmless
from sweepcli.records import BAD, WAITING, WELL, RunState, SweepState
from sweepcli.runs import timing
from sweepcli.views import render, terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.records import Sweep
    from sweepcli.stores import Store

STOPPING, CANCELING, FAILED, IDLE = "stopping", "canceling", "failed", "idle"
LONGEST_WHY = 120  # cells
OPEN = (SweepState.PENDING, SweepState.RUNNING)


class ShownState(NamedTuple):
    """How a sweep stands."""

    word: str
    note: str = ""  # what that means, and what to do
    is_idle: bool = False  # work is left, and no agent is alive that works on it

    @property
    def line(self) -> str:
        """The word and the note."""
        return f"{self.word}: {self.note}" if self.note else self.word


def word(sweep: Sweep, counts: Mapping[RunState, int], *, is_idle: bool = False) -> str:
    """Return the state of a sweep for people: W&B's word, unless there is a truer one."""
    state, running = sweep.state, counts.get(RunState.RUNNING, 0)
    if is_idle and state is SweepState.RUNNING:
        return IDLE
    if running and state is SweepState.CANCELED:
        return CANCELING
    if running and (state is SweepState.FINISHED or _is_cap_reached(sweep, counts)):
        return STOPPING
    if state is SweepState.FINISHED and _has_only_failures(counts):
        return FAILED
    return str(state)


def _is_cap_reached(sweep: Sweep, counts: Mapping[RunState, int]) -> bool:
    """Whether an open sweep starts no more runs, since its run cap is reached."""
    cap = sweep.config.run_cap
    waits = any(counts.get(state) for state in WAITING)
    return cap is not None and sweep.state in OPEN and not waits and sum(counts.values()) >= cap


def _has_only_failures(counts: Mapping[RunState, int]) -> bool:
    return any(map(counts.get, BAD)) and not any(map(counts.get, WELL))


def of(
    store: Store, sweep: Sweep, counts: Mapping[RunState, int], total: int | None, now: float
) -> ShownState:
    """Return how a sweep stands, with the agents that work on it."""
    may_be_idle = _may_be_idle(sweep, counts, total)
    is_asked = may_be_idle or counts.get(RunState.RUNNING)
    is_alone = bool(is_asked) and not has_agent(store, sweep, now)
    is_idle = may_be_idle and is_alone
    found = word(sweep, counts, is_idle=is_idle)
    if is_idle:
        return ShownState(found, _idle_note(store, sweep), is_idle)
    return ShownState(found, _note(sweep, counts, found, is_alone=is_alone))


def _may_be_idle(sweep: Sweep, counts: Mapping[RunState, int], total: int | None) -> bool:
    """Whether there is something to do for an agent, if only to finish the sweep."""
    known, ended = sum(counts.values()), render.done(counts)
    has_work = total is None or ended < total or known > ended
    return sweep.state in OPEN or (sweep.state is SweepState.PAUSED and has_work)


def has_agent(store: Store, sweep: Sweep, now: float) -> bool:
    """Return whether an agent is alive that works on a sweep, as far as is known."""
    recovery, monotonic = Recovery(timing.read(os.environ).lease_s), time.monotonic()
    return any(not recovery.is_dead(agent, now, monotonic) for agent in store.alive(sweep.id))


def _note(sweep: Sweep, counts: Mapping[RunState, int], found: str, *, is_alone: bool) -> str:
    running = render.many(counts.get(RunState.RUNNING, 0), "running run")
    cancel = commands.line("sweep cancel", sweep.path)
    if found == FAILED:
        failed = render.states({state: counts.get(state, 0) for state in BAD})
        retry = commands.line("sweep retry", sweep.path)
        return f"{failed}, none ended well; `{retry}` tries them again"
    if found not in (STOPPING, CANCELING):
        return ""
    if is_alone:
        return f"{running}, whose agents died; `{cancel}` records that"
    if found == STOPPING:
        return f"no new runs start, {running} may finish; `{cancel}` ends them"
    return f"{running} not ended yet"


def _idle_note(store: Store, sweep: Sweep) -> str:
    agent, resume = (commands.line(words, sweep.path) for words in ("agent", "sweep resume"))
    goes_on = {
        SweepState.PENDING: f"`{agent}` starts it",
        SweepState.RUNNING: f"`{agent}` goes on",
        SweepState.PAUSED: f"`{resume}`, then `{agent}`, goes on",
    }
    last = _last_agent(store, sweep)
    return f"no agent works on it; {goes_on[sweep.state]}" + (f"; {last}" if last else "")


def _last_agent(store: Store, sweep: Sweep) -> str:
    """Return why the last agent of an idle sweep ended, as far as is known."""
    ended = store.last_ended(sweep.id)
    dead_at = max((agent.heartbeat_at for agent in store.alive(sweep.id)), default=0.0)
    if ended is None or ended.heartbeat_at < dead_at:
        return "its last agent died" if dead_at else ""
    how = "gave up" if ended.ended_code == GAVE_UP else "ended"
    why = terminal.cut(harmless(ended.ended_why or ""), LONGEST_WHY)
    return f"its last agent {how}: {why}"
