"""The `agent` command: run a sweep's runs on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sweepcli.cli import entry, hints, lazy, messages, opened, options
from sweepcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.agent_loop import AgentReport
    from sweepcli.cli.reporter import StderrReporter
    from sweepcli.records import Sweep

EPILOG = """\b
Example:
  agent me/demo/abcd1234
  agent --count 5 abcd1234"""

WITHOUT_COUNT = "leave --count out to run until nothing is left"


def _count(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    """Return a whole number from 1, or say what to write instead."""
    if value is None:
        return None
    if not value.strip():
        why = "it is empty; is a shell variable not set?"
        raise click.BadParameter(f"{why} Write a number from 1, or {WITHOUT_COUNT}.")
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise click.BadParameter(f"{value!r} is not a whole number from 1; {WITHOUT_COUNT}.")
    return int(value)


@click.command("agent", epilog=EPILOG)
@click.argument("paths", metavar="PATH", nargs=-1, required=True)
@options.project
@options.entity
@click.option("--count", callback=_count, metavar="N", help="End after N runs.")
@click.option("-q", "--quiet", is_flag=True, help="Tell of failures and the end; no output.")
@click.option("-f", "--forward-signals", is_flag=True, help="Taken for W&B's sake; always so.")
@click.option("-t", "--term-timeout", type=int, metavar="S", help="Taken for W&B's sake.")
@options.results
@options.as_json
@click.pass_context
def agent(  # noqa: PLR0913 -- W&B's flags, one argument each
    ctx: click.Context,
    *,
    paths: tuple[str, ...],
    project: str | None,
    entity: str | None,
    count: int | None,
    quiet: bool,
    forward_signals: bool,
    term_timeout: int | None,
    results: str,
    as_json: bool,
) -> None:
    """Run the runs of the sweep PATH on this machine until none is left.

    Exit codes: 0 done or nothing left, 1 an error, 2 wrong usage, 3 gave up because runs keep
    failing, 130 interrupted.
    """
    # sqlite3 and the store, not needed for --help.
    from sweepcli.agent_loop import run_agent  # noqa: PLC0415 -- as said above
    from sweepcli.cli import reporter  # noqa: PLC0415 -- likewise

    _tell_ignored(forward_signals=forward_signals, term_timeout=term_timeout)
    place = opened.sweep_at(results, one_sweep(paths), entity=entity, project=project)
    with place as (store, sweep):
        report = run_agent(
            store,
            sweep,
            results=results,
            count=count,
            show_output=not (quiet or as_json),
            reporter=_reporter(sweep, results, is_quiet=quiet),
        )
    messages.say(reporter.summary(report))
    if as_json:
        click.echo(_answer(sweep, report))
    ctx.exit(report.exit_code)


agent.params.append(lazy.version_option())


def one_sweep(paths: Sequence[str]) -> str:
    """Return the fullest of several paths of one sweep; raise UsageError if they name more.

    The recipe for W&B's output that catches the path together with the bare id gives both.
    """
    from sweepcli import sweep_path  # noqa: PLC0415 -- dataclasses, not needed for --help

    words = [line.strip() for text in paths for line in text.splitlines() if line.strip()] or [""]
    if len({sweep_path.parse(word).sweep_id for word in words}) > 1:
        raise UsageError(f"an agent runs one sweep, and these are several: {' '.join(words)}")
    return max(words, key=lambda word: word.count("/"))


def _tell_ignored(*, forward_signals: bool, term_timeout: int | None) -> None:
    if forward_signals:
        messages.say("--forward-signals is always the case here")
    if term_timeout is not None:
        messages.warn("--term-timeout changes nothing in this version")


def _reporter(sweep: Sweep, results: str, *, is_quiet: bool) -> StderrReporter:
    from sweepcli import controller  # noqa: PLC0415 -- not needed for --help
    from sweepcli.cli.reporter import StderrReporter  # noqa: PLC0415 -- likewise
    from sweepcli.sweep_config import parse  # noqa: PLC0415 -- likewise

    config = parse.parse(sweep.config)
    logs = f"{hints.command('sweep logs')} {hints.place(results)}"
    told = StderrReporter(config.metric, controller.total(config), logs=logs, is_quiet=is_quiet)
    told.begin()
    return told


def _answer(sweep: Sweep, report: AgentReport) -> str:
    from sweepcli.cli import render  # noqa: PLC0415 -- not needed for --help

    states = {str(state): count for state, count in report.states.items()}
    return render.json_text(
        {
            "path": sweep.path,
            "ran": report.ran,
            "states": states,
            "why": report.why,
            "exit_code": report.exit_code,
        }
    )


def main() -> int:
    """Run `agent` as a program; return its exit code."""
    return entry.run(agent)
