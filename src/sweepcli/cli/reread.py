"""The command `sweep reread`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sweepcli.agents import recovery
from sweepcli.cli import making, open_store, options, printing
from sweepcli.errors import UsageError
from sweepcli.messages import say, warn
from sweepcli.sweeps import rereading
from sweepcli.views import next_command, render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import MetricsFrom, Sweep, SweepConfig
    from sweepcli.stores import Store
    from sweepcli.stores.location import Location
    from sweepcli.sweeps.rereading import RereadRun

EPILOG = """\b
Example:
  sweep check sweep.yaml --try output.log
  sweep reread me/demo/abcd1234 sweep.yaml"""
CONFIGS = (".yaml", ".yml", ".json")
MOST_TOLD = 5  # of what could not be read; --json has all of it


@click.command(epilog=EPILOG)
@options.path
@click.argument("config", metavar="[CONFIG.yaml]", required=False)
@options.location
@options.as_json
def reread(path: str | None, config: str | None, location: Location, *, as_json: bool) -> int:
    """Read the metrics of the runs of PATH that have ended again, from their output and files.

    With the `metrics_from` of CONFIG.yaml, which becomes the sweep's, or with the sweep's own. What
    was read there before is replaced; what a run logged itself stays. Prints the ids of the runs.
    """
    if config is None and path is not None and path.endswith(CONFIGS):
        path, config = None, path
    options.refuse_script_without(path)
    loaded = making.read_config(config, doing="Reading metrics_from") if config else None
    with open_store.sweep_at(location, path) as (store, sweep):
        recovery.recover(store, sweep, location.results)
        chosen = _asked(loaded.config if loaded else sweep.config, config)
        found = list(rereading.reread(store, sweep, chosen, results=location.results))
        if loaded and loaded.raw["metrics_from"] != sweep.raw.get("metrics_from"):
            asked = loaded.raw["metrics_from"]
            rereading.keep(store, sweep, asked, results=location.results)
            _say_kept(store, sweep)
    read = [each for each in found if each.is_read]
    _say(found, read, sweep)
    if as_json:
        printing.json({"path": sweep.path, "runs": [each.record() for each in found]})
    elif read:
        click.echo("\n".join(each.run_id for each in read))
        printing.next_command(next_command.of_sweep("sweep best", sweep), location)
    return 1 if found and not read else 0


def _asked(config: SweepConfig, path: str | None) -> MetricsFrom:
    if config.metrics_from is None:
        where = path or "the sweep's config"
        raise UsageError(
            f"{where} has no `metrics_from`, which says where programs leave their metrics"
        )
    return config.metrics_from


def _say_kept(store: Store, sweep: Sweep) -> None:
    say(f"Later runs of {sweep.path} are read with this `metrics_from`, too")
    if store.agents(sweep.id):
        say("Agents that are at work read with the one before; start them again for the new one")


def _say(found: Sequence[RereadRun], read: Sequence[RereadRun], sweep: Sweep) -> None:
    lines = [
        f"run {each.run_id}: {text}" for each in found for text in (*each.left, *each.warnings)
    ]
    for line in lines[:MOST_TOLD]:
        warn(line)
    if len(lines) > MOST_TOLD:
        warn(f"and {len(lines) - MOST_TOLD} more; --json has all of them")
    rows = sum(each.rows for each in read)
    words = f"{render.many(len(read), 'run')} again: {render.many(rows, 'row')}"
    valued = sum(each.value is not None for each in read)
    metric = sweep.config.metric
    so = f"; {render.many(valued, 'run')} with a value of {metric.name!r}" if metric else ""
    say(f"Read {words}{so}")
