"""The commands that lead to files: what a run printed, and where everything is."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import click

from sweepcli import folders, messages
from sweepcli.cli import opened, options, printing
from sweepcli.errors import UnknownRun
from sweepcli.views import attempt_files

if TYPE_CHECKING:
    from sweepcli.records import Run, Sweep
    from sweepcli.stores import Store
    from sweepcli.stores.location import Location

LOGS = """\b
Example:
  sweep logs r1a2b3c4 | tail -n 20
  sweep logs r1a2b3c4 -f"""


@click.command(epilog=LOGS)
@click.argument("run")
@click.option("--attempt", type=click.IntRange(min=1), metavar="N", help="Default: the last one.")
@click.option("-f", "--follow", "follows", is_flag=True, help="Go on until the run has ended.")
@options.location
@options.as_json
def logs(
    run: str, attempt: int | None, location: Location, *, follows: bool, as_json: bool
) -> None:
    """Print what RUN printed, standard output and error alike.

    With --follow also what it prints from now on, and what later attempts print if it is tried
    again; with --attempt until that one has ended.
    """
    if follows and as_json:
        raise click.UsageError("--follow and --json exclude each other.")
    with opened.store_at(location) as store:
        found = store.run(run)
        sweep = store.sweep(found.sweep_id)
        if follows and (attempt is None or attempt <= found.attempt):
            _follow(store, sweep, found, location.results, attempt)
            return
        attempts = store.attempts(run)
    number = _number(found, attempt)
    place = attempt_files.of(location.results, sweep, found, attempts, number)
    if os.path.isfile(place.output):
        _print(place.output, run, number, as_json=as_json)
    else:
        kept = _kept(attempt_files.kept_output(attempts, number), place.output_words(found), found)
        host, record = place.host, {"id": run, "attempt": number, "path": None, "is_whole": False}
        printing.json({**record, "host": host, "output": kept}) if as_json else click.echo(kept)


def _number(run: Run, attempt: int | None) -> int:
    """Return the number of an attempt, the last one if none is named."""
    number = attempt or run.attempt
    if not 1 <= number <= run.attempt:
        which = f"attempt {number}; it has had {run.attempt}" if attempt else "attempt yet"
        raise UnknownRun(f"run {run.id} has no {which}")
    return number


def _print(path: str, run: str, number: int, *, as_json: bool) -> None:
    record = {"id": run, "attempt": number, "path": path, "is_whole": True}
    with open(path, "rb") as file:
        if as_json:
            text = file.read().decode(errors="replace")
            printing.json({**record, "host": os.uname().nodename, "output": text})
        else:
            # Bytes as they are: a program may print what is no text.
            shutil.copyfileobj(file, sys.stdout.buffer)


def _kept(lines: str | None, where: str, run: Run) -> str:
    """Return the last lines that the store has, and tell where all are; raise if it has none."""
    if not lines:
        raise UnknownRun(
            f"what run {run.id} printed is {where}; the last lines are kept only of what has "
            "ended without having finished"
        )
    messages.say(f"These are the last lines, as the database has kept them; the whole is {where}")
    return lines


def _follow(store: Store, sweep: Sweep, run: Run, results: str, attempt: int | None) -> None:
    from sweepcli.views import following  # noqa: PLC0415 -- not needed for --help

    for part in following.follow(store, sweep, run, results, note=messages.say, only=attempt):
        sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()


@click.command(epilog='\b\nExample:\n  cd "$(sweep where me/demo/abcd1234)"')
@click.argument("path", required=False)
@options.location
@options.as_json
def where(path: str | None, location: Location, *, as_json: bool) -> None:
    """Print the folder of the sweep PATH, or without one the results directory."""
    folder = location.results
    if path is not None:
        with opened.sweep_at(location, path) as (_, sweep):
            folder = folders.sweep_folder(location.results, sweep)
    answer = {"dir": folder, "store": location.shown}
    printing.json(answer) if as_json else click.echo(folder)
