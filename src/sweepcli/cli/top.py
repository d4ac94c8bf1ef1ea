"""`sweep top`: a sweep and its runs at work, shown anew every second."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sweepcli.cli import opened, options, printing

if TYPE_CHECKING:
    from sweepcli.stores import Store
    from sweepcli.stores.location import Location

MOST = 50  # runs at work that are told about


@click.command(epilog="\b\nExample:\n  sweep top me/demo/abcd1234")
@options.path
@options.location
@options.as_json
def top(path: str, location: Location, *, as_json: bool) -> None:
    """Watch the sweep PATH and its runs at work; q or Ctrl-C ends it, with exit code 0.

    Where the standard output is no terminal, they are printed once.
    """
    from sweepcli.views import terminal, top_view  # noqa: PLC0415 -- not needed for --help

    with opened.sweep_at(location, path) as (store, sweep):
        if terminal.is_terminal() and not as_json:
            _watch(store, sweep.id, opened.record_at(location, sweep))
            return
        found = top_view.of(store, sweep, MOST)
    if as_json:
        printing.json(found.record(location.results))
    else:
        printing.lines(
            found.lines(
                opened.record_at(location, sweep), terminal.width(), plain=terminal.is_plain()
            )
        )


def _watch(store: Store, sweep_id: str, results: str | None) -> None:
    from sweepcli.views import terminal, top_view  # noqa: PLC0415 -- not needed for --help

    plain = terminal.is_plain()

    def look(width: int, height: int) -> list[str]:
        found = top_view.of(store, store.sweep(sweep_id), min(MOST, height))
        lines = found.lines(results, width, plain=plain)
        return top_view.fitting(lines, height)

    top_view.show(look)
