"""Runs a click command as a program."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from sweepcli.cli.guard import INTERRUPTED, guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDEST = 80  # characters of help in a line, even on wider terminals


def run(command: click.Command, args: Sequence[str] | None = None) -> int:
    """Run a command, with the process's own arguments if none are given; return its exit code."""
    return guarded(lambda: _main(command, args))


def _main(command: click.Command, args: Sequence[str] | None) -> int:
    try:
        name = None if args is None else command.name
        code = command.main(args, name, standalone_mode=False, terminal_width=help_width())
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def help_width() -> int:
    """Return the width of help texts, as click would.

    Click asks `shutil`, which takes a tenth of the time of `--help` to import.
    """
    try:
        columns = int(os.environ.get("COLUMNS") or os.get_terminal_size().columns)
    except (ValueError, OSError):
        columns = WIDEST
    return max(min(columns, WIDEST) - 2, 50)
