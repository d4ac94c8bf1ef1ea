"""What the SDK tells people: warnings told once, and W&B's functions for scripts' own words."""

from __future__ import annotations

from sweepcli.messages import say, warn


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


PROCESS = Warnings()  # what is told once, however many runs a process has


def once(cause: str, text: str) -> None:
    """Warn if this cause is new to this process."""
    PROCESS.once(cause, text)


def termlog(string: str = "", *, newline: bool = True, repeat: bool = True) -> None:
    """Write a line of the script's own on stderr."""
    del newline, repeat  # W&B's arguments; a message is always a line
    say(string)


def termwarn(string: str, *, newline: bool = True, repeat: bool = True) -> None:
    """Write a warning of the script's own on stderr."""
    del newline, repeat
    warn(string)


def termerror(string: str, *, newline: bool = True, repeat: bool = True) -> None:
    """Write an error of the script's own on stderr."""
    del newline, repeat
    say(string, level="ERROR")
