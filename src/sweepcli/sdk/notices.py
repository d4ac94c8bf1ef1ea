"""What the SDK tells people: lines on stderr, never on stdout."""

from __future__ import annotations

import sys


def note(text: str) -> None:
    """Write one line on stderr, if there is one."""
    # Without a console sys.stderr is None, and print() would then write to stdout.
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"sweepcli: {text}\n")
        sys.stderr.flush()
    except (OSError, ValueError):  # closed: a notice is not worth a training run
        return


def warn(text: str) -> None:
    """Write one warning on stderr."""
    note(f"WARNING {text}")


class Warnings:
    """Warnings that are told once for each cause, and how often each came up."""

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def once(self, cause: str, text: str) -> None:
        """Warn if this cause is new; count it either way."""
        self.counts[cause] = self.counts.get(cause, 0) + 1
        if self.counts[cause] == 1:
            warn(text)


def termlog(string: str = "", *, newline: bool = True, repeat: bool = True) -> None:
    """Write a line of the script's own on stderr."""
    del newline, repeat  # W&B's arguments; a notice is always a line
    note(string)


def termwarn(string: str, *, newline: bool = True, repeat: bool = True) -> None:
    """Write a warning of the script's own on stderr."""
    del newline, repeat
    warn(string)


def termerror(string: str, *, newline: bool = True, repeat: bool = True) -> None:
    """Write an error of the script's own on stderr."""
    del newline, repeat
    note(f"ERROR {string}")
