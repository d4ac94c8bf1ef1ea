"""What people change of a sweep: W&B's stop, cancel, pause and resume; and runs are tried again."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders, messages
from sweepcli.errors import ConfigError, NotSupported, WrongState
from sweepcli.records import UNFINISHED, RunState, SweepState
from sweepcli.runs import attempt_record
from sweepcli.sweeps import controller, state_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import Run, Sweep
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


def change(store: Store, sweep: Sweep, verb: str, results: str) -> SweepState:
    """Change a sweep's state by a verb of CHANGES, and return the one it was in.

    A sweep that has the new state already is fine, and one that starts no more runs can be canceled
    as long as a run of it is at work. Resumed with nothing left to run, it is finished at once.
    Raises WrongState for a state that does not allow the change.
    """
    wanted = CHANGES[verb]
    if verb == "pause" and sweep.state not in (*wanted.allowed, wanted.state):
        raise WrongState(f"Cannot pause {sweep.state} sweep.")
    allowed = wanted.allowed
    if verb == "cancel" and store.counts(sweep.id).get(RunState.RUNNING):
        allowed = (*allowed, SweepState.FINISHED)
    also = state_file.noting(results, sweep, store.database)
    before = store.set_state(sweep.id, wanted.state, allowed=allowed, also=also)
    if verb == "resume":
        with suppress(ConfigError, NotSupported):  # a config of a newer version
            controller.finish_if_over(store, sweep, results)  # as the next agent would
    return before


def retry(store: Store, sweep: Sweep, runs: Sequence[Run], results: str) -> list[Run]:
    """Let ended runs of a sweep be claimed again, as `Queue.retry` does."""

    def also(done: Sequence[Run]) -> None:
        for run in done:
            folder = folders.last_attempt_folder(results, sweep, run)
            if complaint := attempt_record.give_back(folder, run, is_retried=True):
                messages.warn(complaint)
        state_file.noting(results, sweep, store.database)(store.sweep(sweep.id).state)

    return store.retry(sweep.id, runs, also=also)
