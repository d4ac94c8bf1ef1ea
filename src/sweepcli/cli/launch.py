"""`sweep launch`: start agents on a cluster, or on this machine as if it were one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from sweepcli import folders
from sweepcli.agents import clusters
from sweepcli.agents.clusters.order import Order
from sweepcli.cli import open_store, options, printing
from sweepcli.messages import say
from sweepcli.records import UNFINISHED
from sweepcli.stores.location import entered
from sweepcli.sweeps import path as sweep_path
from sweepcli.views import blocked_sweep, next_command, render

if TYPE_CHECKING:
    from sweepcli.records import Sweep
    from sweepcli.stores.location import Location

EPILOG = """\b
Example:
  sweep launch me/demo/abcd1234 --on slurm -n 4 --gpus 1 --sbatch --time=4:00:00
  sweep launch me/demo/abcd1234 --on slurm --status
  sweep launch me/demo/abcd1234 --on ray --address 10.0.0.1:6379 -n 4 --cpus 2
  sweep launch me/demo/abcd1234 --on local -n 2 -- --count 5 --quiet"""
OWN = {name: clusters.load(name).OPTIONS for name in clusters.CLUSTERS}
_own_options = options.from_table(
    {field: row for own in OWN.values() for field, row in own.items()}
)


@click.command(epilog=EPILOG)
@options.path
@click.argument("arguments", metavar="[-- OPTIONS OF AGENT...]", nargs=-1)
@click.option(
    "--on",
    "cluster",
    type=options.Choice(list(clusters.CLUSTERS)),
    required=True,
    help="What starts them.",
)
@click.option(
    "-n", "--agents", type=click.IntRange(1), default=1, metavar="N", help="How many. Default: 1."
)
@click.option("--cpus", type=click.IntRange(1), metavar="N", help="CPUs for each agent.")
@click.option("--gpus", type=click.IntRange(1), metavar="N", help="GPUs for each agent.")
@_own_options
@options.location
@click.pass_context
def launch(
    ctx: click.Context,
    /,
    path: str | None,
    arguments: tuple[str, ...],
    location: Location,
    *,
    cluster: str,
    **given: Any,  # noqa: ANN401 -- the fields of Order, and the settings of the cluster
) -> None:
    """Start agents for the sweep PATH with SLURM, with Ray, or on this machine.

    Options after `--` go to each agent. SLURM: prints the job's id and returns. Ray and
    local: waits for the agents, and exits with the worst of their codes: 0, 75, 130, 3, any other.
    """
    sweep_path.refuse_config(path)
    settings = _settings(ctx, cluster, given)
    shows_jobs, cancels = settings.pop("shows_jobs", False), settings.pop("cancels", False)
    if path is not None and path.startswith("-"):  # no PATH: it is what follows `--`
        arguments, path = (path, *arguments), None
    if cancels and path is None:
        raise click.UsageError("--cancel needs PATH.")
    options.refuse_script_without(path)
    with open_store.sweep_at(location, path, whole=cancels) as (store, sweep):
        blocked = blocked_sweep.of(store, sweep)
    if shows_jobs or cancels:
        _show_or_cancel(sweep, cancels=cancels, as_json=settings["as_json"])
        return
    location = entered(location, [sweep])
    order = Order(sweep, location, given["agents"], arguments, given["cpus"], given["gpus"])
    _check_arguments(order)
    if sweep.state not in UNFINISHED:
        how = f"; {blocked.how}" if blocked else ""
        say(f"sweep {sweep.path} is {sweep.state}: nothing is launched{how}")
        return
    code = clusters.load(cluster).run(order, **settings)
    if not settings.get("prints"):
        _say_how_to_go_on(order, cluster)
    ctx.exit(code)


def _settings(ctx: click.Context, cluster: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return the options that are the cluster's own; refuse those of another one."""
    for other, own in OWN.items():
        for name, option in own.items():
            is_given = ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
            if is_given and other != cluster:
                raise click.UsageError(
                    f"{option.words.split()[0]} is for --on {other}, not for {cluster}."
                )
    names = ("prints", "shows_jobs", "cancels")
    exclusive = [OWN["slurm"][name].words for name in names if given[name]]
    if len(exclusive) > 1:
        raise click.UsageError(f"{' and '.join(exclusive)}: choose one of them.")
    return {name: given[name] for name in OWN[cluster]}


def _check_arguments(order: Order) -> None:
    """Refuse now what each agent would refuse later, in a log that nobody reads."""
    from sweepcli.cli.agent import agent  # noqa: PLC0415 -- not needed for --help

    if order.arguments and not order.arguments[0].startswith("-"):
        raise click.UsageError(f"{order.arguments[0]}: options of the agents go after `--`.")
    given = agent.make_context("agent", order.words).params
    if given["paths"] != (order.sweep.path,):
        others = " ".join(given["paths"][:-1])
        raise click.UsageError(f"{others}: launched agents work on one sweep.")
    if given["is_next"] or given["done"]:
        raise click.UsageError("--next and --done start no agent.")


# SLURM's queue


def _say_how_to_go_on(order: Order, cluster: str) -> None:
    """Say which commands show what was launched, and end what has been submitted."""
    if cluster != "slurm":
        shown = next_command.of_sweep("sweep show", order.sweep)
        printing.next_command(shown, order.location)
        return
    again = order.location.line("sweep launch", order.sweep.path, "--on", "slurm")
    folder = folders.launches_folder(order.location.results, order.sweep)
    say(
        f"{render.many(order.agents, 'agent')} submitted to SLURM\n"
        f"See them with: {again} --status\n"
        f"End them with: {again} --cancel\n"
        f"Their output: {folder}"
    )


def _show_or_cancel(sweep: Sweep, *, cancels: bool, as_json: bool) -> None:
    """Show the agents of a sweep that SLURM knows, or end them and say how many there were."""
    from sweepcli.agents.clusters import slurm  # noqa: PLC0415 -- not needed for --help

    if cancels:
        _say_canceled(sweep, slurm.cancel(sweep), as_json=as_json)
        return
    jobs = slurm.jobs(sweep)
    if as_json:
        printing.json({"path": sweep.path, "jobs": [job._asdict() for job in jobs]})
    elif jobs:
        printing.table(slurm.Job._fields, jobs, whole=("id", "state"))
    else:
        say(f"SLURM has no agent of yours for sweep {sweep.path}, waiting or running")


def _say_canceled(sweep: Sweep, count: int, *, as_json: bool) -> None:
    what = f"{render.many(count, 'agent')} of sweep {sweep.path} canceled in SLURM"
    say(f"{what}; their runs are given back" if count else what)
    if as_json:
        printing.json({"path": sweep.path, "canceled": count})
