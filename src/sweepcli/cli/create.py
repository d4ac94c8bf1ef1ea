"""`sweep CONFIG.yaml`: create a sweep, or with W&B's flags change one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sweepcli.cli import options
from sweepcli.messages import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.cli.options import Named, Over
    from sweepcli.stores.location import Location

EPILOG = """\b
Example:
  sweep --project demo --name first sweep.yaml
  sweep -p demo -R r1a2b3c4 - < sweep.yaml"""


@click.command("create", epilog=EPILOG)
@click.argument("target", metavar="CONFIG.yaml|PATH")
@options.named
@options.over_config
@click.option("--update", metavar="PATH", help="Replace the config of this sweep; before any run.")
@click.option("--stop", is_flag=True, help="Start no more runs of PATH; running runs may finish.")
@click.option(
    "--cancel", is_flag=True, help="Start no more runs of PATH, and end the running runs."
)
@click.option("--pause", is_flag=True, help="Start no runs of PATH until it is resumed.")
@click.option("--resume", is_flag=True, help="Let PATH start runs again.")
@click.option("--controller", is_flag=True, hidden=True)  # W&B's, as is the next
@click.option("--verbose", is_flag=True, hidden=True, expose_value=False)
@options.location
@options.as_json
def create(
    target: str,
    *,
    location: Location,
    named: Named,
    update: str | None,
    over: Over,
    prior: Sequence[str],
    as_json: bool,
    **given: Any,  # noqa: ANN401 -- W&B's flags, each of its own type
) -> None:
    """Create a sweep from a config file (YAML or JSON; - is standard input).

    W&B's --stop, --cancel, --pause and --resume change the state of the sweep PATH instead, as
    the commands of these names do.
    """
    verbs = [verb for verb in ("stop", "cancel", "pause", "resume") if given[verb]]
    chosen = verbs if update is None else [*verbs, "update"]
    if len(chosen) > 1:
        raise click.UsageError(f"--{chosen[0]} cannot be used with --{chosen[1]}.")
    if given["controller"]:
        # No word of the lines that scripts look for.
        say("--controller is not needed: the next runs are chosen without it")
    if verbs:
        from sweepcli.cli import states  # noqa: PLC0415 -- sqlite3 and more, not for --help

        states.change(location, target, verbs[0], named, as_json=as_json)
        return
    from sweepcli.cli import making  # noqa: PLC0415 -- likewise

    making.make(location, target, named, over, update, prior, as_json=as_json)
