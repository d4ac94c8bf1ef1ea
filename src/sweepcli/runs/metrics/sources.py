"""What every source of metrics besides the event file is, and what it is told of its run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sweepcli.runs.metrics.events import Event

Signature = tuple[int, int, int]

COARSE_S = 0.05  # by how much the time of a file may be behind the clock


def signature(path: str) -> Signature | None:
    """Return when a file was changed (ns since the epoch), its size and its inode."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


class Place(NamedTuple):
    """Where one attempt at a run leaves what it tells."""

    run_id: str
    output: str  # the file of what it prints
    started_at: float  # seconds since the epoch
    goes_on: bool  # another agent has begun to read it
    open_files: Callable[[], Iterable[str]]  # what its processes have open, as far as is known

    def left_before(self, path: str) -> Signature | None:
        """Return what tells whether a file is what was left there before the run."""
        return None if self.goes_on else signature(path)

    def is_new(self, path: str, before: Signature | None) -> bool:
        """Return whether a file is there, and was written since the run has begun."""
        now = signature(path)
        if now is None or now == before:
            return False
        return not self.goes_on or now[0] / 1e9 >= self.started_at - COARSE_S


class Source(Protocol):
    """Something besides the event file in which a run tells its metrics."""

    @property
    def has_more(self) -> bool:
        """Whether the last call left something unread."""

    @property
    def way(self) -> str | None:
        """How the run tells its metrics, for people; None as long as it is not known to."""

    def drain(self, *, ended: bool = False) -> list[tuple[str, Event]]:
        """Return new events, each with its origin."""

    def complaints(self) -> list[str]:
        """Return what a person should know once the run has ended."""
