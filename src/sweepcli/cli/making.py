"""What `sweep CONFIG.yaml` and `sweep update` do; reads configs for all."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import click

from sweepcli import commands, folders, stores
from sweepcli.cli import open_store, printing
from sweepcli.messages import say, warn
from sweepcli.runs import preflight, program_parser
from sweepcli.stores.location import entered
from sweepcli.sweeps import controller, create
from sweepcli.sweeps import path as sweep_path
from sweepcli.sweeps.references import References

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.cli.options import Named, Over
    from sweepcli.records import Sweep
    from sweepcli.stores import Store
    from sweepcli.stores.location import Location
    from sweepcli.sweep_config.load import Loaded
    from sweepcli.sweeps.freezing import Plan


def read_config(path: str, *, doing: str, over: Over | None = None) -> Loaded:
    """Read a config file, or standard input; raise ConfigError if it cannot be used."""
    from sweepcli.sweep_config import load  # noqa: PLC0415 -- yaml and jsonschema, not for --stop

    sweep_path.refuse_script(path)
    text = sys.stdin.buffer.read() if path == sweep_path.STDIN else load.read_file(path)
    shown = "<stdin>" if path == sweep_path.STDIN else path
    say(f"{doing} from: {shown}")
    keys, freezes = (over.keys, over.freezes) if over else (None, False)
    loaded = load.load(text, shown, overrides=keys, freezes=freezes)
    for warning in (*loaded.warnings, *preflight.unsupported(loaded.config)):
        warn(str(warning))
    if absent := preflight.absent_program(loaded.config):
        warn(f"{absent} now; runs will need it")
    if advice := program_parser.advice(loaded.config):
        warn(f"{shown}: {advice.words}")
    return loaded


def make(
    location: Location,
    config: str,
    named: Named,
    over: Over,
    update: str | None,
    prior: Sequence[str],
    *,
    as_json: bool,
) -> None:
    """Create a sweep, or give the sweep `update` another config; print its path."""
    doing = "Creating sweep" if update is None else "Updating sweep"
    if update is not None and location.is_above:
        config = config if config == sweep_path.STDIN else os.path.abspath(config)
        entered(location, ())  # where the config's files are looked for
    loaded = read_config(config, doing=doing, over=over)
    if update is None:
        location = location.for_new
        sweep = created(loaded, location, named, prior, is_strict=over.is_strict)
    else:
        sweep = _update(loaded, location, update, named, prior, is_strict=over.is_strict)
    announce(sweep, location.results)
    if as_json:
        printing.json(
            {
                "id": sweep.id,
                "path": sweep.path,
                "entity": sweep.entity,
                "project": sweep.project,
                "dir": folders.sweep_folder(location.results, sweep),
                "runs": controller.total(loaded.config),
            }
        )
    else:
        click.echo(sweep.path)


def created(
    loaded: Loaded,
    location: Location,
    named: Named,
    prior: Sequence[str] = (),
    *,
    is_strict: bool = False,
) -> Sweep:
    """Create a sweep, and say its id.

    Where its code is frozen, what of it cannot be is told; `is_strict` raises ConfigError then.
    """
    plan = _plan(loaded, location, is_strict=is_strict)
    opening = stores.open_existing if prior else stores.open_store
    with closing(opening(location.database)) as store:
        results, ids = location.results, _runs(store, location, prior)
        sweep = create.create_sweep(
            store, loaded, results=results, prior_runs=ids, plan=plan, **named
        )
    say(f"Creating sweep with ID: {sweep.id}")
    return sweep


def _plan(loaded: Loaded, location: Location, *, is_strict: bool) -> Plan | None:
    if not (loaded.config.code.is_frozen or is_strict):
        return None
    from sweepcli.cli import freezing  # noqa: PLC0415 -- few sweeps are frozen

    return freezing.planned(loaded.config, location.results, is_strict=is_strict)


def _update(
    loaded: Loaded,
    location: Location,
    path: str,
    named: Named,
    prior: Sequence[str],
    *,
    is_strict: bool,
) -> Sweep:
    plan = _plan(loaded, location, is_strict=is_strict)
    with open_store.sweep_at(location, path, **named) as (store, sweep):
        say(f"Updating sweep with ID: {sweep.id}")
        results, ids = location.results, _runs(store, location, prior)
        return create.update_sweep(store, sweep, loaded, results=results, prior_runs=ids, plan=plan)


def _runs(store: Store, location: Location, named: Sequence[str]) -> list[str]:
    """Return the ids of runs that are named, whichever way."""
    known = References(store, location)
    return [known.run(text).id for text in named]


def announce(sweep: Sweep, results: str, note: str = "") -> None:
    """Say what to do next. Scripts parse the last line: nothing may follow the path in it."""
    path = repr(sweep.path) if " " in sweep.path else sweep.path
    say(f"View sweep at: {folders.sweep_folder(results, sweep)}")
    if note:
        say(note)
    say(f"Run sweep agent with: {commands.line(f'agent {path}')}")
