"""The commands that show: all sweeps, one sweep, its runs, its best runs."""

from __future__ import annotations

import os
import time
from contextlib import closing
from typing import TYPE_CHECKING

import click

from sweepcli import messages, stores
from sweepcli.cli import open_store, options, printing
from sweepcli.errors import ConfigError
from sweepcli.sweeps.again import code_now
from sweepcli.views import best as best_runs
from sweepcli.views import (
    command_line,
    next_command,
    params_order,
    render,
    run_view,
    runs_table,
    status,
    sweep_view,
    terminal,
    top_view,
)
from sweepcli.views.exports import csv_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON, Run, Sweep, SweepConfig
    from sweepcli.stores import Store
    from sweepcli.stores.location import Location
    from sweepcli.views.best import Best
    from sweepcli.views.grid import Fitting
    from sweepcli.views.params_order import ParamsOrder
    from sweepcli.views.runs_table import Found
    from sweepcli.views.status import SweepStatus

WHOLE = ("number", "id", "state")  # columns of runs that are never cut
MOST = 50  # running runs that `top` shows


@click.command(epilog="\b\nExample:\n  sweep ls --json")
@options.location
@options.as_json
def ls(location: Location, *, as_json: bool) -> None:
    """List all sweeps, the oldest first: state, progress, failures, best run, age."""
    found = _all_sweeps(location)
    if as_json:
        printing.json([one.brief(location.results) for one in found])
    elif not found:
        messages.say(stores.without_sweeps(location.database))
    else:
        headings, rows = _sweeps_table(found)
        printing.table(headings, rows, whole=sweep_view.WHOLE)
        printing.next_command(next_command.after_list(found), location)


def _sweeps_table(
    found: Sequence[SweepStatus],
) -> tuple[Sequence[str], Sequence[Sequence[JSON | Fitting]]]:
    if terminal.is_terminal():
        width, plain = terminal.width(), terminal.is_plain()
        return sweep_view.table_for_people(found, width, plain=plain)
    return sweep_view.HEADINGS, [sweep_view.row(one) for one in found]


def _all_sweeps(location: Location) -> list[SweepStatus]:
    found = []
    if (there := stores.open_if_there(location.database, looks=True)) is not None:
        with closing(there) as store:
            for sweep in store.sweeps():
                try:
                    found.append(status.brief(store, sweep))
                except ConfigError as error:  # a newer version's
                    messages.warn(str(error))
    return found


@click.command(epilog="\b\nExample:\n  sweep show\n  sweep show me/demo/abcd1234\n  sweep show 12")
@options.target
@options.location
@options.as_json
def show(target: str | None, location: Location, *, as_json: bool) -> None:
    """Show the status of the sweep PATH: progress, best run, failures; or all about RUN."""
    with open_store.target_at(location, target, looks=True) as (store, sweep, run):
        if run is not None:
            _show_run(store, sweep, run, location, as_json=as_json)
            return
        found = status.of(store, sweep, results=location.results)
        if as_json:
            printing.json(found.record(location.results))
        else:
            results, width = open_store.record_at(location, sweep), terminal.width()
            plain, longest = terminal.is_plain(), terminal.longest()
            printing.lines(sweep_view.lines(found, results, width, plain=plain, longest=longest))
            printing.next_command(next_command.after_status(found), location)


def _show_run(store: Store, sweep: Sweep, run: Run, location: Location, *, as_json: bool) -> None:
    view = run_view.RunView(store, sweep, run, location.results)
    if as_json:
        printing.json(view.record())
    else:
        plain, longest = terminal.is_plain(), terminal.longest()
        printing.lines(view.lines(terminal.width(), plain=plain, longest=longest))
        printing.next_command(next_command.after_run(run, sweep), location)


@click.command(epilog="\b\nExample:\n  sweep top me/demo/abcd1234")
@options.path
@options.location
@options.as_json
def top(path: str | None, location: Location, *, as_json: bool) -> None:
    """Watch the sweep PATH and its running runs; q or Ctrl-C ends it, with exit code 0.

    If the standard output is not a terminal, they are printed once.
    """
    with open_store.sweep_at(location, path, looks=True) as (store, sweep):
        results = open_store.record_at(location, sweep)
        if terminal.is_terminal() and not as_json:
            _watch(store, sweep.id, results)
            left = status.of(store, store.sweep(sweep.id), results=location.results)
            printing.next_command(next_command.after_watching(left), location)
            return
        found = top_view.of(store, sweep, MOST)
    if as_json:
        printing.json(found.record(location.results))
    else:
        plain, longest = terminal.is_plain(), terminal.longest()
        printing.lines(found.lines(results, terminal.width(), plain=plain, longest=longest))
        printing.next_command(next_command.after_watching(found.status), location)


def _watch(store: Store, sweep_id: str, results: str | None) -> None:
    plain = terminal.is_plain()

    def look(width: int, height: int) -> list[str]:
        found = top_view.of(store, store.sweep(sweep_id), min(MOST, height))
        store.database.rest()
        return top_view.fitting(found.lines(results, width, plain=plain), height)

    top_view.show(look)


RUNS = """\b
Example:
  sweep runs me/demo/abcd1234 --csv > runs.csv
  sweep runs me/demo/abcd1234 --filter "val_acc > 0.9 and state == 'finished'"
  sweep runs me/demo/abcd1234 --sort -value --limit 10 --columns id,value,lr"""


