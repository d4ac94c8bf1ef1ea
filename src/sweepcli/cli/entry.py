"""Runs a click command as a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sweepcli.cli.guard import INTERRUPTED, guarded
from sweepcli.views import terminal

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
    """Return the width of help texts, as click would."""
    return max(min(terminal.columns(), WIDEST) - 2, 50)
