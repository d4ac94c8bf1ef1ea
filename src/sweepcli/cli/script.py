"""`sweepcli run`: sweep from one line, or run a script that makes its own sweeps."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from sweepcli.agents.options import number
from sweepcli.cli import options
from sweepcli.cli.agent import agent_options
from sweepcli.errors import LaunchError
from sweepcli.messages import say
from sweepcli.runs import programs, wandb_use
from sweepcli.runs.wandb_use import WandbUse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.agents.options import AgentOptions
    from sweepcli.stores.location import Location

EPILOG = """\b
Example:
  sweepcli run -P lr=1e-4..1e-1:log --metric 'loss: {loss}' --runs 20 train.py
  sweepcli run -P depth=1,2,3 -j 2 -- python train.py --epochs 3
  sweepcli run -P lr=0.1,0.2 -- ./train --rate '${lr}'
  sweepcli run -P seed=1,2 -- env SEED='${seed}' python train.py
  sweepcli run train.py --epochs 3
A file for each run:
  sweepcli run -P x=1,2 --metric '${run_dir}/o.csv:y' -- ./sim -x '${x}' -o '${run_dir}/o.csv'"""
BEHIND = "The options of PROGRAM stand behind it."
RUNS = {
    "runs": number(
        "--runs", "Make at most N runs.", instead="leave it out if each -P lists its values"
    )
}


@click.command("run", epilog=EPILOG, context_settings={"allow_interspersed_args": False})
@click.argument("program")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "-P",
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUES",
    help="A parameter: 1e-4..1e-1:log or 1..8, a range; sgd,adam, values; 0.1, one value. "
    "Repeat it for each.",
)
@click.option(
    "--metric",
    metavar="PATTERN",
    help="A line as it is printed, or a regular expression: 'loss: {loss}'; the name that the "
    "script logs: loss; or a file that it writes, with a column or key: out.csv:loss, "
    "out.json:loss. Of many numbers the best one counts; see --value.",
)
@click.option("--minimize", "minimizes", is_flag=True, help="Less of the metric is better.")
@click.option("--maximize", "maximizes", is_flag=True, help="More of the metric is better.")
@click.option(
    "--value",
    metavar="WHICH",
    help="Which of a run's numbers counts: best, last, mean, or last:20, the mean of the last 20. "
    "Default: best.",
)
@options.from_table(RUNS)
@click.option(
    "--method",
    metavar="NAME",
    help="grid, random, bayes or sobol. Default: what suits the parameters.",
)
@click.option(
    "--args-style",
    metavar="PARSER",
    help="What reads ${args}: hydra, click, …, or wandb for --NAME=VALUE. Default: what PROGRAM, a "
    "Python file, uses.",
)
@options.freeze
@click.option("--name", metavar="TEXT", help="A name for people.")
@options.project
@options.entity
@agent_options("run_limit", "requeues")
@options.location
@options.as_json
@click.pass_context
def run(
    ctx: click.Context,
    /,
    *,
    program: str,
    args: tuple[str, ...],
    params: tuple[str, ...],
    chosen: AgentOptions,
    location: Location,
    as_json: bool,
    **given: Any,  # noqa: ANN401 -- the other fields of one_line.Options
) -> None:
    """Sweep over the parameters -P of PROGRAM, and print the best run and its command line.

    Creates a sweep, whose config is kept, and runs it as `agent` does. In PROGRAM and its
    arguments ${NAME} is the value of a parameter, and ${run_dir} the run's own folder; if no
    parameter is named, they follow as --NAME=VALUE, or as PROGRAM reads them: NAME=VALUE for Hydra.

    Without -P, run PROGRAM once, with the stand-in for `import wandb`: for scripts that call
    wandb.sweep() and wandb.agent() themselves. A PROGRAM that ends in .py is run by Python.
    """
    if "=" in (given["project"] or ""):
        raise click.UsageError(f"-p is the project: did you mean -P {given['project']}?")
    command = [program, *args]
    if not params:
        _refuse_options(ctx)
        _start(command)
    from sweepcli.cli import one_line  # noqa: PLC0415 -- sqlite3, yaml and more, not for --help
    from sweepcli.sweep_config.one_line import Options  # noqa: PLC0415 -- likewise

    line = Options(command, params, **given)
    ctx.exit(one_line.run(line, chosen, location, as_json=as_json))


def _refuse_options(ctx: click.Context) -> None:
    """Raise an error for options of a sweep where there is none."""
    for param in ctx.command.params:
        is_given = ctx.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE
        if is_given and isinstance(param, click.Option):
            raise click.UsageError(
                f"{param.opts[0]} is for a sweep: add -P NAME=VALUES to make one. {BEHIND}"
            )


def _start(command: Sequence[str]) -> None:
    """Become the program."""
    if not {"-P", "--param"}.isdisjoint(command):
        say(
            "-P stands behind PROGRAM, so PROGRAM gets it; to make a sweep, write it before PROGRAM"
        )
    argv = [*command]
    if argv[0].endswith(".py"):
        argv = [programs.interpreter(), *argv]
    environ = {**os.environ, **wandb_use.search_path(WandbUse.STAND_IN, os.environ)}
    try:
        os.execvpe(argv[0], argv, environ)  # noqa: S606 -- running it is the job
    except OSError as error:
        fix = f": for a parameter, write -P {shlex.quote(argv[0])}" if "=" in argv[0] else ""
        raise LaunchError(f"cannot start {argv[0]!r}: {error.strerror}{fix}") from error
