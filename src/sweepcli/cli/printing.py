"""Printing an answer: lines with colours on a terminal, tables within its width, JSON."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from sweepcli import commands as our_commands
from sweepcli import messages
from sweepcli.errors import NotSupported
from sweepcli.printed import harmless, listed
from sweepcli.views import colours, grid, render, shown, terminal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sweepcli.records import JSON
    from sweepcli.stores.location import Location
    from sweepcli.views.grid import Fitting

MOST_NAMED = 3  # columns without room


def lines(text: Iterable[str], *, has_heading: bool = False) -> None:
    """Print lines; a table's first one is its heading."""
    if joined := "\n".join(colours.lines(text, has_heading=has_heading)):
        click.echo(joined)


def raw(text: str) -> None:
    """Print lines for programs: as they are, but on a terminal without what would command it.

    Not by `click.echo`, which removes colours where there is no terminal.
    """
    sys.stdout.write(harmless(text) if terminal.is_terminal() else text)


def patch(lines: Iterable[str]) -> None:
    """Print the lines of a patch: as they are for programs, in colours on a terminal."""
    if terminal.is_terminal():
        click.echo("\n".join(colours.patch(line.removesuffix("\n") for line in lines)))
    else:
        sys.stdout.buffer.write("".join(lines).encode("utf-8", "surrogateescape"))
        sys.stdout.flush()


def commands(quoted: Iterable[str]) -> None:
    """Print lines for a shell: as they are, but on a terminal with what is invisible escaped."""
    escapes = shown.for_shell if terminal.is_terminal() else str
    sys.stdout.writelines(f"{escapes(line)}\n" for line in quoted)
    sys.stdout.flush()  # before what stderr says of it, as `click.echo` does


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[JSON | Fitting]],
    *,
    whole: Collection[str] = (),
    instead: Sequence[str] = ("--json",),
) -> None:
    """Print a table: on a terminal within its width, else whole, for programs.

    What has no room is named, with the options that show it `instead`.
    """
    width = terminal.width() if terminal.is_terminal() else None
    found = grid.table(headings, rows, width, whole=whole)
    lines(found.lines, has_heading=True)
    if found.left_out:
        names = listed(found.left_out, MOST_NAMED)
        *others, last = instead
        ways = ", ".join(["a wider terminal", *others])
        messages.say(f"no room for {names}; {ways} or {last} shows them")


def next_command(words: str | None, location: Location) -> None:
    """Name the command that people want next, behind an answer for people."""
    if words:
        messages.say(our_commands.next_line(words, location.options))


def json(value: JSON) -> None:
    """Print a value as JSON on one line."""
    click.echo(render.json_text(value))


def structured(value: JSON, form: str) -> None:
    """Print a value as `json` or `yaml`."""
    if form == "json":
        json(value)
        return
    from sweepcli.sweep_config import document  # noqa: PLC0415 -- yaml, for this form alone

    try:
        raw(document.written(value))
    except RecursionError:
        raise NotSupported("a value is nested too deep for YAML; --format json has it") from None
