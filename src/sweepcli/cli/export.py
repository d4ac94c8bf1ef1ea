"""`sweep export`: all runs of a sweep, or all that they logged, for other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sweepcli import messages
from sweepcli.cli import opened, options
from sweepcli.errors import NotSupported

if TYPE_CHECKING:
    from sweepcli.stores.location import Location

NAMES = ("csv", "json", "jsonl", "parquet", "html")  # of `exports.formats`, which is not for --help
EPILOG = """\b
Example:
  sweep export me/demo/abcd1234 > runs.csv
  sweep export me/demo/abcd1234 --history -o history.parquet
  sweep export me/demo/abcd1234 -o sweep.html
  sweep export me/demo/abcd1234 --optuna study.db"""


@click.command(epilog=EPILOG)
@options.path
@click.option("--format", "form", type=click.Choice(NAMES), help="Default: as FILE ends, or csv.")
@click.option("-o", "--output", metavar="FILE", help="Write to this file; it is replaced.")
@click.option("--history", is_flag=True, help="A row for each logged step, not for each run.")
@click.option("--optuna", "study", metavar="FILE", help="An Optuna study: a .db, URL or .log.")
@options.location
@options.as_json
def export(
    path: str,
    *,
    form: str | None,
    output: str | None,
    history: bool,
    study: str | None,
    location: Location,
    as_json: bool,
) -> None:
    """Write all runs of the sweep PATH, with params and summary, to standard output or FILE.

    Parquet needs the extra sweepcli[parquet], a study sweepcli[optuna]. --json is --format json.
    """
    if study is not None:
        if form or output or history or as_json:
            raise click.UsageError("--optuna FILE stands alone.")
        _export_study(path, study, location)
        return
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json and --format {form} exclude each other.")
    from sweepcli.views.exports import formats  # noqa: PLC0415 -- not needed for --help
    from sweepcli.views.exports.export import Export  # noqa: PLC0415 -- likewise

    name = form or ("json" if as_json else _by_ending(output))
    with opened.sweep_at(location, path) as (store, sweep):
        formats.write(Export(store, sweep, history=history), name, output)
    if output is not None:
        messages.say(f"wrote {output}")


def _by_ending(output: str | None) -> str:
    ending = (output or "").rpartition(".")[2].lower()
    return ending if ending in NAMES else "csv"


def _export_study(path: str, file: str, location: Location) -> None:
    try:
        from sweepcli.views.exports import optuna_file  # noqa: PLC0415 -- a package of an extra
    except ImportError as error:
        raise NotSupported(
            "a study needs Optuna, which is not installed: `pip install 'sweepcli[optuna]'`"
        ) from error
    with opened.sweep_at(location, path) as (store, sweep), store.database.snapshot():
        count = optuna_file.write(store, sweep, file)
    messages.say(f"wrote the study {sweep.path!r} with {count} trials to {file}")
