"""An agent at work for a person, who is told what it does and what went wrong."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from sweepcli import env, sweep_control
from sweepcli.agent_loop import run_agent
from sweepcli.messages import say
from sweepcli.records import RunState
from sweepcli.show import failures, reporter
from sweepcli.sweep_config import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.agent_options import AgentOptions, AgentReport
    from sweepcli.records import Sweep
    from sweepcli.stores import Store
    from sweepcli.wakeup import Wakeup

BAD = {RunState.FAILED, RunState.CRASHED}


def run(
    store: Store,
    sweeps: Sequence[Sweep],
    options: AgentOptions,
    *,
    results: str,
    logs: str = "sweep logs",
    is_quiet: bool = False,
    wakeup: Wakeup | None = None,
) -> AgentReport:
    """Run an agent until it ends, and tell about it on stderr; raises as `run_agent` does.

    `logs` is the command that shows what a run printed.
    """
    told = _reporter(sweeps, options, results=results, logs=logs, is_quiet=is_quiet)
    report = run_agent(store, sweeps, options, told, results=results, wakeup=wakeup)
    if BAD & report.states.keys():
        _tell_failures(store, sweeps)
    say(reporter.summary(report))
    return report


def _reporter(
    sweeps: Sequence[Sweep], options: AgentOptions, *, results: str, logs: str, is_quiet: bool
) -> reporter.StderrReporter:
    place = "" if results == env.results_dir() else f"--dir {shlex.quote(results)} "
    configs = {sweep.id: parse.parse(sweep.config) for sweep in sweeps}
    told = reporter.StderrReporter(
        {sweep_id: config.metric for sweep_id, config in configs.items()},
        {sweep_id: sweep_control.total(config) for sweep_id, config in configs.items()},
        logs=f"{logs} {place}",
        is_quiet=is_quiet,
        shows_tails=options.tells_tails and not (options.show_output and _is_one_place()),
    )
    told.begin()
    return told


def _is_one_place() -> bool:
    """Return whether the output of runs is seen where the messages are."""
    try:
        return os.path.sameopenfile(1, 2)
    except OSError:
        return False


def _tell_failures(store: Store, sweeps: Sequence[Sweep]) -> None:
    """Say what went wrong, in as few lines as there are causes."""
    for sweep in sweeps:
        groups = failures.of(store, sweep)[: failures.GROUPS]
        if groups:
            lines = "".join(f"\n  {each.line}" for each in groups)
            say(f"Failures of sweep {sweep.path}:{lines}")
