"""The commands that lead to files: what a run printed, and where everything is."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import closing

import click

from sweepcli import folders
from sweepcli.cli import opened, options
from sweepcli.errors import UnknownRun


@click.command(epilog="\b\nExample:\n  sweep logs r1a2b3c4 | tail -n 20")
@click.argument("run")
@click.option("--attempt", type=click.IntRange(min=1), metavar="N", help="Default: the last one.")
@options.results
def logs(run: str, attempt: int | None, results: str) -> None:
    """Print what RUN printed, standard output and error alike."""
    from sweepcli import stores  # noqa: PLC0415 -- sqlite3, not needed for --help

    with closing(stores.open_existing(results)) as store:
        found = store.run(run)
        sweep = store.sweep(found.sweep_id)
    number = attempt or found.attempt
    if not 1 <= number <= found.attempt:
        which = f"attempt {number}; it has had {found.attempt}" if attempt else "attempt yet"
        raise UnknownRun(f"run {run} has no {which}")
    folder = folders.attempt_folder(results, sweep, run, number)
    path = os.path.join(folder, folders.OUTPUT)
    if not os.path.isfile(path):
        raise UnknownRun(f"{path} is missing: run {run} ran on another machine, or was removed")
    with open(path, "rb") as file:
        # Bytes as they are: a program may print what is no text.
        shutil.copyfileobj(file, sys.stdout.buffer)


@click.command(epilog='\b\nExample:\n  cd "$(sweep where me/demo/abcd1234)"')
@click.argument("path", required=False)
@options.results
def where(path: str | None, results: str) -> None:
    """Print the folder of the sweep PATH, or without one the results directory."""
    if path is None:
        click.echo(results)
        return
    with opened.sweep_at(results, path) as (_, sweep):
        click.echo(folders.sweep_folder(results, sweep))
