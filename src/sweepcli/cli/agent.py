"""The `agent` command: run a sweep's runs on this machine."""

from __future__ import annotations

import click

from sweepcli import messages
from sweepcli.cli import entry, hints, lazy, options
from sweepcli.cli.agent_call import AgentCall

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
    from sweepcli.cli import running  # noqa: PLC0415 -- sqlite3 and more, not needed for --help

    _tell_ignored(forward_signals=forward_signals, term_timeout=term_timeout)
    logs = hints.command("sweep logs")
    call = AgentCall(paths, results, project, entity, count, quiet, as_json, logs)
    ctx.exit(running.run(call))


agent.params.append(lazy.version_option())


def _tell_ignored(*, forward_signals: bool, term_timeout: int | None) -> None:
    if forward_signals:
        messages.say("--forward-signals is always the case here")
    if term_timeout is not None:
        messages.warn("--term-timeout changes nothing in this version")


def main() -> int:
    """Run `agent` as a program; return its exit code."""
    return entry.run(agent)
