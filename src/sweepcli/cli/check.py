"""`sweep check CONFIG`: what a config means and what it would run or stop; writes nothing."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

import click

from sweepcli import messages
from sweepcli.cli import making, open_store, options, printing
from sweepcli.printed import harmless
from sweepcli.runs import hydra_outputs, preflight, program_parser, programs, timing
from sweepcli.runs.metrics import log_check
from sweepcli.stores.location import is_url
from sweepcli.sweep_config import command, lost_values, macros
from sweepcli.sweeps import path as sweep_path
from sweepcli.sweeps import replay
from sweepcli.views import log_check_view, preview, replay_view, terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.records import SweepConfig
    from sweepcli.runs.metrics.log_check import LogCheck
    from sweepcli.stores.location import Location
    from sweepcli.sweeps.replay import Replay
    from sweepcli.views.preview import Preview

DRAWS = 3


EPILOG = """\b
Example:
  sweep check sweep.yaml --draws 5
  sweep check sweep.yaml --try output.log"""


@click.command(epilog=EPILOG)
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
@click.option(
    "--try",
    "log",
    metavar="LOG",
    help="Show what metrics_from of CONFIG.yaml finds in a file, or in standard input (-), and "
    "which lines it misses; exit code 1 if the sweep's metric is not found.",
)
@options.location
@options.as_json
def check(
    config: str | None,
    draws: int,
    replayed: str | None,
    log: str | None,
    location: Location,
    *,
    as_json: bool,
) -> int:
    """Explain a config, with the command lines of its first runs.

    Nothing is created. All that is wrong is listed, with the lines of the config.
    """
    code = 0
    if log is not None:
        tried, loaded = _try(config, replayed, log)
        record, lines = (
            log_check_view.record(tried),
            log_check_view.lines(tried, loaded, terminal.width()),
        )
        code = 0 if tried.is_found else 1
    elif replayed is not None:
        past = _replay(config, replayed, location)
        record, lines = replay_view.record(past), replay_view.lines(past)
    elif config is not None:
        found = _preview(config, draws)
        record, lines = found.record(), found.lines(terminal.longest())
        if found.config.code.is_frozen:
            record["not_frozen"] = _not_frozen(found.config, location)
    else:
        raise click.UsageError("Missing argument 'CONFIG.yaml'.")
    if as_json:
        printing.json(record)
        return code
    click.echo(harmless("\n".join(lines)))
    if code == 0 and config not in (None, sweep_path.STDIN):
        printing.next_command(f"sweep {shlex.quote(config)}", location)
    return code


def _not_frozen(config: SweepConfig, location: Location) -> list[str]:
    """Say what a sweep would freeze; return what it would not."""
    from sweepcli.cli import freezing  # noqa: PLC0415 -- few sweeps are frozen

    plan = freezing.planned(config, location.for_new.results)
    return [each.line for each in plan.not_frozen]


def _try(path: str | None, replayed: str | None, log: str) -> tuple[LogCheck, SweepConfig]:
    if path is None or replayed is not None:
        raise click.UsageError("--try needs CONFIG.yaml, and cannot be used with --replay.")
    if path == log == sweep_path.STDIN:
        raise click.UsageError("CONFIG and LOG cannot both be standard input.")
    config = making.read_config(path, doing="Checking config").config
    return log_check.of(config, log), config


def _replay(path: str | None, replayed: str, location: Location) -> Replay:
    config = making.read_config(path, doing="Checking config").config if path is not None else None
    with open_store.sweep_at(location, replayed, looks=True) as (store, sweep):
        return replay.of(store, sweep, config, tick_s=pace_s(location, os.environ))


def pace_s(location: Location, environ: Mapping[str, str]) -> float:
    """Return how often agents judge their runs where a sweep is: on a server, more rarely."""
    return timing.read(environ).saves_each_s(is_local=not is_url(location.database))


def _preview(path: str, draws: int) -> Preview:
    loaded = making.read_config(path, doing="Checking config")
    absent = [name for name in command.variables(loaded.config.command) if name not in os.environ]
    for name in absent:
        messages.warn(f"command: the environment has no variable {name} now; runs will need it")
    if "command" in loaded.raw and not macros.passes_params(loaded.config):
        messages.warn(
            "command: it passes no params: the script must take them from wandb.config, its "
            "environment or the params file (to pass all, add '${args}')"
        )
    if said := hydra_outputs.advice(loaded.config):
        messages.warn(said)
    needs_form = program_parser.advice(loaded.config) is not None  # which is said already
    for note in lost_values.notes(loaded.config, needs_form=needs_form):
        messages.warn(note)
    found = preview.of(
        loaded.config,
        draws,
        interpreter=programs.interpreter(),
        own_seed="seed" in loaded.raw,
    )
    if found.is_example and not preflight.unsupported(loaded.config):
        messages.say("The config has no seed: the sweep will draw one. The examples use seed 0")
    return found
