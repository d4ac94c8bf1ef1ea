"""The commands that only look: at all sweeps, at one, at its runs, at the best of them."""

from __future__ import annotations

import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import click

from sweepcli import dotted, messages
from sweepcli.cli import opened, options
from sweepcli.errors import UnknownRun, UnknownSweep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON, Run
    from sweepcli.show.standing import Standing


@click.command(epilog="\b\nExample:\n  sweep ls --json")
@options.results
@options.as_json
def ls(results: str, *, as_json: bool) -> None:
    """List all sweeps, the oldest first."""
    from sweepcli import stores  # noqa: PLC0415 -- sqlite3, not needed for --help
    from sweepcli.show import render, standing  # noqa: PLC0415 -- likewise

    found = []
    if stores.exists(results):
        with closing(stores.open_store(results)) as store:
            found = [standing.of(store, sweep) for sweep in store.sweeps()]
    if as_json:
        click.echo(render.json_text([one.record(results) for one in found]))
    elif found:
        _table(standing.HEADINGS, [one.row() for one in found])
    else:
        messages.say(stores.NO_SWEEPS.format(folder=results))


@click.command(epilog="\b\nExample:\n  sweep show me/demo/abcd1234\n  sweep show r1a2b3c4")
@click.argument("path", metavar="PATH|RUN")
@options.results
@options.as_json
def show(path: str, results: str, *, as_json: bool) -> None:
    """Show how far the sweep PATH is, its best run and its failures; or all about RUN."""
    from sweepcli import api, sweep_path  # noqa: PLC0415 -- not needed for --help
    from sweepcli.show import render, run_view, standing  # noqa: PLC0415 -- likewise

    parts = sweep_path.parse(path)
    with opened.store_at(results) as store:
        try:
            sweep = api.find_sweep(store, parts)
        except UnknownSweep:
            if parts.project is not None or not store.has_run(path):
                raise
            run = store.run(path)
            view = run_view.RunView(store, store.sweep(run.sweep_id), run, results)
            record, lines = view.record(), view.lines()
        else:
            found = standing.of(store, sweep)
            record, lines = found.record(results), found.lines(results)
    click.echo(render.json_text(record) if as_json else "\n".join(lines))


@click.command(epilog="\b\nExample:\n  sweep runs me/demo/abcd1234 --csv > runs.csv")
@options.path
@options.results
@options.as_json
@click.option("--csv", "as_csv", is_flag=True, help="Answer in CSV.")
@click.option("--all", "is_all", is_flag=True, help="Also runs that no agent has taken yet.")
def runs(path: str, results: str, *, as_json: bool, as_csv: bool, is_all: bool) -> None:
    """List the runs of the sweep PATH: params, value, exit code, seconds."""
    from sweepcli.show import render  # noqa: PLC0415 -- not needed for --help

    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other.")
    with opened.sweep_at(results, path) as (store, sweep):
        found = [run for run in store.runs(sweep.id) if is_all or run.attempt > 0]
    now = time.time()
    if as_json:
        click.echo(render.json_text([render.run_record(run, now) for run in found]))
    elif as_csv:
        click.echo(render.csv_text(*render.runs_table(found, now)), nl=False)
    else:
        _table(*render.runs_table(found, now))


@click.command(epilog="\b\nExample:\n  sweep best me/demo/abcd1234 --json")
@options.path
@options.results
@options.as_json
def best(path: str, results: str, *, as_json: bool) -> None:
    """Show the run of the sweep PATH with the best value of its metric.

    With several metrics: the runs that no other beats in one of them and equals in the rest.
    """
    from sweepcli.show import render, standing  # noqa: PLC0415 -- not needed for --help

    with opened.sweep_at(results, path) as (store, sweep):
        found = standing.of(store, sweep)
        every = store.runs(sweep.id) if found.config.metrics else []
    if found.config.metrics:
        _best_of_several(found, every, as_json=as_json)
        return
    run = _best(found)
    if as_json:
        name = found.config.metric.name if found.config.metric else None
        record = {**render.run_record(run, time.time()), "metric": name}
        click.echo(render.json_text(record))
    else:
        params = [(name, render.shown(value)) for name, value in dotted.leaves(run.params)]
        value = render.value_line(run, found.config.metric)
        click.echo("\n".join(render.pairs([("run", run.id), ("value", value), *params])))


def _best_of_several(found: Standing, runs: Sequence[Run], *, as_json: bool) -> None:
    from sweepcli import pareto  # noqa: PLC0415 -- for sweeps of several metrics alone
    from sweepcli.show import render  # noqa: PLC0415 -- not needed for --help

    metrics = found.config.metrics
    best = pareto.front(runs, metrics)
    names = [metric.name for metric in metrics]
    if not best:
        raise UnknownRun(f"no run of sweep {found.sweep.path} has logged all of {names} yet")
    values = [dict(zip(names, pareto.values(run, metrics) or [], strict=True)) for run in best]
    if as_json:
        now, pairs = time.time(), zip(best, values, strict=True)
        records = [{**render.run_record(run, now), "metrics": each} for run, each in pairs]
        click.echo(render.json_text(records))
        return
    heads, params = render.params_columns(best)
    rows = [
        [run.id, *each.values(), *given]
        for run, each, given in zip(best, values, params, strict=True)
    ]
    _table(["id", *names, *heads], rows)


def _best(found: Standing) -> Run:
    if found.best is not None:
        return found.best
    if found.config.metric is None:
        raise UnknownRun(f"sweep {found.sweep.path} has no best run: its config names no `metric`")
    raise UnknownRun(
        f"no run of sweep {found.sweep.path} has logged a number "
        f"as {found.config.metric.name!r} yet"
    )


def _table(headings: Sequence[str], rows: Sequence[Sequence[JSON]]) -> None:
    from sweepcli.show import render  # noqa: PLC0415 -- not needed for --help

    lines = render.rich_table if sys.stdout.isatty() else render.table
    click.echo("\n".join(lines(headings, rows)))
