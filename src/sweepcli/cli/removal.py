"""The command `sweep rm`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from sweepcli.agents import recovery
from sweepcli.cli import open_store, options, printing
from sweepcli.errors import ConfigError, UnknownSweep
from sweepcli.messages import say, warn
from sweepcli.printed import harmless
from sweepcli.sweeps import path as sweep_path
from sweepcli.sweeps import removal
from sweepcli.views import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import Sweep
    from sweepcli.stores import Store
    from sweepcli.stores.location import Location
    from sweepcli.sweeps.sweep_folder import Left, SweepFolder

EPILOG = """\b
Example:
  sweep rm me/demo/abcd1234
  sweep rm --yes me/demo/abcd1234"""
NOBODY_TO_ASK = "`rm` asks first, and nobody can answer here; --yes removes without asking."
MOST_LEFT = 10  # lines
SHARED = (
    "{folder} stays, because the sweep is also in {others}; remove it there too, or the folder "
    "yourself"
)
ELSEWHERE = "Runs of it have been on {hosts}: their files there stay, in {path} of the results"
AGAIN = "{many} could not be removed; when that is mended, `{again}` removes the rest"


@click.command(epilog=EPILOG)
@options.whole_path
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@options.location
@options.as_json
def rm(path: str, location: Location, *, yes: bool, as_json: bool) -> int:
    """Remove the sweep PATH for good: its runs, their history, and its folder with all files.

    PATH needs the whole id. It is refused while an agent works on the sweep. Nothing outside the
    results directory is removed: of a link in the folder, only the link. Copies of the sweep in
    other stores stay. If it is interrupted, repeat it. Prints the path.
    """
    if not (yes or (sys.stdin.isatty() and sys.stderr.isatty())):
        raise click.UsageError(NOBODY_TO_ASK)
    try:
        with open_store.sweep_at(location, path, whole=True) as (store, sweep):
            runs, left = _remove(store, sweep, location, asks=not yes)
    except UnknownSweep as error:
        return _complete(path, location, error, asks=not yes, as_json=as_json)
    return _answer(sweep.path, runs, left, location, as_json=as_json)


def _remove(
    store: Store, sweep: Sweep, location: Location, *, asks: bool
) -> tuple[int, Sequence[Left]]:
    """Remove a sweep; return how many runs it had, and what is left of its files."""
    runs, hosts = sum(store.counts(sweep.id).values()), store.hosts(sweep.id)
    found = removal.Removal(store, sweep, location, lambda: recovery.living(store, sweep))
    found.refuse_at_work()
    if asks:
        _ask(_what_goes(store, sweep, found.going))
    left = found.carry_out()
    files = any(each.is_there for each in found.going) and not left
    say(f"Removed {sweep.path}: {render.many(runs, 'run')}{', and their files' if files else ''}")
    for folder, _, others in found.shared:
        say(SHARED.format(folder=folder.path, others=", ".join(others)))
    others = [host for host in hosts if host != os.uname().nodename]
    if others and not store.database.is_local:
        say(ELSEWHERE.format(hosts=", ".join(others), path=sweep.path))
    return runs, left


def _complete(
    path: str, location: Location, unknown: UnknownSweep, *, asks: bool, as_json: bool
) -> int:
    """Remove what an interrupted removal has left; raise UnknownSweep if there is nothing."""
    found = removal.half_done(location, sweep_path.parse(path))
    if not found:
        raise unknown
    sweep = "/".join(found[0].names)
    if asks:
        _ask([f"{sweep}: was being removed", *map(_folder, found)])
    left = [each for folder in found for each in folder.remove()]
    if not left:
        say(f"Removed what an interrupted `rm` had left of {sweep}")
    return _answer(sweep, 0, left, location, as_json=as_json)


def _what_goes(store: Store, sweep: Sweep, going: Sequence[SweepFolder]) -> list[str]:
    counts = store.counts(sweep.id)
    states = f" ({render.states(counts)})" if counts else ""
    name = f" ({sweep.name})" if sweep.name else ""
    runs = render.many(sum(counts.values()), "run")
    lines = [f"{sweep.path}{name}: {runs}{states}{_best(store, sweep)}"]
    return lines + [_folder(each) for each in going if each.is_there]


def _best(store: Store, sweep: Sweep) -> str:
    try:
        metric = sweep.config.metric
    except ConfigError:  # of a newer version
        return ""
    best = store.best_run(sweep.id, metric.goal) if metric else None
    return f"; best {render.value_line(best, metric)}" if best else ""


def _folder(folder: SweepFolder) -> str:
    count, size = folder.size()
    return f"{folder.path}: {render.many(count, 'file')}, {render.size(size)}"


def _ask(lines: Sequence[str]) -> None:
    """Show what goes, and ask; end the command with exit code 1 unless the answer is yes."""
    click.echo(harmless("\n".join(lines)), err=True)
    if not click.confirm("Remove it for good?", err=True):
        say("Nothing is removed")
        click.get_current_context().exit(1)


def _answer(
    path: str, runs: int, left: Sequence[Left], location: Location, *, as_json: bool
) -> int:
    for each in left[:MOST_LEFT]:
        warn(f"{each.path}: {each.why}")
    if left:
        again = location.line("sweep rm", path)
        warn(AGAIN.format(many=render.many(len(left), "file or folder"), again=again))
    if as_json:
        printing.json({"path": path, "runs": runs, "left": [each._asdict() for each in left]})
    else:
        click.echo(path)
        printing.next_command(None if left else "sweep ls", location)
    return 1 if left else 0
