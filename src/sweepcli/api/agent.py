"""Runs an agent, and reports on standard error what it does and what went wrong."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

from sweepcli import folders
from sweepcli.agents.loop import run_agent
from sweepcli.errors import StoreError
from sweepcli.messages import say
from sweepcli.records import RunState
from sweepcli.sweeps import without_metric
from sweepcli.views import reporter, terminal

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sweepcli.agents.options import AgentOptions
    from sweepcli.agents.report import AgentReport
    from sweepcli.agents.wakeup import Wakeup
    from sweepcli.records import Run, Sweep
    from sweepcli.stores import Store


def run_and_report(
    store: Store,
    sweeps: Sequence[Sweep],
    options: AgentOptions,
    *,
    results: str,
    where: str = "",
    has_board: bool = False,
    wakeup: Wakeup | None = None,
) -> AgentReport:
    """Run an agent until it ends; raises as `run_agent` does.

    `where` has the options with which commands find the sweeps; with `has_board`, stderr is a
    terminal.
    """
    # Whether people see the output of runs where they read these reports.
    shows_output = options.show_output and terminal.shows_both_streams()
    is_read = options.show_output and terminal.is_output_read()
    words = _reporter(sweeps, options, results, where, is_output_read=is_read)
    if has_board:
        from sweepcli.views.board import live  # noqa: PLC0415 -- rich, for terminals alone

        with live.of(store, sweeps, options, words) as board:
            if shows_output:
                options = options._replace(output=board)
            report = run_agent(store, sweeps, options, board, results=results, wakeup=wakeup)
    else:
        report = run_agent(store, sweeps, options, words, results=results, wakeup=wakeup)
    lacking = _say_unmeasured(store, sweeps, results) if RunState.FINISHED in report.states else ""
    if not (report.ran or report.own_code):
        _say_how_to_go_on(store, sweeps)
    causes = [_causes(store, sweep, report.runs.failed) for sweep in sweeps]
    for sweep, found in zip(sweeps, causes, strict=True):
        _say_refused(sweep, found)
    say(reporter.summary(report, sum(causes, Counter())) + lacking)
    return report


def _reporter(
    sweeps: Sequence[Sweep],
    options: AgentOptions,
    results: str,
    where: str,
    *,
    is_output_read: bool,
) -> reporter.StderrReporter:
    by_id = {sweep.id: sweep for sweep in sweeps}

    def folder_of(run: Run) -> str:
        return folders.last_attempt_folder(results, by_id[run.sweep_id], run)

    words = reporter.StderrReporter(
        {sweep.id: sweep.config for sweep in sweeps},
        where=where,
        is_quiet=options.is_quiet,
        shows_tails=options.shows_tails and not is_output_read,
        folder_of=folder_of,
        is_verbose=options.is_verbose,
    )
    words.begin()
    return words


def _say_how_to_go_on(store: Store, sweeps: Sequence[Sweep]) -> None:
    from sweepcli.views import blocked_sweep  # noqa: PLC0415 -- for agents that find nothing to do

    with suppress(StoreError):
        for sweep in sweeps:
            if blocked := blocked_sweep.of(store, sweep):
                say(f"sweep {sweep.path}: {blocked.how}")


def _causes(store: Store, sweep: Sweep, failed: Collection[str]) -> Counter[str]:
    """Return why runs of an agent failed, and how many of them for each cause."""
    ours, found = set(failed), Counter[str]()
    if not ours:
        return found
    from sweepcli.views import failures  # noqa: PLC0415 -- for agents whose runs fail

    with suppress(StoreError):  # the agent's last line says that the store is lost
        for group in failures.of(store, sweep):
            found[group.text] += len(ours.intersection(group.runs))
    return +found


def _say_refused(sweep: Sweep, causes: Counter[str]) -> None:
    """Say which form of ${args} a program wants that refused its arguments."""
    if not causes:
        return
    from sweepcli.runs import refused_arguments  # noqa: PLC0415 -- for agents whose runs fail

    if found := refused_arguments.hint(sweep.config, causes):
        say(f"Sweep {sweep.path}: {found}")


def _say_unmeasured(store: Store, sweeps: Sequence[Sweep], results: str) -> str:
    """Say how runs that finished without their metric can be read; return how many there are."""
    lines = []
    with suppress(StoreError):
        for sweep in sweeps:
            if found := without_metric.of(store, sweep, results):
                say(f"Sweep {sweep.path}: {found.line}: {found.hint}")
                lines.append(found.line)
    return "".join(f"; {line}" for line in lines)
