"""`sweep --stop`, `--cancel`, `--pause` and `--resume`: W&B's changes of a sweep's state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from sweepcli.errors import WrongState
from sweepcli.messages import say
from sweepcli.records import SweepState

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from sweepcli.records import Sweep
    from sweepcli.stores import Store

OPEN = (SweepState.PENDING, SweepState.RUNNING, SweepState.PAUSED)


@dataclass(frozen=True, slots=True)
class Change:
    """A change of state: what it is called, where it leads, where it may start."""

    doing: str
    state: SweepState
    allowed: tuple[SweepState, ...]


CHANGES = {
    "stop": Change("Stopping", SweepState.FINISHED, OPEN),
    "cancel": Change("Cancelling", SweepState.CANCELED, OPEN),
    "pause": Change("Pausing", SweepState.PAUSED, (SweepState.RUNNING,)),
    "resume": Change("Resuming", SweepState.RUNNING, tuple(SweepState)),
}


def change(place: AbstractContextManager[tuple[Store, Sweep]], verb: str, *, as_json: bool) -> None:
    """Change a sweep's state, and say so; a sweep that is there already is fine."""
    wanted = CHANGES[verb]
    with place as (store, sweep):
        say(f"{wanted.doing} sweep {sweep.path}")
        if verb == "pause" and sweep.state not in (*wanted.allowed, wanted.state):
            raise WrongState(f"Cannot pause {sweep.state} sweep.")
        before = store.set_state(sweep.id, wanted.state, allowed=wanted.allowed)
    # W&B's scripts look for these words.
    say(f"Sweep already {before}." if before is wanted.state else "Done.")
    if as_json:
        from sweepcli.cli import render  # noqa: PLC0415 -- for --json alone

        answer = {"path": sweep.path, "state": str(wanted.state), "before": str(before)}
        click.echo(render.json_text(answer))
