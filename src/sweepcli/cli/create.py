"""`sweep CONFIG.yaml`: create a sweep, or with W&B's flags change one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sweepcli.cli import options
from sweepcli.messages import say

if TYPE_CHECKING:
    from sweepcli.cli.making import Named
    from sweepcli.stores.location import Location

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
@click.option("--stop", is_flag=True, help="Start no more runs of PATH; running runs may finish.")
@click.option(
    "--cancel", is_flag=True, help="Start no more runs of PATH, and end the running runs."
)
@click.option("--pause", is_flag=True, help="Start no runs of PATH until it is resumed.")
@click.option("--resume", is_flag=True, help="Let PATH start runs again.")
@click.option(
    "-R", "--prior_run", multiple=True, metavar="RUN", help="A run that the search may learn from."
)
@click.option("--controller", is_flag=True, hidden=True)  # W&B's, as is the next
@click.option("--verbose", is_flag=True, hidden=True, expose_value=False)
@options.location
@options.as_json
def create(
    target: str,
    *,
    location: Location,
    project: str | None,
    entity: str | None,
    update: str | None,
    as_json: bool,
    **given: Any,  # noqa: ANN401 -- W&B's flags, each of its own type
) -> None:
    """Create a sweep from a config file (YAML or JSON; - is standard input).

    With --stop, --cancel, --pause or --resume, change the state of the sweep PATH instead.
    """
    from sweepcli.cli import making  # noqa: PLC0415 -- sqlite3 and more, not for --help

    verbs = [verb for verb in ("stop", "cancel", "pause", "resume") if given[verb]]
    chosen = verbs if update is None else [*verbs, "update"]
    if len(chosen) > 1:
        raise click.UsageError(f"--{chosen[0]} cannot be used with --{chosen[1]}.")
    if given["controller"]:
        # No word of the lines that scripts look for.
        say("--controller is not needed: the next runs are chosen without it")
    named: Named = {"entity": entity, "project": project}
    if verbs:
        making.change(location, target, verbs[0], named, as_json=as_json)
        return
    overrides = {key: given[key] for key in ("name", "program") if given[key] is not None}
    making.make(location, target, named, overrides, update, given["prior_run"], as_json=as_json)
