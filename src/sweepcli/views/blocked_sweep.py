"""Why no run of a sweep can start, and how to go on."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import commands
from sweepcli.errors import ConfigError, NotSupported
from sweepcli.records import BAD, UNFINISHED, RunState
from sweepcli.sweeps import controller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.records import Sweep, SweepState
    from sweepcli.stores import Store


class BlockedSweep(NamedTuple):
    """A sweep of which no run can start."""

    why: str  # empty where a person has stopped it
    how: str  # to go on

    def line(self, state: SweepState) -> str:
        """Return what a person learns who has resumed the sweep, which is in this state now."""
        return f"nothing can run: {self.why}, so the sweep is {state}; {self.how}"


def of(store: Store, sweep: Sweep) -> BlockedSweep | None:
    """Return why no run of a sweep can start; None where one can, or is at work."""
    with suppress(ConfigError, NotSupported):  # a config of a newer version
        if reached := controller.target_reached(store, sweep):
            return BlockedSweep(
                reached, "; ".join(_new_sweep(sweep, "another `target` of its metric"))
            )
        if controller.is_used_up(store, sweep) and not controller.has_waiting(store, sweep):
            if store.running(sweep.id):
                return None
            is_capped = controller.is_capped(sweep.config)
            what = "a higher `run_cap`" if is_capped else "more values of its parameters"
            ways = [*_new_sweep(sweep, what), *_retry(store, sweep)]
            return BlockedSweep(controller.limit_reached(sweep.config), "; ".join(ways))
        if store.sweep(sweep.id).state not in UNFINISHED:
            resume = commands.line("sweep resume", sweep.path)
            return BlockedSweep("", f"`{resume}` lets agents claim runs again")
    return None


def _new_sweep(sweep: Sweep, what: str) -> Iterator[str]:
    yield f"for more runs create a new sweep with {what}"
    if controller.learns(sweep.config):
        yield "`--prior_run RUN` lets it learn from runs of this one"


def _retry(store: Store, sweep: Sweep) -> Iterator[str]:
    counts = store.counts(sweep.id)
    if any(counts.get(state) for state in (*BAD, RunState.KILLED)):
        retry = commands.line("sweep retry", sweep.path)
        yield f"`{retry}` tries those again that did not finish"
