"""The `agent` command: run a sweep's runs on this machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from sweepcli.cli import entry, hints, lazy, options
from sweepcli.cli.agent_call import AgentCall
from sweepcli.runs.wandb_use import WandbUse
from sweepcli.sweep_config import durations

EPILOG = """\b
Example:
  agent me/demo/abcd1234
  agent --count 5 abcd1234
  agent --gpus all me/demo/abcd1234"""


Callback = Callable[[click.Context, click.Parameter, str | None], Any]
WITHOUT_COUNT = "leave --count out to run until nothing is left"


def _whole_number(without: str) -> Callback:
    """Return what reads a whole number from 1; `without` says what to do instead."""

    def read(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
        if value is None:
            return None
        if not value.strip():
            why = "it is empty; is a shell variable not set?"
            raise click.BadParameter(f"{why} Write a number from 1, or {without}.")
        if not (value.isascii() and value.isdigit() and int(value) > 0):
            raise click.BadParameter(f"{value!r} is not a whole number from 1; {without}.")
        return int(value)

    return read


def _duration(_ctx: click.Context, _param: click.Parameter, value: str | None) -> float | None:
    """Read a length of time, in seconds."""
    try:
        return None if value is None else durations.parse(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is no length of time: {error}.") from None


def _time(*words: str, help: str) -> Callable[..., Any]:  # noqa: A002 -- click's name
    return click.option(*words, metavar="TIME", callback=_duration, help=help)


def _number(*words: str, without: str = "leave it out", help: str) -> Callable[..., Any]:  # noqa: A002 -- click's name
    return click.option(*words, metavar="N", callback=_whole_number(without), help=help)


@click.command("agent", epilog=EPILOG)
@click.argument("paths", metavar="PATH...", nargs=-1)
@options.project
@options.entity
@_number("--count", "run_limit", without=WITHOUT_COUNT, help="End after N runs.")
@_number("-j", "--jobs", help="Run N at a time.")
@click.option("--gpus", metavar="LIST", help="all, or numbers or UUIDs: 0,1. A run gets its own.")
@_number("--gpus-per-run", help="GPUs for each run; 1.")
@_number("--runs-per-gpu", help="Runs that share a GPU; 1.")
@_time("--max-time", "max_time_s", help="Start no run after this: 90m, 1h30m.")
@click.option("--wait", "waits", is_flag=True, help="Stay while other agents have runs.")
@click.option("--strict", "is_strict", is_flag=True, help="Exit with 1 if a run did not finish.")
@_number(
    "--max-consecutive-failed-runs", "most_failures", help="Give up after N failures in a row; 10."
)
@click.option("-q", "--quiet", "is_quiet", is_flag=True, help="Tell of failures and the end alone.")
@click.option(
    *("-v", "--verbose", "is_verbose"),
    is_flag=True,
    help="Tell commands and folders of runs.",
)
@click.option(
    *("-f", "--forward-signals", "forwards"),
    is_flag=True,
    help="Send the first Ctrl-C on to the runs, and SIGUSR1 to them alone.",
)
@_time("-t", "--term-timeout", "term_timeout_s", help="Kill runs so long after a shutdown signal.")
@click.option(
    "--wandb",
    type=click.Choice([str(each) for each in WandbUse]),
    default=str(WandbUse.AUTO),
    callback=lambda _ctx, _param, value: WandbUse(value),
    help="What `import wandb` gets; auto: W&B's package if it is there, else a stand-in.",
)
@click.option(
    "--requeue",
    "requeues",
    is_flag=True,
    help="Put the SLURM task back in the queue if SIGUSR1 ends it with work left.",
)
@click.option("--next", "is_next", is_flag=True, help="Claim a run for a launcher of your own.")
@click.option("--done", metavar="RUN", help="Say that a run which --next gave out has ended.")
@click.option("--exit-code", type=int, default=0, metavar="N", help="How it ended; 0.")
@options.location
@options.as_json
@click.pass_context
def agent(
    ctx: click.Context,
    /,
    *,
    paths: tuple[str, ...],
    is_next: bool,
    done: str | None,
    exit_code: int,
    **given: Any,  # noqa: ANN401 -- the fields of AgentCall, each of its own type
) -> None:
    """Run the runs of the sweeps PATH... on this machine until none is left.

    Ctrl-C once ends the agent after its runs, twice ends its runs, three times kills them.

    Exit codes: 0 done or nothing left, 1 an error, 2 wrong usage, 3 gave up because runs keep
    failing, 75 the machine was taken away (SIGTERM, SIGUSR1, SIGHUP) and the runs given back,
    130 interrupted.
    """
    from sweepcli.cli import handing, running  # noqa: PLC0415 -- sqlite3 and more, not for --help

    call = AgentCall(paths, logs=hints.command("sweep logs"), **given)
    if done is not None:
        if paths or is_next:
            raise click.UsageError("--done RUN stands alone, with --exit-code.")
        ctx.exit(handing.take_back(done, exit_code, call))
    if not paths:
        raise click.UsageError("Missing argument 'PATH...'.")
    ctx.exit(handing.hand_out(call) if is_next else running.run(call))


agent.params.append(lazy.version_option())


def main() -> int:
    """Run `agent` as a program; return its exit code."""
    return entry.run(agent)
