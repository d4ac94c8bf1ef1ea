"""From a console script to an exit code: the one place where errors become messages."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING

import click

from sweepcli.cli.messages import say
from sweepcli.errors import SweepError

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130  # what shells report for a program that Ctrl-C ended
WIDEST = 80  # characters of help in a line, even on wider terminals


def run(command: click.Command, args: Sequence[str] | None = None) -> int:
    """Run a command as a program, with the process's own arguments if none are given.

    Returns its exit code. Whatever is no SweepError, wrong usage or full disk is a bug, and is
    not caught.
    """
    _prepare_output()
    try:
        name = None if args is None else command.name
        code = command.main(args, name, standalone_mode=False, terminal_width=help_width())
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SweepError as error:
        say(str(error), level="ERROR")
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        return _drop_output()  # nobody reads on, as in `sweep runs PATH | head`
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        say(f"{error.filename or 'standard output'}: {error.strerror}", level="ERROR")
        return _drop_output()
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


def _prepare_output() -> None:
    if sys.stdout is None:  # closed, as in `sweep ls >&-`
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 -- until the end
    if isinstance(sys.stdout, io.TextIOWrapper):
        # What people put into configs must not crash a terminal that knows no such character.
        sys.stdout.reconfigure(errors="backslashreplace")


def _drop_output() -> int:
    """Make the interpreter's last flush succeed, and return the exit code of a failure."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
