"""The commands that make a run again: its code in a folder, and a new sweep of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from sweepcli import commands, messages
from sweepcli.cli import open_store, options, printing
from sweepcli.errors import NotSupported
from sweepcli.sweeps.again import here, recorded, restored
from sweepcli.sweeps.again.recorded import NotRecorded
from sweepcli.views import command_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.records import Run, Sweep
    from sweepcli.stores.location import Location
    from sweepcli.sweeps.again.restored import Restored

MOST_NAMED = 5  # files in a message
RESTORE = """\b
Example:
  sweep restore r1a2b3c4
  sweep restore latest ~/paper && ~/paper/run.sh --epochs=100"""


@click.command(epilog=RESTORE)
@options.run
@click.argument("folder", metavar="[DIR]", required=False)
@options.location
@options.as_json
def restore(run: str, folder: str | None, location: Location, *, as_json: bool) -> int:
    """Write the code that RUN had into the folder DIR, with run.sh, which starts it again.

    DIR is restored-ID if none is named, and must be new or empty. What cannot be restored is told;
    the exit code is 1 if that is code.
    """
    with open_store.run_at(location, run, looks=True) as (store, sweep, found):
        _refuse_function(sweep, found)
        known = recorded.of(sweep, found, location.results)
        try:
            wanted = recorded.code(store, known)
        except NotRecorded as error:
            rerun = location.line("sweep rerun", found.id)
            raise NotRecorded(f"{error}; `{rerun}` runs it with the code as it is now") from None
    made = restored.make(known, wanted, folder or restored.default(found.id))
    now = here.of(known)
    if as_json:
        printing.json(
            {
                "id": found.id,
                "dir": os.path.abspath(made.folder),
                "code": wanted.of.id,
                "missing": made.missing,
                "left_out": made.left_out,
                "packages": [each._asdict() for each in now.packages],
            }
        )
    else:
        printing.raw(f"{made.folder}\n")
    _tell(made)
    for line in now.lines():
        messages.warn(line)
    messages.say(f"Next: {made.command}")
    return 1 if made.missing else 0


def _refuse_function(sweep: Sweep, run: Run) -> None:
    """Raise NotSupported for a run that no command line has started."""
    if not command_line.has_one(sweep):
        raise NotSupported(
            f"run {run.id} was a call of a Python function, which only your script can repeat: "
            "call it with the params of `" + commands.line("sweep show", run.id, "--json") + "`"
        )


def _tell(made: Restored) -> None:
    """Say what is not there."""
    by_reason: dict[str, list[str]] = {}
    for path, why in made.missing.items():
        by_reason.setdefault(why, []).append(path)
    for why, paths in by_reason.items():
        messages.warn(f"missing: {_named(paths)}: {why}")
    if made.left_out:
        messages.say(f"Never recorded, and so not there: {_with_reasons(made.left_out)}")
    if made.beside:
        messages.say(
            f"{made.root} has more, which is no code: {_named(made.beside)}; link or copy what the "
            f"program reads into {made.code}"
        )


def _named(paths: list[str]) -> str:
    shown = ", ".join(sorted(paths)[:MOST_NAMED])
    more = len(paths) - MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _with_reasons(left_out: Mapping[str, str]) -> str:
    shown = [f"{path} ({why})" for path, why in [*left_out.items()][:MOST_NAMED]]
    more = len(left_out) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
