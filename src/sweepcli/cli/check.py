"""`sweep check CONFIG`: what a config means and what it would run or stop; writes nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from sweepcli import messages
from sweepcli.cli import configs, opened, options

if TYPE_CHECKING:
    from sweepcli.cli.preview import Preview
    from sweepcli.cli.replay import Replay
    from sweepcli.stores.location import Location

DRAWS = 3


@click.command(epilog="\b\nExample:\n  sweep check sweep.yaml --draws 5")
@click.argument("config", metavar="[CONFIG.yaml]", required=False)
@click.option(
    "--draws",
    type=click.IntRange(min=0),
    default=DRAWS,
    metavar="N",
    help=f"How many runs to show. Default: {DRAWS}.",
)
@click.option(
    "--replay",
    "replayed",
    metavar="PATH",
    help="Say what early_terminate of CONFIG.yaml, or the sweep's own, would have stopped in "
    "the sweep PATH, and what that would have saved or lost.",
)
@options.location
@options.as_json
def check(
    config: str | None, draws: int, replayed: str | None, location: Location, *, as_json: bool
) -> None:
    """Say what a config means, with the command lines of its first runs.

    Nothing is created. What cannot be used is told with its line, all of it at once.
    """
    from sweepcli.views import render  # noqa: PLC0415 -- not needed for --help

    found: Preview | Replay
    if replayed is not None:
        found = _replay(config, replayed, location)
    elif config is not None:
        found = _preview(config, draws)
    else:
        raise click.UsageError("Missing argument 'CONFIG.yaml'.")
    click.echo(render.json_text(found.record()) if as_json else "\n".join(found.lines()))


def _replay(path: str | None, replayed: str, location: Location) -> Replay:
    from sweepcli.cli import replay  # noqa: PLC0415 -- not needed for --help

    config = configs.read(path, doing="Checking config").config if path is not None else None
    with opened.sweep_at(location, replayed) as (store, sweep):
        return replay.of(store, sweep, config)


def _preview(path: str, draws: int) -> Preview:
    from sweepcli.cli import preview  # noqa: PLC0415 -- likewise
    from sweepcli.runs import preflight, programs  # noqa: PLC0415 -- not needed for --help
    from sweepcli.sweep_config import command  # noqa: PLC0415 -- likewise

    loaded = configs.read(path, doing="Checking config")
    absent = [name for name in command.variables(loaded.config.command) if name not in os.environ]
    for name in absent:
        messages.warn(f"command: the environment has no variable {name} now; runs will need it")
    found = preview.of(
        loaded.config,
        draws,
        interpreter=programs.interpreter(),
        environ={**os.environ, **{name: f"${{envvar:{name}}}" for name in absent}},
        own_seed="seed" in loaded.raw,
    )
    if found.is_example and not preflight.unsupported(loaded.config):
        messages.say("The config names no seed: the sweep will draw one; shown are draws of seed 0")
    return found
