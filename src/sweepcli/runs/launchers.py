"""What starts runs, and what is known about a started run.

An agent gets its launcher by its options. `tests/contracts/test_launchers.py` runs the contract
below on each of LAUNCHERS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LAUNCHERS = {
    "program": "sweepcli.runs.processes:start",
    "fork": "sweepcli.runs.functions:forked",  # of a function, in a process of its own
    "call": "sweepcli.runs.functions:Handover",  # of a function, in a thread of this process
}


class Started(Protocol):
    """A run at work. One that is a process leads its own group, and its group ends with it."""

    def poll(self) -> int | None:
        """Return the exit code once it has ended, negative for a signal."""

    def send(self, number: int) -> None:
        """Send a signal to it and to all that it started; do nothing once it has ended."""

    def open_files(self) -> list[str]:
        """Return the files that it has open, as far as that is known; none once it has ended."""


class Launcher(Protocol):
    """Starts a run.

    The variables arrive byte for byte, and no others; so do the arguments, but for a function,
    which has none. Standard input is empty. The descriptor, of a file for the output, is the
    caller's to close.
    """

    def __call__(
        self, argv: Sequence[str], environ: Mapping[str, str], output_fd: int, /
    ) -> Started:
        """Start a run; raise LaunchError if the system refuses."""
