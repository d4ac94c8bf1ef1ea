"""W&B's changes of a sweep's state: stop, cancel, pause, resume; for commands and the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.errors import WrongState
from sweepcli.records import UNFINISHED, SweepState

if TYPE_CHECKING:
    from sweepcli.records import Sweep
    from sweepcli.stores import Store


class Change(NamedTuple):
    """A change of state: its name, the new state, and the states that allow it."""

    doing: str
    state: SweepState
    allowed: tuple[SweepState, ...]
    running: str  # what happens to the running runs


CHANGES = {
    "stop": Change("Stopping", SweepState.FINISHED, UNFINISHED, "may finish"),
    "cancel": Change("Cancelling", SweepState.CANCELED, UNFINISHED, "will be ended"),
    "pause": Change("Pausing", SweepState.PAUSED, (SweepState.RUNNING,), "may finish"),
    "resume": Change("Resuming", SweepState.RUNNING, tuple(SweepState), ""),
}


def change(store: Store, sweep: Sweep, verb: str) -> SweepState:
    """Change a sweep's state by a verb of CHANGES, and return the one it was in.

    A sweep that has the new state already is fine; raises WrongState for a state that does not
    allow the change.
    """
    wanted = CHANGES[verb]
    if verb == "pause" and sweep.state not in (*wanted.allowed, wanted.state):
        raise WrongState(f"Cannot pause {sweep.state} sweep.")
    return store.set_state(sweep.id, wanted.state, allowed=wanted.allowed)
