"""The commands that make a run again: its code in a folder, and a new sweep of it."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import click

from sweepcli import folders, messages
from sweepcli.cli import making, open_store, options, printing
from sweepcli.errors import NotSupported
from sweepcli.printed import escaped, listed
from sweepcli.stores.location import entered
from sweepcli.sweep_config import code_checks, load
from sweepcli.sweeps import create
from sweepcli.sweeps.again import here, recorded, rerunning, restored
from sweepcli.sweeps.again.recorded import NotRecorded
from sweepcli.sweeps.again.rerunning import NotWhole
from sweepcli.views import command_line

if TYPE_CHECKING:
    from sweepcli.code.contents import Wanted
    from sweepcli.records import Run, Sweep
    from sweepcli.stores import Store
    from sweepcli.stores.location import Location
    from sweepcli.sweeps.again.fixed_config import Fixed
    from sweepcli.sweeps.again.here import Here
    from sweepcli.sweeps.again.recorded import Recorded
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

    DIR must be new or empty; without it, the folder is restored-ID. Files that cannot be restored
    are listed, and the exit code is 1 if any of them is code.
    """
    with open_store.run_at(location, run, looks=True) as (store, sweep, found):
        _refuse_function(sweep, found, location)
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
                "changed": made.changed,
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


def _refuse_function(sweep: Sweep, run: Run, location: Location) -> None:
    """Raise NotSupported for a run that no command line has started."""
    if not command_line.has_one(sweep):
        params = location.line("sweep show", run.id, "--json")
        raise NotSupported(
            f"run {run.id} was a call of a Python function, which only your script can repeat: "
            f"`{params}` has its params"
        )


def _tell(made: Restored) -> None:
    """Say what is not there."""
    by_reason: dict[str, list[str]] = {}
    for path, why in made.missing.items():
        by_reason.setdefault(why, []).append(path)
    for why, paths in by_reason.items():
        messages.warn(f"missing: {listed(sorted(map(escaped, paths)), MOST_NAMED)}: {why}")
    if made.left_out:
        named = [f"{escaped(path)} ({why})" for path, why in made.left_out.items()]
        messages.say(f"Never recorded, and so not there: {listed(named, MOST_NAMED)}")
    if made.changed:
        changed = listed(sorted(map(escaped, made.changed)), MOST_NAMED)
        messages.warn(
            f"restored as in the commit, and not as it is now in {made.root}: {changed}; copy what "
            f"the run had into {made.code}"
        )
    if made.beside:
        named = sorted(map(escaped, made.beside))
        messages.say(
            f"{made.root} has more, which is no part of that code: {listed(named, MOST_NAMED)}; "
            f"link or copy what the program reads into {made.code}"
        )


RERUN = """\b
Example:
  sweep rerun r1a2b3c4
  agent $(sweep rerun 12 --with epochs=100 --with opt.lr=1e-4)"""


@click.command(epilog=RERUN)
@options.run
@click.option(
    "--with",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    help="Another value of a parameter, or a new parameter. Dots part the names of nested ones.",
)
@click.option(
    "--current-code", "is_current", is_flag=True, help="Use the code as it is now, not that of RUN."
)
@options.location
@options.as_json
def rerun(
    run: str, given: tuple[str, ...], location: Location, *, is_current: bool, as_json: bool
) -> None:
    """Create a sweep of RUN alone, with its code, params and seeds, and print its path.

    The code is frozen; its data is not: start the agent in the folder where RUN was. Packages that
    differ from those that it had are listed.
    """
    with open_store.run_at(location, run) as (store, sweep, found):
        _refuse_function(sweep, found, location)
        known = recorded.of(sweep, found, location.results)
        wanted = None if is_current else _code_of(store, known, location)
        now = here.of(known)
        fixed = rerunning.config(known, given, now)
        for note in fixed.notes:
            messages.say(note)
        for line in now.lines():
            messages.warn(line)
        entered(location, [sweep])
        made = _made(store, known, wanted, now, fixed, location)
    messages.say(f"Creating sweep with ID: {made.id}")
    making.announce(made, location.results, _where(wanted))
    if as_json:
        folder = folders.sweep_folder(location.results, made)
        printing.json({"id": made.id, "path": made.path, "run": found.id, "dir": folder})
    else:
        click.echo(made.path)


def _code_of(store: Store, known: Recorded, location: Location) -> Wanted | None:
    """Return the code that a run had; None, with a warning, if it was never recorded."""
    try:
        return recorded.code(store, known)
    except NotRecorded as error:
        messages.warn(f"{error}: the new sweep uses the code as it is now")
        return None
    except NotSupported as error:
        current = location.line("sweep rerun", known.run.id, "--current-code")
        raise NotSupported(f"{error}; `{current}` runs it with the code as it is now") from None


def _made(
    store: Store,
    known: Recorded,
    wanted: Wanted | None,
    now: Here,
    fixed: Fixed,
    location: Location,
) -> Sweep:
    add = partial(
        create.create_sweep,
        store,
        results=known.results,
        entity=known.sweep.entity,
        project=known.sweep.project,
    )
    if wanted is None:
        return add(load.load_mapping(fixed.raw))
    loaded = load.load_mapping({**fixed.raw, "code": code_checks.frozen(fixed.raw.get("code"))})
    try:
        with rerunning.code(known, wanted, loaded.config, now) as code:
            for line in code.lines():
                whole = location.line("sweep restore", known.run.id)
                messages.warn(f"{line}; in the folder of `{whole}`, all is as it was")
            return add(loaded, plan=code.taken)
    except NotWhole as error:
        other = location.line("sweep rerun", known.run.id, "--current-code")
        raise NotWhole(f"{error} (`{other}` uses the code as it is now)") from None


def _where(wanted: Wanted | None) -> str:
    """Return in which folder to start the agent, where that is another one."""
    if wanted is None:
        return ""
    folder = os.path.normpath(os.path.join(wanted.of.root, wanted.of.cwd))
    is_here = os.path.realpath(os.getcwd()) == folder
    return "" if is_here else f"The run was in {folder}: start the agent there, for its data"
