"""`sweep CONFIG.yaml`: create a sweep, or with W&B's flags change one."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from sweepcli import folders, messages
from sweepcli.cli import configs, hints, opened, options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import Sweep
    from sweepcli.stores.location import Location
    from sweepcli.sweep_config.load import Loaded

EPILOG = """\b
Example:
  sweep --project demo --name first sweep.yaml
  sweep --update me/demo/abcd1234 sweep.yaml
  sweep --pause me/demo/abcd1234"""


@click.command("create", epilog=EPILOG)
@click.argument("target", metavar="CONFIG.yaml|PATH")
@options.project
@options.entity
@click.option("--name", metavar="TEXT", help="A name for people; replaces `name` of the config.")
@click.option("--program", metavar="FILE", help="Replaces `program` of the config.")
@click.option("--update", metavar="PATH", help="Replace the config of this sweep; before any run.")
@click.option("--stop", is_flag=True, help="Start no more runs of PATH; what runs may end.")
@click.option("--cancel", is_flag=True, help="Start no more runs of PATH, and end what runs.")
@click.option("--pause", is_flag=True, help="Start no runs of PATH until it is resumed.")
@click.option("--resume", is_flag=True, help="Let PATH start runs again.")
@click.option(
    "-R", "--prior_run", multiple=True, metavar="RUN", help="A run that the search may learn from."
)
@click.option("--controller", is_flag=True, help="Taken for W&B's sake; always the case.")
@click.option("--verbose", is_flag=True, expose_value=False, help="Taken for W&B's sake.")
@options.location
@options.as_json
def create(  # noqa: PLR0913 -- W&B's flags, one argument each
    *,
    target: str,
    location: Location,
    project: str | None,
    entity: str | None,
    name: str | None,
    program: str | None,
    update: str | None,
    prior_run: tuple[str, ...],
    controller: bool,
    as_json: bool,
    **changes: bool,
) -> None:
    """Create a sweep from a config file (YAML or JSON; - is standard input).

    With --stop, --cancel, --pause or --resume, change the state of the sweep PATH instead.
    """
    chosen = [verb for verb, is_given in changes.items() if is_given]
    _refuse(chosen if update is None else [*chosen, "update"])
    if controller:
        # No word of the lines that scripts look for.
        messages.say("--controller is not needed: who runs a sweep also decides what comes next")
    if chosen:
        from sweepcli.cli import states  # noqa: PLC0415 -- the records, not needed for --help

        place = opened.sweep_at(location, target, entity=entity, project=project)
        states.change(place, chosen[0], location.results, as_json=as_json)
        return
    flags = {"name": name, "program": program}
    overrides = {key: text for key, text in flags.items() if text is not None}
    doing = "Creating sweep" if update is None else "Updating sweep"
    loaded = configs.read(target, doing=doing, overrides=overrides)
    if update is None:
        sweep = _create(loaded, location, entity, project, prior_run)
    else:
        sweep = _update(loaded, location, update, entity, project, prior_run)
    _announce(sweep, location.results)
    click.echo(_answer(sweep, loaded, location.results) if as_json else sweep.path)


def _refuse(chosen: list[str]) -> None:
    if len(chosen) > 1:
        raise click.UsageError(f"--{chosen[0]} and --{chosen[1]} exclude each other.")


def _create(
    loaded: Loaded,
    location: Location,
    entity: str | None,
    project: str | None,
    prior: Sequence[str],
) -> Sweep:
    from sweepcli import stores  # noqa: PLC0415 -- sqlite3 and more, not needed for --help
    from sweepcli.sweeps import create as api  # noqa: PLC0415 -- sqlite3 and more, not needed for --help

    place = (
        stores.open_existing(location.database) if prior else stores.open_store(location.database)
    )
    with closing(place) as store:
        sweep = api.create_sweep(
            *(store, loaded),
            results=location.results,
            entity=entity,
            project=project,
            prior_runs=prior,
        )
    messages.say(f"Creating sweep with ID: {sweep.id}")
    return sweep


def _update(
    loaded: Loaded,
    location: Location,
    path: str,
    entity: str | None,
    project: str | None,
    prior: Sequence[str],
) -> Sweep:
    from sweepcli.sweeps import create as api  # noqa: PLC0415 -- as above

    with opened.sweep_at(location, path, entity=entity, project=project) as (store, sweep):
        messages.say(f"Updating sweep with ID: {sweep.id}")
        return api.update_sweep(store, sweep, loaded, results=location.results, prior_runs=prior)


def _announce(sweep: Sweep, results: str) -> None:
    """Say how to go on. Scripts take the last line apart: nothing may follow the path in it."""
    path = repr(sweep.path) if " " in sweep.path else sweep.path
    messages.say(f"View sweep at: {folders.sweep_folder(results, sweep)}")
    messages.say(f"Run sweep agent with: {hints.command('agent')} {path}")


def _answer(sweep: Sweep, loaded: Loaded, results: str) -> str:
    from sweepcli.sweeps import controller as sweep_control  # noqa: PLC0415 -- sqlite3, for --json alone
    from sweepcli.views import render  # noqa: PLC0415 -- likewise

    return render.json_text(
        {
            "id": sweep.id,
            "path": sweep.path,
            "entity": sweep.entity,
            "project": sweep.project,
            "dir": folders.sweep_folder(results, sweep),
            "runs": sweep_control.total(loaded.config),
        }
    )
