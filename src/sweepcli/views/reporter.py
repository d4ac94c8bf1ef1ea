"""The lines that an agent writes for people while it works."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from sweepcli import commands, folders
from sweepcli.agents.report import GAVE_UP
from sweepcli.messages import say, warn
from sweepcli.printed import harmless
from sweepcli.records import WELL, RunState
from sweepcli.sweeps import controller
from sweepcli.views import params_order, render, shown, terminal

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Mapping, Sequence

    from sweepcli.agents.report import AgentReport
    from sweepcli.records import Ending, Progress, Row, Run, SweepConfig
    from sweepcli.runs.slots import Slot

LONGEST_CAUSE = 120  # cells, of each
AGAIN = {
    RunState.PENDING: "will be tried again",
    RunState.PREEMPTED: "handed out again",
}


class StderrReporter:
    """Writes about each run on stderr; if quiet, only about those that did not end well.

    `configs` has the config of each sweep, by its id.
    `folder_of` returns the folder of a run; if verbose, that and the command line are written, too.
    """

    def __init__(
        self,
        configs: Mapping[str, SweepConfig],
        *,
        where: str,
        folder_of: Callable[[Run], str],
        is_quiet: bool,
        is_verbose: bool,
        shows_tails: bool,
    ) -> None:
        self._metrics = {name: config.metric for name, config in configs.items()}
        self._totals = {name: controller.total(config) for name, config in configs.items()}
        self._orders = {name: params_order.of(config) for name, config in configs.items()}
        self._where = where  # options with which commands find the sweeps
        self._is_quiet = is_quiet
        self._shows_tails = shows_tails
        self._folder_of = folder_of
        self._is_verbose = is_verbose
        self._warned = set[str]()
        self._channels = set[str]()

    def begin(self) -> None:
        """Say that the agent has started."""
        if not self._is_quiet:
            say("Starting agent")

    def started(self, run: Run, slot: Slot, argv: Sequence[str]) -> None:
        """Say which run has started, and with what."""
        if self._is_quiet:
            return
        number = render.of_total(run.number, self._totals[run.sweep_id])
        attempt = f", attempt {run.attempt}" if run.attempt > 1 else ""
        where = f" on GPU {', '.join(slot.gpus)}" if slot.gpus else ""
        params = shown.pairs(self._orders[run.sweep_id].pairs(run.params), terminal.LONGEST)
        say(f"Agent starting run {run.id} ({number}{attempt}){where}: {params}")
        if self._is_verbose:
            line = shown.command(argv, run.params, terminal.LONGEST)
            say(f"  command: {line}\n  folder: {self._folder_of(run)}")

    def ended(self, run: Run, ending: Ending) -> None:
        """Say how a run has ended, with what it printed last unless it finished."""
        is_fine = ending.state in WELL
        if is_fine and self._is_quiet:
            return
        took = render.duration(run.seconds(time.time()))
        value = render.value_line(run, self._metrics[run.sweep_id])
        reason = harmless(run.reason or "")
        reason = reason.removeprefix(ending.state).removeprefix(":").removeprefix(" ")
        how = f"{ending.state} ({reason})" if reason else ending.state
        result = f": {value}" if value else ""
        again = f"; {AGAIN[run.state]}" if run.state in AGAIN else ""
        logs = (
            "" if is_fine else f"; its output: {commands.line(f'sweep logs{self._where} {run.id}')}"
        )
        say(f"Run {run.id} {how} after {took}{result}{again}{logs}")
        if ending.output and self._shows_tails and not is_fine:
            say("\n".join(f"  {line}" for line in ending.output.splitlines()))

    def logged(self, run: Run, rows: Sequence[Row], progress: Progress) -> None:
        """Write nothing about what runs log."""

    def logs(self, run: Run, channel: str) -> None:
        """Say through which channel runs log, once for each channel."""
        if not self._is_quiet and channel not in self._channels:
            self._channels.add(channel)
            say(f"Run {run.id} logs {self._expanded(channel, run)}")

    def signaled(self, text: str) -> None:
        """Say what a signal means for the runs."""
        say(text)

    def note(self, text: str) -> None:
        """Write any other message."""
        say(text)

    def warn(self, text: str, run: Run | None = None) -> None:
        """Say what a person should correct; the same only once, however many runs have it."""
        if text not in self._warned:
            self._warned.add(text)
            warn(text if run is None else self._expanded(text, run))

    def _expanded(self, text: str, run: Run) -> str:
        return text.replace(folders.RUN_DIR_MACRO, self._folder_of(run))

    def refresh(self) -> float:
        """Do nothing: each line is written when it happens."""
        return math.inf


def summary(report: AgentReport, causes: Counter[str]) -> str:
    """Return why an agent ended, how its runs did, and why some failed, on one line."""
    runs = report.runs.states
    tries = f" in {report.ran} attempts" if report.ran > sum(runs.values()) else ""
    # Where it gave up for one cause, it has said so in front.
    known = len(causes) == 1 and report.own_code == GAVE_UP
    why = "" if known or not causes else f" ({_causes(causes)})"
    return f"Agent ended, {report.why}. Its runs: {render.states(runs) or 'none'}{tries}{why}"


def _causes(causes: Counter[str]) -> str:
    from sweepcli.views import failures  # noqa: PLC0415 -- for agents whose runs fail

    shown = [
        f"{count} x {terminal.cut(text, LONGEST_CAUSE)}"
        for text, count in causes.most_common(failures.GROUPS)
    ]
    return "; ".join(shown + ["…"] * (len(causes) > len(shown)))
