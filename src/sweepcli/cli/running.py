"""What the `agent` command does, once its arguments are understood; loads no click."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from sweepcli import controller, env, sweep_path
from sweepcli.agent_loop import AgentReport, run_agent
from sweepcli.cli import opened, render, reporter
from sweepcli.errors import UsageError
from sweepcli.messages import say
from sweepcli.sweep_config import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.cli.agent_call import AgentCall
    from sweepcli.records import Sweep


def run(call: AgentCall) -> int:
    """Run the runs of a sweep, tell about it, and return the exit code."""
    place = opened.sweep_at(
        call.results, one_sweep(call.paths), entity=call.entity, project=call.project
    )
    with place as (store, sweep):
        report = run_agent(
            store,
            sweep,
            results=call.results,
            count=call.run_limit,
            show_output=not (call.is_quiet or call.as_json),
            reporter=_reporter(sweep, call),
        )
    say(reporter.summary(report))
    if call.as_json:
        print(_answer(sweep, report))  # noqa: T201 -- the answer
    return report.exit_code


def one_sweep(paths: Sequence[str]) -> str:
    """Return the fullest of several paths of one sweep; raise UsageError if they name more.

    The recipe for W&B's output that catches the path together with the bare id gives both.
    """
    words = [line.strip() for text in paths for line in text.splitlines() if line.strip()] or [""]
    if len({sweep_path.parse(word).sweep_id for word in words}) > 1:
        raise UsageError(f"an agent runs one sweep, and these are several: {' '.join(words)}")
    return max(words, key=lambda word: word.count("/"))


def _reporter(sweep: Sweep, call: AgentCall) -> reporter.StderrReporter:
    config = parse.parse(sweep.config)
    place = "" if call.results == env.results_dir() else f"--dir {shlex.quote(call.results)} "
    told = reporter.StderrReporter(
        config.metric,
        controller.total(config),
        logs=f"{call.logs} {place}",
        is_quiet=call.is_quiet,
    )
    told.begin()
    return told


def _answer(sweep: Sweep, report: AgentReport) -> str:
    return render.json_text(
        {
            "path": sweep.path,
            "ran": report.ran,
            "states": {str(state): count for state, count in report.states.items()},
            "why": report.why,
            "exit_code": report.exit_code,
        }
    )
