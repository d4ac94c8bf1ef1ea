"""An agent's times. Environment variables set them, but for the tick."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import env
from sweepcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Timing(NamedTuple):
    """An agent's times, in seconds."""

    heartbeat_s: float = 5.0  # between two heartbeats
    lease_s: float = 60.0  # silence after which an agent of another host counts as dead
    interrupt_delay_s: float = 10.0  # from SIGINT to SIGTERM, for a run that the agent ends
    kill_delay_s: float = 30.0  # from SIGTERM to SIGKILL; W&B's default
    outage_quiet_s: float = 5.0  # a shorter outage of the store is not reported
    store_retry_s: float = 1.0  # from the first failed use of the store to the next
    tick_s: float = 0.5  # between two looks at what runs have logged

    def saves_each_s(self, *, is_local: bool) -> float:
        """Return how often an agent saves what its runs have logged, and judges them.

        If its store is a server that many share, no more often than its heartbeat.
        """
        return self.tick_s if is_local else max(self.tick_s, self.heartbeat_s)


SETTINGS = {
    env.HEARTBEAT: "heartbeat_s",
    env.LEASE: "lease_s",
    env.INTERRUPT_DELAY: "interrupt_delay_s",
    env.KILL_DELAY: "kill_delay_s",
}


def read(environ: Mapping[str, str]) -> Timing:
    """Return the times that the environment sets, and defaults for the rest.

    Raises UsageError for a value that is not a number of seconds, or a lease that is too short.
    """
    given = {
        field: _seconds(name, environ[name])
        for name, field in SETTINGS.items()
        if environ.get(name)
    }
    timing = Timing(**given)
    if timing.heartbeat_s <= 0 or timing.lease_s < 2 * timing.heartbeat_s:
        raise UsageError(
            f"{env.LEASE} ({timing.lease_s:g} s) must be at least twice {env.HEARTBEAT} "
            f"({timing.heartbeat_s:g} s), which must be more than 0"
        )
    return timing


def _seconds(name: str, text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise UsageError(f"{name}={text!r} is not a number of seconds, 0 or more")
    return seconds
