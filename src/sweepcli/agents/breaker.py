"""Stops an agent whose runs only fail, before it burns through a whole sweep.

W&B's rules for the start: three failures in the first minute, or five, with no run that ended
well. Beyond them a limit on failures in a row, which one early success does not defeat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli import env
from sweepcli.errors import UsageError
from sweepcli.records import BAD, WELL
from sweepcli.values import whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.records import Ending, Run

FIRST_S = 60.0
FAILURES_AT_FIRST = 3
FAILURES_AT_START = 5
FAILURES_IN_A_ROW = 10
UNMEASURED_IN_A_ROW = 5
MORE = "--max-consecutive-failed-runs N allows more"


class Breaker:
    """Counts the failures of an agent's runs in a row; a run that fails again counts once.

    `limit` is how many in a row are too many at any time; W&B's rules for the start are left
    out where a person has set it.
    """

    def __init__(
        self, environ: Mapping[str, str], started_at: float, limit: int | None = None
    ) -> None:
        self._started_at = started_at
        self._streak: dict[str, tuple[Run, Ending]] = {}  # by run, in order
        self._is_trusted = False  # a run has ended well
        self._limit_at_start = _limit_at_start(environ.get(env.MAX_INITIAL_FAILURES))
        self._limit = limit or max(FAILURES_IN_A_ROW, self._limit_at_start)
        self.most_unmeasured = max(UNMEASURED_IN_A_ROW, limit or 0)  # see `agents.missing_metric`
        self._limit_at_first = FAILURES_AT_FIRST
        if limit is not None:
            self._limit_at_start = self._limit_at_first = limit
        if environ.get(env.DISABLE_FLAPPING, "").lower() == "true":
            self._limit_at_first = self._limit_at_start

    @property
    def failed(self) -> list[Run]:
        """The runs that failed in a row, each as its last attempt."""
        return [run for run, _ in self._streak.values()]

    def trips(self, run: Run, ending: Ending, now: float) -> str | None:
        """Record how a run ended; return why the agent must give up, if it must."""
        if ending.state in WELL:
            self._is_trusted = True
            self._streak.clear()
        if ending.state not in BAD:
            return None
        self._streak.pop(run.id, None)
        self._streak[run.id] = run, ending
        failures = len(self._streak)
        if not self._is_trusted:
            is_young = now - self._started_at < FIRST_S
            if is_young and failures >= self._limit_at_first:
                return f"the first {failures} runs failed within {FIRST_S:g} seconds{self._cause()}"
            if failures >= self._limit_at_start:
                return f"the first {failures} runs failed{self._cause()}"
        if failures >= self._limit:
            return f"{failures} runs failed in a row{self._cause()} ({MORE})"
        return None

    def _cause(self) -> str:
        """Return what the failures have in common, or what the last one was."""
        from sweepcli.runs import failure_kinds  # noqa: PLC0415 -- at the end of an agent that fails

        said = [(run, ending.reason or "") for run, ending in self._streak.values()]
        kinds = {failure_kinds.kind_of(reason, run.id, run.params) for run, reason in said}
        return f": {'each' if len(kinds) == 1 else 'the last'} {said[-1][1]}"


def _limit_at_start(text: str | None) -> int:
    if not text:
        return FAILURES_AT_START
    found = whole(text)
    if not found:
        raise UsageError(f"{env.MAX_INITIAL_FAILURES}={text!r} is not a whole number from 1")
    return found
