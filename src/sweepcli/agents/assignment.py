"""What an agent has to work on: its sweeps in their order, and where each one stands."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sweepcli.records import SweepState
from sweepcli.runs import preflight
from sweepcli.sweeps import controller as sweep_control

if TYPE_CHECKING:
    from collections.abc import Callable

    from sweepcli.agents.options import AgentOptions
    from sweepcli.agents.recovery import Recovery
    from sweepcli.records import Run, Sweep
    from sweepcli.stores import Store

OPEN = (SweepState.PENDING, SweepState.RUNNING)


class Assignment:
    """One of an agent's sweeps."""

    def __init__(
        self,
        store: Store,
        sweep: Sweep,
        recovery: Recovery,
        options: AgentOptions,
        *,
        results: str,
        note: Callable[[str], None],
    ) -> None:
        """Check that its runs can be started; raise as `preflight.check` does if not."""
        self.sweep = sweep
        config = sweep.config
        command = options.command or config.command
        self.config = config._replace(command=command)
        has_gpus = any(slot.gpus for slot in options.slots)
        self.interpreter = preflight.check(self.config, note, has_gpus=has_gpus)
        self.results = results
        self.why_none = ""  # why `take` returned no run
        self.may_have_more = False  # whether a later `take` may return one
        self._store = store
        self._recovery = recovery
        self._waits = options.waits  # for runs that other agents may give back
        self._note = note

    def take(self, agent_id: str, wanted: int | None) -> Run | None:
        """Claim a run, suggesting new ones, at most `wanted`, where none waits.

        None if there is none: `why_none` and `may_have_more` tell more then.
        """
        self.finish_at_target()
        while (run := self._claim(agent_id)) is None and self._found_more(wanted):
            pass
        # Another agent may have suggested runs between our claim and our search.
        return run or self._claim(agent_id)

    def _claim(self, agent_id: str) -> Run | None:
        return self._store.claim_run(self.sweep.id, agent_id, time.time())

    def _found_more(self, wanted: int | None) -> bool:
        state = self._store.sweep(self.sweep.id).state
        self.may_have_more = state is SweepState.PAUSED
        if state not in OPEN:
            self.recover()  # what a dead agent left running ends with its sweep
            self.why_none = self.why_none or f"the sweep is {state}"
            return False
        if self.recover() or self._top_up(wanted):
            return True
        done = self._store.finish_if_done(self.sweep.id)
        self.may_have_more = self._waits and not done
        others = "" if done else "; other agents still run some"
        self.why_none = f"nothing is left: {sweep_control.limit_reached(self.config)}{others}"
        return False

    def recover(self) -> bool:
        """Take back the runs of agents that died; return whether there were any."""
        lost = self._recovery.give_back_lost(
            self._store, self.sweep, self.config, results=self.results
        )
        for run in lost:
            self._note(f"run {run.id} was lost with its agent and is handed out again")
        return bool(lost)

    def finish_at_target(self) -> None:
        """Mark the sweep finished if a run has reached its target: no more are handed out."""
        if reached := sweep_control.finish_at_target(self._store, self.sweep.id, self.config):
            self.why_none = reached

    def finish(self) -> None:
        """Mark the sweep finished if this agent had its last runs."""
        sweep_control.finish_if_over(self._store, self.sweep.id, self.config)

    def _top_up(self, wanted: int | None) -> bool:
        return sweep_control.top_up(
            *(self._store, self.sweep.id, self.config), wanted=wanted, now=time.time()
        )
