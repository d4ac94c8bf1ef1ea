"""Which command people want next, by what an answer has shown them. Pure.

Each function returns a command without the options that say where the sweep is; None where no
command is of use.
"""

from __future__ import annotations

import shlex
from signal import SIGINT
from typing import TYPE_CHECKING

from sweepcli.records import BAD, WAITING, Goal, RunState, SweepState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.agents.report import AgentReport
    from sweepcli.records import Run, Sweep
    from sweepcli.views.status import SweepStatus

OPEN = (SweepState.PENDING, SweepState.RUNNING)
VERBS = {"pause": "sweep resume", "resume": "agent", "stop": "sweep show", "cancel": "sweep show"}


def of_sweep(command: str, sweep: Sweep | str) -> str:
    """Return a command with the path of a sweep."""
    return f"{command} {shlex.quote(sweep if isinstance(sweep, str) else sweep.path)}"


def after_list(sweeps: Sequence[SweepStatus]) -> str | None:
    """Return what shows the newest of the sweeps that were listed."""
    if not sweeps:
        return None
    newest = max(sweeps, key=lambda found: found.sweep.created_at)
    return of_sweep("sweep show", newest.sweep)


def after_status(found: SweepStatus) -> str:
    """Return how to go on with a sweep: run it, watch it, see why runs failed, or the best one."""
    if found.sweep.state is SweepState.PAUSED:
        return of_sweep("sweep resume", found.sweep)
    if found.shown_state.is_idle:
        return of_sweep("agent", found.sweep)
    if found.sweep.state in OPEN or found.counts.get(RunState.RUNNING):
        return of_sweep("sweep top", found.sweep)
    if found.failures:
        return f"sweep logs {found.failures[0].runs[0]}"
    has_best = found.best or found.config.metrics
    return of_sweep("sweep best" if has_best else "sweep runs", found.sweep)


def after_watching(found: SweepStatus) -> str:
    """Return the same for who has watched the sweep."""
    words = after_status(found)
    return words.replace("sweep top", "sweep runs", 1)


def after_sorted(runs: Sequence[Run], sweep: Sweep, order: str | None) -> str | None:
    """Return what shows the first of the runs, or the best ones if the worst one is first."""
    if runs and order == "value" and sweep.config.goal is Goal.MAXIMIZE:
        return f"{of_sweep('sweep best', sweep)} --top 5"
    return after_runs(runs)


def after_runs(runs: Sequence[Run]) -> str | None:
    """Return what shows the first of the runs that were listed."""
    return f"sweep show {runs[0].id}" if runs else None


def after_best(best: Sequence[Run], sweep: Sweep, *, has_command: bool) -> str:
    """Return what prints the command line of the best runs; a function's run has none."""
    if has_command:
        return of_sweep("sweep best", sweep) + " --format command"
    return f"sweep show {best[0].id}"


def after_run(run: Run, sweep: Sweep) -> str:
    """Return what shows the output of a run, or starts it."""
    if run.state in WAITING:
        return of_sweep("agent", sweep)
    follows = " --follow" if run.state is RunState.RUNNING else ""
    return f"sweep logs {run.id}{follows}"


def after_output(run: Run) -> str:
    """Return what people do with a run whose output they have read."""
    return f"sweep {'retry' if run.state in BAD else 'show'} {run.id}"


def after_agent(report: AgentReport, sweep: Sweep, best: Run | None) -> str | None:
    """Return what people want to know about the runs of an agent; None if it had none."""
    if report.signal:
        return of_sweep("agent", sweep) if report.signal == SIGINT else None
    if not report.ran:
        return None
    if report.runs.failed and best is None:
        return f"sweep logs {report.runs.failed[-1]}"
    is_good = best is not None and not report.runs.failed
    return of_sweep("sweep best" if is_good else "sweep show", sweep)
