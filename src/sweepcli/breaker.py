"""Stops an agent whose runs only fail, before it burns through a whole sweep.

After W&B's two rules: three failures in the first minute, or five at the start. Ours count
only while no run has finished, since runs may be so short that a few scattered failures fall
into the first minute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli import env
from sweepcli.errors import UsageError
from sweepcli.records import RunState

if TYPE_CHECKING:
    from collections.abc import Mapping

FIRST_S = 60.0
FAILURES_AT_FIRST = 3
FAILURES = 5
BAD = (RunState.FAILED, RunState.CRASHED)


class Breaker:
    """Counts how the first runs of an agent end."""

    def __init__(self, environ: Mapping[str, str], started_at: float) -> None:
        self._started_at = started_at
        self._failures = 0
        self._is_trusted = False  # a run has ended well
        self._is_strict_at_first = environ.get(env.DISABLE_FLAPPING, "").lower() != "true"
        self._limit = _limit(environ.get(env.MAX_INITIAL_FAILURES))

    def trips(self, state: RunState, now: float) -> str | None:
        """Take note of how a run ended; return why the agent must give up, if it must."""
        if state in BAD:
            self._failures += 1
        elif state is RunState.FINISHED:
            self._is_trusted = True
        if self._is_trusted or state not in BAD:
            return None
        is_young = now - self._started_at < FIRST_S
        if self._is_strict_at_first and is_young and self._failures >= FAILURES_AT_FIRST:
            return f"the first {self._failures} runs failed, in {FIRST_S:g} seconds"
        if self._failures >= self._limit:
            return f"the first {self._failures} runs failed"
        return None


def _limit(text: str | None) -> int:
    if not text:
        return FAILURES
    if not (text.isascii() and text.isdigit() and int(text)):
        raise UsageError(f"{env.MAX_INITIAL_FAILURES}={text!r} is not a whole number from 1")
    return int(text)