@click.command(epilog=RUNS)
@options.path
@click.option("--filter", "condition", metavar="TEXT", help="Only runs for which this is true.")
@click.option("--sort", "order", metavar="NAMES", help="In this order; -NAME: the greatest first.")
@click.option("--columns", metavar="NAMES", help="Only these, as in id,value,lr.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Only the first N.")
@click.option("--all", "is_all", is_flag=True, help="Also runs that no agent has claimed yet.")
@click.option("--csv", "as_csv", is_flag=True, help="Answer in CSV.")
@options.location
@options.as_json
def runs(
    path: str | None, *, location: Location, as_json: bool, as_csv: bool, **given: object
) -> None:
    """List the runs of the sweep PATH: params, value, exit code, seconds.

    NAMES and conditions know number, id, state, attempt, value, step, exit_code, duration,
    started_at, ended_at and reason, every param and every name of the summary, and run.name,
    run.notes, run.tags, run.code, run.code_after and run.environment.
    """
    if as_json and as_csv:
        raise click.UsageError("--json cannot be used with --csv.")
    if path in ("asc", "desc"):  # as if of `--sort NAME`
        raise click.UsageError(f"Got unexpected extra argument ({path})")
    wanted = runs_table.Wanted(**given)  # type: ignore[arg-type]  # click's options, as declared
    with open_store.sweep_at(location, path, looks=True) as (store, sweep):
        found = runs_table.find(store, sweep, sweep.config, wanted)
        order = _order(store, sweep) if not (found.names or as_json or as_csv) else None
    _print_runs(found, sweep.config, order, as_json=as_json, as_csv=as_csv)
    if not (as_json or as_csv):
        after = next_command.after_sorted(found.runs, sweep, wanted.order)
        printing.next_command(after, location)


def _order(store: Store, sweep: Sweep) -> ParamsOrder | None:
    """Return the order of the params for a person at a terminal; programs get that of the runs."""
    return params_order.seen(store, sweep) if terminal.is_terminal() else None


def _print_runs(
    found: Found, config: SweepConfig, order: ParamsOrder | None, *, as_json: bool, as_csv: bool
) -> None:
    now = time.time()
    if as_json and found.names:
        printing.json(found.records())
    elif as_json:
        printing.json([render.run_record(run, now) for run in found.runs])
    else:
        if found.names:
            headings, rows = found.names, found.cells() if as_csv else found.texts()
        elif order:
            headings, rows = runs_table.table_for_people(found.runs, now, order, config.metric)
        else:
            headings, rows = runs_table.table(found.runs, now, config)
        if as_csv:
            printing.raw(csv_lines.text(headings, rows))
        else:
            printing.table(headings, rows, whole=WHOLE, instead=("--columns", "--json"))


BEST = """\b
Example:
  sweep best me/demo/abcd1234 --json
  sweep best me/demo/abcd1234 --top 5
  sweep best me/demo/abcd1234 --format command
  eval "python train.py $(sweep best me/demo/abcd1234 --format args)\""""


@click.command(epilog=BEST)
@options.path
@click.option("--top", type=click.IntRange(min=1), metavar="K", help="The K best runs.")
@click.option(
    "--format",
    "form",
    type=options.Choice(["table", "json", "yaml", "args", "command"]),
    help="command: the whole command line of the run, for a shell; args: what follows the "
    "program in it. A line for each run.",
)
@options.location
@options.as_json
def best(
    path: str | None, *, top: int | None, form: str | None, location: Location, as_json: bool
) -> None:
    """Show the run of the sweep PATH with the best value of its metric.

    With several metrics, show the Pareto front: the runs for which no other run is better in one
    metric and at least equal in the rest.
    """
    form = form or ("json" if as_json else None)
    if as_json and form != "json":
        raise click.UsageError(f"--json cannot be used with --format {form}.")
    if form in ("args", "command"):
        options.refuse_script_without(path)
    with open_store.sweep_at(location, path, looks=True) as (store, sweep):
        found = best_runs.of(store, sweep, top, location.results)
        order = _order(store, sweep) if form in (None, "table") else None
        is_one = top is None and not found.config.metrics
        rivals = best_runs.rivals(store, found) if form is None and is_one else []
    if form in ("json", "yaml"):
        records = found.records(time.time())
        printing.structured(records[0] if is_one else records, form)
    elif form in ("args", "command"):
        _print_commands(found, form, location)
    elif form is None and is_one:
        printing.lines(found.lines(terminal.longest(), order))
        for text in rivals:
            messages.say(text)
    else:
        printing.table(*found.table(order), whole=("id",))
    if form in (None, "table"):
        has_command = command_line.has_one(sweep)
        after = next_command.after_best(found.runs, sweep, has_command=has_command)
        printing.next_command(after, location)


def _print_commands(found: Best, form: str, location: Location) -> None:
    is_whole, results = form == "command", location.results
    printing.commands(found.commands(results) if is_whole else found.args(results, messages.say))
    if is_whole and location.is_above:
        messages.say(f"run the command in {os.path.dirname(results)}, where the sweep was made")
    if note := command_line.note(found.sweep, location.line("sweep rerun", found.runs[0].id)):
        messages.say(note)
    folder = os.path.dirname(results) if location.is_above else os.getcwd()
    for run in found.runs if is_whole else ():
        if note := code_now.note(run, found.sweep, results, folder):
            again, restored = (
                location.line(f"sweep {verb}", run.id) for verb in ("rerun", "restore")
            )
            messages.say(f"{note}: `{again}` or `{restored}` gives you that one")
