"""Options and arguments that several commands share."""

from __future__ import annotations

import os

import click

from sweepcli import env


def _absolute(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str:
    return os.path.abspath(value) if value else env.results_dir()


results = click.option(
    "--dir",
    "results",
    metavar="DIR",
    callback=_absolute,
    help=f"The results directory. Default: ${env.DIR}, else ./sweep-results.",
)
project = click.option("-p", "--project", metavar="NAME", help="The project of the sweep.")
entity = click.option("-e", "--entity", metavar="NAME", help="The entity of the sweep.")
as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
path = click.argument("path")
