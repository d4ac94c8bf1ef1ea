"""What an agent tells people while it works, line by line."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sweepcli.cli import render
from sweepcli.messages import say
from sweepcli.records import RunState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.agent_loop import AgentReport
    from sweepcli.records import Metric, Run


class StderrReporter:
    """Tells of each run on stderr; if quiet, of those alone that did not finish."""

    def __init__(
        self, metric: Metric | None, total: int | None, *, logs: str, is_quiet: bool
    ) -> None:
        self._metric = metric
        self._total = total
        self._logs = logs  # the command that shows a run's output, without the run
        self._is_quiet = is_quiet

    def begin(self) -> None:
        """Say that the agent has started."""
        if not self._is_quiet:
            say("Starting agent")

    def started(self, run: Run, argv: Sequence[str]) -> None:  # noqa: ARG002 -- the params say it shorter
        """Say which run has started, and with what."""
        if self._is_quiet:
            return
        number = render.of_total(run.number, self._total)
        attempt = f", attempt {run.attempt}" if run.attempt > 1 else ""
        say(f"Agent starting run {run.id} ({number}{attempt}): {render.params_line(run.params)}")

    def ended(self, run: Run) -> None:
        """Say how a run has ended."""
        is_fine = run.state is RunState.FINISHED
        if is_fine and self._is_quiet:
            return
        took = render.duration(render.run_seconds(run, time.time()))
        value = render.value_line(run, self._metric)
        reason = f" ({run.reason})" if run.reason else ""
        logs = "" if is_fine else f"; its output: {self._logs}{run.id}"
        result = f": {value}" if value else ""
        say(f"Run {run.id} {run.state}{reason} after {took}{result}{logs}")

    def note(self, text: str) -> None:
        """Say anything else."""
        say(text)


def summary(report: AgentReport) -> str:
    """Return why an agent ended and how its runs did, on one line."""
    return f"Agent ended, {report.why}. Its runs: {render.states(report.states) or 'none'}"
