"""What starts a run, and what is known of a run that was started: the seam of launchers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol


class Process(Protocol):
    """A run at work."""

    def poll(self) -> int | None:
        """Return the exit code once it has ended, negative for a signal."""

    def send(self, number: int) -> None:
        """Send a signal to it and to all that it has started."""

    def open_files(self) -> list[str]:
        """Return what it has open, as far as that can be known."""


# Starts a run from its command line, environment and the descriptor of its output file.
Launcher = Callable[[Sequence[str], Mapping[str, str], int], Process]
