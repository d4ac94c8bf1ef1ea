"""`sweep best`: the best runs of a sweep, in the form in which they are needed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from sweepcli import values as dotted
from sweepcli.cli import opened, options, printing
from sweepcli.errors import UnknownRun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON, Run, Sweep, SweepConfig
    from sweepcli.stores import Store
    from sweepcli.stores.location import Location

EPILOG = """\b
Example:
  sweep best me/demo/abcd1234 --json
  sweep best me/demo/abcd1234 --top 5
  eval "python train.py $(sweep best me/demo/abcd1234 --format args)\""""


@click.command(epilog=EPILOG)
@options.path
@click.option("--top", type=click.IntRange(min=1), metavar="K", help="The K best ones.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "yaml", "args"]),
    help="args: as arguments for the program, a line for each run.",
)
@options.location
@options.as_json
def best(
    path: str, *, top: int | None, form: str | None, location: Location, as_json: bool
) -> None:
    """Show the run of the sweep PATH with the best value of its metric.

    With several metrics: the runs that no other beats in one of them and equals in the rest.
    """
    form = form or ("json" if as_json else None)
    if as_json and form != "json":
        raise click.UsageError(f"--json and --format {form} exclude each other.")
    with opened.sweep_at(location, path) as (store, sweep):
        config = sweep.config
        runs, values = _best(store, sweep, config, top)
    is_one = top is None and not config.metrics
    if form in ("json", "yaml"):
        records = _records(runs, values, config)
        _print_records(records[0] if is_one else records, form)
    elif form == "args":
        printing.lines(_args(runs, config))
    elif form is None and is_one:
        _print_one(runs[0], config)
    else:
        _print_table(runs, values, config)


def _best(
    store: Store, sweep: Sweep, config: SweepConfig, top: int | None
) -> tuple[list[Run], list[dict[str, JSON]]]:
    """Return the best runs, each with its values by metric; raise UnknownRun if there is none."""
    from sweepcli.search import pareto  # noqa: PLC0415 -- not needed for --help
    from sweepcli.views import render  # noqa: PLC0415 -- likewise

    names = [metric.name for metric in config.objectives]
    if config.metrics:
        front = pareto.front(store.runs(sweep.id), config.metrics)[:top]
        if not front:
            raise UnknownRun(f"no run of sweep {sweep.path} has logged all of {names} yet")
        values = [pareto.values(run, config.metrics) or [] for run in front]
        return front, [dict(zip(names, each, strict=True)) for each in values]
    if config.metric is None:
        raise UnknownRun(f"sweep {sweep.path} has no best run: its config names no `metric`")
    descending = render.maximize(config.metric)
    runs = store.page(sweep.id, order="value", descending=descending, most=top or 1)
    runs = [run for run in runs if run.value is not None]
    if not runs:
        raise UnknownRun(f"no run of sweep {sweep.path} has logged a number as {names[0]!r} yet")
    return runs, [{names[0]: run.value} for run in runs]


def _records(
    runs: Sequence[Run], values: Sequence[dict[str, JSON]], config: SweepConfig
) -> list[dict[str, JSON]]:
    from sweepcli.views import render  # noqa: PLC0415 -- not needed for --help

    now = time.time()
    if config.metric is not None:
        return [{**render.run_record(run, now), "metric": config.metric.name} for run in runs]
    pairs = zip(runs, values, strict=True)
    return [{**render.run_record(run, now), "metrics": each} for run, each in pairs]


def _print_records(records: JSON, form: str) -> None:
    if form == "json":
        printing.json(records)
        return
    from sweepcli.sweep_config import document  # noqa: PLC0415 -- yaml, for this form alone

    click.echo(document.written(records), nl=False)


def _args(runs: Sequence[Run], config: SweepConfig) -> list[str]:
    """Return each run's params as the sweep's own command would give them, for a shell."""
    from sweepcli.sweep_config import command  # noqa: PLC0415 -- not needed for --help

    used = (macro for macro in command.MACROS if f"${{{macro}}}" in config.command)
    macro = next((each for each in used if each.startswith("args") and "file" not in each), "args")
    return [
        command.display(
            command.argv(
                [f"${{{macro}}}"], run.params, program=None, interpreter="", environ={}, own={}
            )
        )
        for run in runs
    ]


def _print_one(run: Run, config: SweepConfig) -> None:
    from sweepcli.views import grid, render  # noqa: PLC0415 -- not needed for --help

    params = [(name, render.shown(value)) for name, value in dotted.leaves(run.params)]
    value = render.value_line(run, config.metric)
    printing.lines(grid.pairs([("run", run.id), ("value", value), *params]))


def _print_table(
    runs: Sequence[Run], values: Sequence[dict[str, JSON]], config: SweepConfig
) -> None:
    from sweepcli.views import render  # noqa: PLC0415 -- not needed for --help

    names = [metric.name for metric in config.objectives]
    heads, params = render.params_columns(runs)
    steps = [[run.value_step] if config.metric else [] for run in runs]
    rows = [
        [run.id, *each.values(), *step, *given]
        for run, each, step, given in zip(runs, values, steps, params, strict=True)
    ]
    printing.table(["id", *names, *(["step"] if config.metric else []), *heads], rows)
