"""The commands that change a sweep: stop, cancel, pause, resume and update.

W&B's flags of `sweep`, such as `sweep --stop PATH`, call `change`, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sweepcli.agents import recovery
from sweepcli.cli import making, open_store, options, printing
from sweepcli.errors import FolderError, StoreError
from sweepcli.messages import say
from sweepcli.records import RunState, SweepState
from sweepcli.sweeps import path as sweep_path
from sweepcli.sweeps import states
from sweepcli.views import blocked_sweep, next_command, render

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sweepcli.cli.options import Named, Over
    from sweepcli.records import Agent, Run, Sweep
    from sweepcli.stores.location import Location
    from sweepcli.sweeps.states import Change


ENDS = ("stop", "cancel")  # what needs the whole id: the wrong sweep would lose its runs
WHOLE = "PATH needs the whole id."


def _verb(name: str, says: str) -> click.Command:
    """Return the command that changes the state of a sweep by a verb of `states.CHANGES`."""

    @click.command(name, help=says, epilog=f"\b\nExample:\n  sweep {name} me/demo/abcd1234")
    @(options.whole_path if name in ENDS else options.changed_path)
    @options.named
    @options.location
    @options.as_json
    def command(path: str | None, *, location: Location, named: Named, as_json: bool) -> None:
        sweep, is_blocked = change(location, path, name, named, as_json=as_json)
        if not (as_json or is_blocked):
            after = next_command.of_sweep(next_command.VERBS[name], sweep)
            printing.next_command(after, location)

    return command


stop = _verb("stop", f"Start no more runs of the sweep PATH; running runs may finish. {WHOLE}")
cancel = _verb("cancel", f"Start no more runs of the sweep PATH, and end its running runs. {WHOLE}")
pause = _verb("pause", "Start no runs of the sweep PATH until it is resumed.")
resume = _verb("resume", "Let the sweep PATH start runs again.")


@click.command(epilog="\b\nExample:\n  sweep update me/demo/abcd1234 sweep.yaml")
@click.argument("path")
@click.argument("config", metavar="CONFIG.yaml")
@options.named
@options.over_config
@options.location
@options.as_json
def update(
    path: str,
    config: str,
    *,
    location: Location,
    named: Named,
    over: Over,
    prior: Sequence[str],
    as_json: bool,
) -> None:
    """Replace the config of the sweep PATH, before any of its runs has started."""
    if sweep_path.is_config(path) and not sweep_path.is_config(config):
        path, config = config, path
    making.make(location, config, named, over, path, prior, as_json=as_json)


def change(
    location: Location, path: str | None, verb: str, named: Named, *, as_json: bool
) -> tuple[Sweep, bool]:
    """Change a sweep's state, and say so; a sweep that has it already is fine.

    Return the sweep, and whether nothing of it can run, which has been said with how to go on.
    """
    wanted, before = states.CHANGES[verb], None
    try:
        with open_store.sweep_at(location, path, whole=verb in ENDS, **named) as (store, sweep):
            say(f"{wanted.doing} sweep {sweep.path}")
            before = states.change(store, sweep, verb, location.results)
            recovery.recover(store, sweep, location.results)
            counts, at_work = store.counts(sweep.id), store.running(sweep.id)
            state = store.sweep(sweep.id).state
            blocked = blocked_sweep.of(store, sweep) if verb == "resume" else None
    except (StoreError, FolderError) as error:
        done = f"is {wanted.state} now" if before else "stays as it was"
        what = f"{wanted.doing} sweep {path or ''}".rstrip()
        raise type(error)(f"{what} failed, it {done}: {error}") from error
    _say_what_runs_do(wanted, counts, at_work, sweep.path, location)
    if blocked:
        say(blocked.line(state))
    # W&B's scripts look for these words.
    say(f"Sweep already {before}." if before is wanted.state else "Done.")
    if as_json:
        printing.json(
            {
                "path": sweep.path,
                "state": str(state),
                "before": str(before),
                "running": counts.get(RunState.RUNNING, 0),
            }
        )
    return sweep, blocked is not None


def _say_what_runs_do(
    wanted: Change,
    counts: Mapping[RunState, int],
    at_work: Sequence[tuple[Run, Agent]],
    path: str,
    location: Location,
) -> None:
    by_hand = [run.id for run, agent in at_work if agent.pid == 0]
    running, killed = len(at_work), counts.get(RunState.KILLED, 0)
    if wanted.state is SweepState.CANCELED and by_hand:
        running -= len(by_hand)
        many = render.many(len(by_hand), "running run")
        end = location.line("agent --done", by_hand[0])
        say(f"{many} given out by `agent --next`: end it, then `{end}`")
    if running and wanted.running:
        say(f"{render.many(running, 'running run')} {wanted.running}")
    if killed and wanted.state is SweepState.RUNNING:
        many = render.many(killed, "run")
        retry = location.line("sweep retry", path, "--killed")
        say(f"{many} killed before; `{retry}` tries them again")
