"""The command `sweep repair`."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

import click

from sweepcli.cli import options, printing
from sweepcli.messages import say, warn
from sweepcli.sweeps.repair import repair as repairing
from sweepcli.views import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.stores.location import Location
    from sweepcli.sweeps.repair.repair import Lost, Repaired

EPILOG = """\b
Example:
  sweep repair
  sweep repair sweep-results --store /local/me/sweeps"""
MOST_ALIKE = 5  # lines of one kind; --json has all of them


@click.command(epilog=EPILOG)
@click.argument("folder", metavar="[DIR]", required=False)
@options.location
@options.as_json
def repair(folder: str | None, location: Location, *, as_json: bool) -> None:
    """Rebuild the database from the files of the runs in the results directory DIR.

    The old database stays beside the new one, as sweeps.db.old-1. No agent may be at work. What
    could not be rebuilt is told; the paths of the sweeps are printed.
    """
    if folder is not None:
        location = location._replace(results=os.path.abspath(folder))
    done = repairing.repair(location)
    _say(done, location)
    if as_json:
        printing.json(
            {
                "sweeps": [each._asdict() for each in done.sweeps],
                "lost": [each._asdict() for each in done.lost],
                "old": done.old,
            }
        )
    elif done.sweeps:
        click.echo("\n".join(each.path for each in done.sweeps))
        printing.next_command("sweep ls", location)


def _say(done: Repaired, location: Location) -> None:
    if done.was_interrupted:
        say("An earlier `sweep repair` was interrupted: its new database is in its place now")
    _warn_of(done.lost)
    words = [
        render.many(len(done.sweeps), "sweep"),
        render.many(sum(each.runs for each in done.sweeps), "run"),
        render.many(sum(each.attempts for each in done.sweeps), "attempt"),
        f"{render.many(sum(each.rows for each in done.sweeps), 'row')} of history",
    ]
    say(f"Rebuilt the database in {location.shown} from the files of the runs: {', '.join(words)}")
    if done.old is not None:
        say(f"The old database is now {done.old}; remove it when you no longer need it")


def _warn_of(lost: Sequence[Lost]) -> None:
    said = Counter[str]()
    for path, why in lost:
        said[why] += 1
        if said[why] <= MOST_ALIKE:
            warn(f"{path}: {why}")
    for why, count in said.items():
        if count > MOST_ALIKE:
            warn(f"and {count - MOST_ALIKE} more: {why}")
