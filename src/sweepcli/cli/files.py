"""The commands about files: what a run printed, all runs of a sweep, where everything is."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from sweepcli import folders, messages, regular_files
from sweepcli.cli import open_store, options, printing
from sweepcli.errors import NotSupported, UnknownRun
from sweepcli.regular_files import NotRegular
from sweepcli.views import attempt_files, next_command, render
from sweepcli.views.exports import formats
from sweepcli.views.exports.rows import Export

if TYPE_CHECKING:
    from sweepcli.records import Run, Sweep
    from sweepcli.stores import Store
    from sweepcli.stores.location import Location

LARGEST = 1 << 30  # bytes of an output that is one text for --json
LOGS = """\b
Example:
  sweep logs latest
  sweep logs 12 | tail -n 20
  sweep logs r1a2b3c4 -f"""


@click.command(epilog=LOGS)
@options.run
@click.option("--attempt", type=click.IntRange(min=1), metavar="N", help="Default: the last one.")
@click.option(
    "-f", "--follow", "follows", is_flag=True, help="Follow the output until the run has ended."
)
@options.location
@options.as_json
def logs(
    run: str, attempt: int | None, location: Location, *, follows: bool, as_json: bool
) -> None:
    """Print the output of RUN, its standard output and standard error.

    With --follow also what it prints from now on, and what later attempts print if it is tried
    again; with --attempt until that one has ended.
    """
    if follows and as_json:
        raise click.UsageError("--follow cannot be used with --json.")
    with open_store.run_at(location, run, looks=True) as (store, sweep, found):
        if follows and (attempt is None or attempt <= found.attempt):
            _follow(store, sweep, found, location.results, attempt)
            after = next_command.after_output(store.run(found.id))
            printing.next_command(after, location)
            return
        attempts = store.attempts(found.id)
    number = _number(found, attempt)
    place = attempt_files.of(location.results, sweep, found, attempts, number)
    if place.has_output:
        _print(place.output, found.id, number, as_json=as_json)
    else:
        kept = _kept(place.tail, place.output_words, found)
        record = {"id": found.id, "attempt": number, "path": None, "is_whole": False}
        answer = {**record, "host": place.host, "output": kept}
        printing.json(answer) if as_json else click.echo(kept)
    if not as_json:
        printing.next_command(next_command.after_output(found), location)


def _number(run: Run, attempt: int | None) -> int:
    """Return the number of an attempt, the last one if none is named."""
    number = attempt or run.attempt
    if not 1 <= number <= run.attempt:
        which = f"attempt {number}; it has had {run.attempt}" if attempt else "attempt yet"
        raise UnknownRun(f"run {run.id} has no {which}")
    return number


def _print(path: str, run: str, number: int, *, as_json: bool) -> None:
    record = {"id": run, "attempt": number, "path": path, "is_whole": True}
    if as_json:
        try:
            text = regular_files.content(path, LARGEST).decode(errors="replace")
        except NotRegular as error:
            raise NotSupported(f"{error}: read it without --json") from error
        printing.json({**record, "host": os.uname().nodename, "output": text})
        return
    for _, part in attempt_files.pieces(path):
        sys.stdout.buffer.write(part)  # as it is: a program may print what is not text


def _kept(lines: str | None, where: str, run: Run) -> str:
    """Return the last lines from the store, and say where the rest is; raise if it has none."""
    if not lines:
        raise UnknownRun(
            f"what run {run.id} printed is {where}; the database keeps the last lines only of "
            "attempts that ended without having finished"
        )
    messages.say(f"These are the last lines, from the database; the whole output is {where}")
    return lines


def _follow(store: Store, sweep: Sweep, run: Run, results: str, attempt: int | None) -> None:
    for part in attempt_files.follow(store, sweep, run, results, note=messages.say, only=attempt):
        sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()


@click.command(epilog='\b\nExample:\n  cd "$(sweep where me/demo/abcd1234)"')
@options.path
@options.location
@options.as_json
def where(path: str | None, location: Location, *, as_json: bool) -> None:
    """Print the folder of the sweep PATH, or the results directory if no PATH is given."""
    folder = location.results
    if path is not None:
        with open_store.sweep_at(location, path, looks=True) as (_, sweep):
            folder = folders.sweep_folder(location.results, sweep)
    answer = {"dir": folder, "store": location.shown}
    printing.json(answer) if as_json else printing.raw(f"{folder}\n")


EXPORT = """\b
Example:
  sweep export me/demo/abcd1234 > runs.csv
  sweep export me/demo/abcd1234 --history -o history.parquet
  sweep export me/demo/abcd1234 -o sweep.html
  sweep export me/demo/abcd1234 --optuna study.db"""


@click.command(epilog=EXPORT)
@options.path
@click.option(
    "--format",
    "form",
    type=options.Choice(list(formats.FORMATS)),
    help="Default: what FILE ends with; csv without -o.",
)
@click.option("-o", "--output", metavar="FILE", help="Write to this file; it is replaced.")
@click.option("--history", is_flag=True, help="A row for each logged step, not for each run.")
@click.option("--spreadsheet", is_flag=True, help="CSV in which no text is taken for a formula.")
@click.option("--optuna", "study", metavar="FILE", help="An Optuna study: a .db, URL or .log.")
@options.location
@options.as_json
def export(
    path: str | None,
    *,
    form: str | None,
    output: str | None,
    study: str | None,
    location: Location,
    as_json: bool,
    **kind: bool,
) -> None:
    """Write all runs of the sweep PATH, with params and summary, to standard output or FILE.

    Parquet needs the extra sweepcli[parquet], a study sweepcli[optuna]. --json is --format json.
    """
    options.refuse_script_without(path)
    if study is not None:
        if form or output or any(kind.values()) or as_json:
            raise click.UsageError(
                "--optuna FILE cannot be used with --format, --output, --history, --spreadsheet "
                "or --json."
            )
        _export_study(path, study, location)
        return
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json cannot be used with --format {form}.")
    output = None if output == "-" else output  # as other programs have it
    name = formats.chosen(output, "json" if as_json else form)
    with open_store.sweep_at(location, path, looks=True) as (store, sweep):
        note = formats.write(Export(store, sweep, **kind), name, output)
    if output is not None:
        messages.say(f"wrote {output}")
    for text in (note, _counted(sweep) if output is not None else None):
        if text:
            messages.say(text)
    if output is not None:
        printing.next_command(next_command.of_sweep("sweep best", sweep), location)


def _counted(sweep: Sweep) -> str | None:
    """Return which number of a run the exported `value` is, where it is not the best."""
    words = render.counted(sweep.config.metric)
    if not words:
        return None
    return f"`value` is not the best number of a run, but what `metric` asks for: {words}"


def _export_study(path: str | None, file: str, location: Location) -> None:
    try:
        from sweepcli.views.exports import optuna_file  # noqa: PLC0415 -- a package of an extra
    except ImportError as error:
        raise NotSupported(
            "a study needs Optuna, which is not installed: `pip install 'sweepcli[optuna]'`"
        ) from error
    with (
        open_store.sweep_at(location, path, looks=True) as (store, sweep),
        store.database.snapshot(),
    ):
        count = optuna_file.write(store, sweep, file)
    messages.say(f"wrote the study {sweep.path!r} with {count} trials to {file}")
    printing.next_command(next_command.of_sweep("sweep best", sweep), location)
