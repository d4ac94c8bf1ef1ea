"""The commands that list: all sweeps, and the runs of one."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

import click

from sweepcli import messages
from sweepcli.cli import opened, options, printing
from sweepcli.errors import ConfigError

if TYPE_CHECKING:
    from sweepcli.stores.location import Location
    from sweepcli.views.runs_table import Found


@click.command(epilog="\b\nExample:\n  sweep ls --json")
@options.location
@options.as_json
def ls(location: Location, *, as_json: bool) -> None:
    """List all sweeps, the oldest first: state, progress, best run, age."""
    from sweepcli import stores  # noqa: PLC0415 -- sqlite3, not needed for --help
    from sweepcli.views import status, sweep_view, terminal  # noqa: PLC0415 -- likewise

    found = []
    if (there := stores.open_if_there(location.database)) is not None:
        with closing(there) as store:
            for sweep in store.sweeps():
                try:
                    found.append(status.brief(store, sweep))
                except ConfigError as error:  # a newer version's
                    messages.warn(str(error))
    if as_json:
        printing.json([one.brief(location.results) for one in found])
    elif not found:
        messages.say(stores.without_sweeps(location.database))
    else:
        rows = [sweep_view.row(one) for one in found]
        if terminal.is_terminal() and terminal.width() >= sweep_view.WITH_BARS:
            rows = sweep_view.with_bars(rows, found, plain=terminal.is_plain())
        printing.table(sweep_view.HEADINGS, rows, whole=sweep_view.WHOLE)


RUNS = """\b
Example:
  sweep runs me/demo/abcd1234 --csv > runs.csv
  sweep runs me/demo/abcd1234 --filter "val_acc > 0.9 and state == 'finished'"
  sweep runs me/demo/abcd1234 --sort -value --limit 10 --columns id,value,lr"""


@click.command(epilog=RUNS)
@options.path
@click.option("--filter", "condition", metavar="TEXT", help="Only runs for which this holds.")
@click.option("--sort", "order", metavar="NAMES", help="In this order; -NAME: the greatest first.")
@click.option("--columns", metavar="NAMES", help="Only these, as in id,value,lr.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Only the first N.")
@click.option("--all", "is_all", is_flag=True, help="Also runs that no agent has taken yet.")
@click.option("--csv", "as_csv", is_flag=True, help="Answer in CSV.")
@options.location
@options.as_json
def runs(path: str, *, location: Location, as_json: bool, as_csv: bool, **given: object) -> None:
    """List the runs of the sweep PATH: params, value, exit code, seconds.

    NAMES and conditions know number, id, state, attempt, value, step, exit_code, duration,
    started_at, ended_at and reason, and every param and every name of the summary.
    """
    from sweepcli.views import runs_table  # noqa: PLC0415 -- not needed for --help

    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other.")
    wanted = runs_table.Wanted(**given)  # type: ignore[arg-type]  # click's options, as declared
    with opened.sweep_at(location, path) as (store, sweep):
        found = runs_table.find(store, sweep, sweep.config, wanted)
    _print(found, as_json=as_json, as_csv=as_csv)


def _print(found: Found, *, as_json: bool, as_csv: bool) -> None:
    from sweepcli.views import render, runs_table, terminal  # noqa: PLC0415 -- not needed for --help

    now = time.time()
    if as_json and found.names:
        printing.json(found.records())
    elif as_json:
        printing.json([render.run_record(run, now) for run in found.runs])
    else:
        if found.names:
            headings, rows = found.names, found.cells()
        elif terminal.is_terminal() and not as_csv:
            headings, rows = runs_table.table_for_people(found.runs, now)
        else:
            headings, rows = runs_table.table(found.runs, now)
        if as_csv:
            click.echo(render.csv_text(headings, rows), nl=False)
        else:
            printing.table(headings, rows)
