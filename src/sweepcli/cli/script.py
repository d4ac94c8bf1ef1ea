"""`sweepcli run`: run a script that makes its own sweeps through `import wandb`."""

from __future__ import annotations

import os

import click

from sweepcli.errors import LaunchError
from sweepcli.runs import programs, wandb_use
from sweepcli.runs.wandb_use import WandbUse

EPILOG = """\b
Example:
  sweepcli run train.py --epochs 3
  sweepcli run python -m my_package.train"""


@click.command(
    "run",
    epilog=EPILOG,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("program")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def run(program: str, args: tuple[str, ...]) -> None:
    """Run PROGRAM with the stand-in for `import wandb`, even if W&B's package is installed.

    For scripts that call wandb.sweep() and wandb.agent() themselves, which W&B's package cannot
    do without an account. A PROGRAM that ends in .py is run by Python.
    """
    argv = [program, *args]
    if program.endswith(".py"):
        argv = [programs.interpreter(), *argv]
    environ = {**os.environ, **wandb_use.search_path(WandbUse.STAND_IN, os.environ)}
    try:
        os.execvpe(argv[0], argv, environ)  # noqa: S606 -- running it is the job
    except OSError as error:
        raise LaunchError(f"cannot start {argv[0]!r}: {error.strerror}") from error
