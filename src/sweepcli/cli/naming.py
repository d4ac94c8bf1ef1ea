"""The commands `sweep rename`, `sweep note` and `sweep tag`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from sweepcli import about
from sweepcli.cli import open_store, options, printing
from sweepcli.messages import say
from sweepcli.records import Sweep
from sweepcli.sweeps import naming
from sweepcli.views import next_command, terminal

if TYPE_CHECKING:
    from sweepcli.records import Run
    from sweepcli.stores.location import Location
    from sweepcli.stores.naming import Change

RENAME = """\b
Example:
  sweep rename me/demo/abcd1234 "learning rates"
  sweep rename r1a2b3c4 baseline
  sweep rename r1a2b3c4 ''"""


@click.command(epilog=RENAME)
@options.named_target
@click.argument("name")
@options.location
@options.as_json
def rename(target: str, name: str, location: Location, *, as_json: bool) -> None:
    """Call a sweep or a run NAME, whatever its config or its script says; '' for no name.

    The id stays. Commands understand the name wherever they ask for a PATH or RUN.
    """
    found = _say(location, target, partial(about.named, text=name))
    _answer(found, location, "name", found[-1].name, as_json=as_json)


NOTE = """\b
Example:
  sweep note r1a2b3c4 "the data of May, before the filter"
  sweep note me/demo/abcd1234 ''"""


@click.command(epilog=NOTE)
@options.named_target
@click.argument("text")
@options.location
@options.as_json
def note(target: str, text: str, location: Location, *, as_json: bool) -> None:
    """Write notes about a sweep or a run, of one line or many; '' for no notes.

    TEXT takes the place of the notes so far, a config's `description` included.
    """
    found = _say(location, target, partial(about.noted, text=text))
    _answer(found, location, "notes", found[-1].notes, as_json=as_json)


TAG = """\b
Example:
  sweep tag r1a2b3c4 baseline keep
  sweep tag r1a2b3c4 keep --remove
  sweep runs me/demo/abcd1234 --filter "'baseline' in run.tags\""""


@click.command(epilog=TAG)
@options.named_target
@click.argument("tags", metavar="TAG...", nargs=-1, required=True)
@click.option("--remove", "are_removed", is_flag=True, help="Take these tags away.")
@options.location
@options.as_json
def tag(
    target: str, tags: tuple[str, ...], *, are_removed: bool, location: Location, as_json: bool
) -> None:
    """Tag a sweep or a run, besides the tags that it has; those of its script can be removed."""
    found = _say(location, target, partial(about.tagged, tags=tags, are_removed=are_removed))
    _answer(found, location, "tags", ", ".join(found[-1].tags), as_json=as_json)


def _say(location: Location, target: str, change: Change) -> tuple[Sweep, Sweep | Run]:
    """Change what people say of a sweep or run; return the sweep, and which of the two it is."""
    with open_store.target_at(location, target) as (store, sweep, run):
        if run is None:
            changed = naming.say_of_sweep(store, sweep, change, location.results)
            return changed, changed
        return sweep, naming.say_of_run(store, sweep, run, change, location.results)


def _answer(
    found: tuple[Sweep, Sweep | Run],
    location: Location,
    what: str,
    text: str | None,
    *,
    as_json: bool,
) -> None:
    sweep, named = found
    is_sweep = isinstance(named, Sweep)
    which = f"sweep {sweep.path}" if is_sweep else f"run {named.id} of {sweep.path}"
    one_line = " ".join((text or "").split())
    said = f": {terminal.cut(one_line, terminal.LONGEST)}" if one_line else ""
    say(f"The {what} of {which}{said}" if said else f"{which[0].upper()}{which[1:]} has no {what}")
    if as_json:
        run_id = None if is_sweep else named.id
        described = {"name": named.name, "notes": named.notes, "tags": list(named.tags)}
        printing.json({"path": sweep.path, "run": run_id, **described})
        return
    shown = next_command.of_sweep("sweep show", sweep.path if is_sweep else named.id)
    printing.next_command(shown, location)
