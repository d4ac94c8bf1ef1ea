"""`sweep --stop`, `--cancel`, `--pause` and `--resume`: W&B's changes of a sweep's state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sweepcli.agents import recovery
from sweepcli.messages import say
from sweepcli.records import RunState, SweepState
from sweepcli.sweeps import states as state_changes
from sweepcli.views import render

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from sweepcli.records import Sweep
    from sweepcli.stores import Store
    from sweepcli.sweeps.states import Change


def change(
    place: AbstractContextManager[tuple[Store, Sweep]], verb: str, results: str, *, as_json: bool
) -> None:
    """Change a sweep's state, and say so; a sweep that is there already is fine."""
    wanted = state_changes.CHANGES[verb]
    with place as (store, sweep):
        say(f"{wanted.doing} sweep {sweep.path}")
        before = state_changes.change(store, sweep, verb)
        recovery.recover(store, sweep, results)
        counts = store.counts(sweep.id)
    _tell_runs(wanted, counts, sweep.path)
    # W&B's scripts look for these words.
    say(f"Sweep already {before}." if before is wanted.state else "Done.")
    if as_json:
        answer = {
            "path": sweep.path,
            "state": str(wanted.state),
            "before": str(before),
            "running": counts.get(RunState.RUNNING, 0),
        }
        click.echo(render.json_text(answer))


def _tell_runs(wanted: Change, counts: Mapping[RunState, int], path: str) -> None:
    """Say what the change means to the runs."""
    running, killed = counts.get(RunState.RUNNING, 0), counts.get(RunState.KILLED, 0)
    if running and wanted.running:
        say(f"{render.many(running, 'run')} at work: {wanted.running}")
    if killed and wanted.state is SweepState.RUNNING:
        say(f"{render.many(killed, 'run')} killed before; `sweep retry {path} --killed` for them")
