"""The `agent` command: run a sweep's runs on this machine."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from sweepcli.agents.options import OPTIONS, AgentCall, AgentOptions
from sweepcli.cli import options, program

if TYPE_CHECKING:
    from collections.abc import Callable

EPILOG = """\b
Example:
  agent me/demo/abcd1234
  agent sweep.yaml
  agent --count 5 abcd1234
  agent --gpus all me/demo/abcd1234"""


def agent_options(*left_out: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that gives a command the options of an agent, as one argument `chosen`."""
    table = {field: option for field, option in OPTIONS.items() if field not in left_out}

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def filled(*args: Any, **given: Any) -> Any:  # noqa: ANN401 -- click's
            fields = {field: given.pop(field) for field in table}
            known = {key: value for key, value in fields.items() if value is not None}
            return command(*args, chosen=AgentOptions(**known), **given)

        return options.from_table(table)(filled)

    return add


@click.command("agent", epilog=EPILOG)
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@options.project
@options.entity
@agent_options()
@click.option("--next", "is_next", is_flag=True, help="Claim one run, and print how to start it.")
@click.option("--done", metavar="RUN", help="Record the end of a run that --next gave out.")
@click.option(
    "--exit-code", type=int, default=0, metavar="N", help="The exit code of that run. Default: 0."
)
@options.location
@options.as_json
@click.pass_context
def agent(
    ctx: click.Context,
    /,
    *,
    paths: tuple[str, ...],
    chosen: AgentOptions,
    is_next: bool,
    done: str | None,
    exit_code: int,
    **given: Any,  # noqa: ANN401 -- the other fields of AgentCall, each of its own type
) -> None:
    """Run the runs of the sweeps PATH... on this machine until none is left.

    Typed without a PATH it takes the newest sweep; in a script, `latest` says so.

    A config file, such as sweep.yaml, instead of a PATH makes a new sweep of it, at each call.

    Ctrl-C once ends the agent after its runs, twice ends its runs, three times kills them.

    Exit codes: 0 done or nothing left, 1 an error or all its runs failed, 2 wrong usage, 3 gave up
    because runs keep failing or log no metric, 75 the machine was taken away (SIGTERM, SIGUSR1,
    SIGHUP) and the runs given back, 130 interrupted.
    """
    call = AgentCall(paths, options=chosen, **given)
    if done is not None and (paths or is_next):
        raise click.UsageError("--done RUN cannot be used with PATH or --next.")
    if done is None and not paths:
        options.refuse_script_without(None, "PATH...")
    if done is None and not is_next:
        from sweepcli.cli import running  # noqa: PLC0415 -- sqlite3 and more, not for --help

        ctx.exit(running.run(call))
    from sweepcli.cli import manual  # noqa: PLC0415 -- likewise

    ctx.exit(manual.give_out(call) if done is None else manual.take_back(done, exit_code, call))


agent.params.append(program.version_option())


def main() -> int:
    """Run `agent` as a program; return its exit code."""
    return program.run(agent)
