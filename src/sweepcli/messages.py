"""Messages to people, on stderr: every line begins with the tool's name, as W&B's do.

Also loaded inside the training process: it imports little.
"""

from __future__ import annotations

import sys

from sweepcli.printed import harmless


def say(text: str, *, level: str = "") -> None:
    """Write a message; `level`, such as WARNING, comes before each of its lines.

    Whatever a run, a config or a path has put into it, it commands no terminal.
    """
    if sys.stderr is None:  # no console
        return
    start = f"sweepcli: {level} " if level else "sweepcli: "
    lines = [(start + line).rstrip() + "\n" for line in harmless(text).splitlines() or [""]]
    try:
        sys.stderr.write("".join(lines))
        sys.stderr.flush()
    except (OSError, ValueError):
        # The reader has closed the pipe, as in `agent PATH 2>&1 | head`: the work continues.
        return


def warn(text: str) -> None:
    """Write a warning."""
    say(text, level="WARNING")


class Warnings:
    """Warnings that are shown once for each cause; `counts` has how often each came up."""

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def once(self, cause: str, text: str) -> None:
        """Warn if this cause is new; count it either way."""
        self.counts[cause] = self.counts.get(cause, 0) + 1
        if self.counts[cause] == 1:
            warn(text)


PROCESS = Warnings()  # shown once in a process, which may have several runs
warn_once = PROCESS.once
