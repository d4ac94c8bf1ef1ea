"""Turns errors into messages and exit codes, in this one place."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING

from sweepcli.errors import SweepError
from sweepcli.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable

INTERRUPTED = 130  # what shells report for a program that Ctrl-C ended


def guarded(call: Callable[[], int]) -> int:
    """Return the exit code of a call, or that of the error which ended it.

    All but a SweepError, an interrupt and a full disk is a bug, and is not caught.
    """
    _prepare_output()
    try:
        code = call()
        sys.stdout.flush()
    except SweepError as error:
        say(str(error), level="ERROR")
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _drop_output()  # nobody reads on, as in `sweep runs PATH | head`
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        say(f"{error.filename or 'standard output'}: {error.strerror}", level="ERROR")
        return _drop_output()
    return code


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
