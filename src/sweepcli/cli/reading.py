"""The commands that look closely: at a sweep, at a run, at some runs side by side."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from sweepcli.cli import opened, options, printing
from sweepcli.errors import UnknownSweep

if TYPE_CHECKING:
    from sweepcli.stores import Store
    from sweepcli.stores.location import Location


@click.command(epilog="\b\nExample:\n  sweep show me/demo/abcd1234\n  sweep show r1a2b3c4")
@click.argument("path", metavar="PATH|RUN")
@options.location
@options.as_json
def show(path: str, location: Location, *, as_json: bool) -> None:
    """Show how far the sweep PATH is, what is best, what matters, what failed; or all about RUN."""
    from sweepcli.sweeps import create as api  # noqa: PLC0415 -- not needed for --help
    from sweepcli.sweeps import path as sweep_path  # noqa: PLC0415 -- likewise
    from sweepcli.views import status, sweep_view, terminal  # noqa: PLC0415 -- likewise

    parts = sweep_path.parse(path)
    with opened.store_at(location) as store:
        try:
            sweep = api.find_sweep(store, parts)
        except UnknownSweep:
            if parts.project is not None or not store.has_run(path):
                raise
            _show_run(store, path, location.results, as_json=as_json)
        else:
            found = status.of(store, sweep)
            if as_json:
                printing.json(found.record(location.results))
            else:
                plain = terminal.is_plain()
                printing.lines(
                    sweep_view.lines(
                        found, opened.record_at(location, sweep), terminal.width(), plain=plain
                    )
                )


def _show_run(store: Store, run_id: str, results: str, *, as_json: bool) -> None:
    from sweepcli.views import run_view, terminal  # noqa: PLC0415 -- not needed for --help

    run = store.run(run_id)
    view = run_view.RunView(store, store.sweep(run.sweep_id), run, results)
    if as_json:
        printing.json(view.record())
    else:
        printing.lines(view.lines(terminal.width(), plain=terminal.is_plain()))


@click.command(epilog="\b\nExample:\n  sweep compare r1a2b3c4 r5d6e7f8")
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@options.location
@options.as_json
def compare(runs: tuple[str, ...], location: Location, *, as_json: bool) -> None:
    """Show RUN... side by side: first the params that differ, marked with *, then the results.

    The curves of the metric stand below each other, on one scale.
    """
    from sweepcli.views import comparison, terminal  # noqa: PLC0415 -- not needed for --help

    with opened.store_at(location) as store:
        found = comparison.of(store, runs)
    now = time.time()
    if as_json:
        printing.json(found.record(now))
    else:
        told = found.lines(terminal.width(), now, plain=terminal.is_plain())
        printing.lines(told, has_heading=True)
