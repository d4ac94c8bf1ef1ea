"""`sweep launch`: start agents on a cluster, or on this machine as if it were one."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from sweepcli import folders
from sweepcli.agents import clusters as engines
from sweepcli.agents.clusters.order import Order
from sweepcli.cli import open_store, options, printing, program
from sweepcli.messages import say
from sweepcli.records import UNFINISHED
from sweepcli.views import render

if TYPE_CHECKING:
    from sweepcli.records import Sweep
    from sweepcli.stores.location import Location

EPILOG = """\b
Example:
  sweep launch me/demo/abcd1234 --on slurm -n 4 --gpus 1 --sbatch --time=4:00:00
  sweep launch me/demo/abcd1234 --on slurm --status
  sweep launch me/demo/abcd1234 --on ray --address 10.0.0.1:6379 -n 4 --cpus 2
  sweep launch me/demo/abcd1234 --on local -n 2 -- --count 5 --quiet"""
# The options that one engine alone has; `run` of its module takes them, but for the last two.
OWN = {
    "slurm": ("at_most", "sbatch", "setup", "prints", "as_json", "shows_jobs", "cancels"),
    "ray": ("address", "resources", "retries"),
    "local": (),
}


def _resources(
    _ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]
) -> dict[str, float]:
    """Read amounts by name: NAME=AMOUNT, or a JSON object of them."""
    found = dict[str, float]()
    for text in values:
        try:
            name, _, amount = text.rpartition("=")
            given = json.loads(text) if text.startswith("{") else {name: amount}
            found.update({name: float(amount) for name, amount in given.items() if name})
            is_understood = all(given)
        except (ValueError, TypeError):
            is_understood = False
        if not is_understood:
            raise click.BadParameter(f'{text!r}: write NAME=AMOUNT, or JSON: {{"NAME": AMOUNT}}.')
    return found


@click.command(epilog=EPILOG)
@options.path
@click.argument("arguments", metavar="[-- OPTIONS OF AGENT...]", nargs=-1)
@click.option("--on", "engine", type=click.Choice(list(engines.ENGINES)), required=True)
@click.option("-n", "--agents", type=click.IntRange(1), default=1, help="How many; 1.")
@click.option("--cpus", type=click.IntRange(1), metavar="N", help="CPUs for each agent.")
@click.option("--gpus", type=click.IntRange(1), metavar="N", help="GPUs for each agent.")
@click.option("--at-most", type=click.IntRange(1), metavar="N", help="SLURM: at work at a time.")
@click.option("--sbatch", multiple=True, metavar="OPTION", help="SLURM: any option of sbatch.")
@click.option("--setup", multiple=True, metavar="LINE", help="SLURM: shell before the agent.")
@click.option("--print", "prints", is_flag=True, help="SLURM: print the script, submit nothing.")
@click.option("--status", "shows_jobs", is_flag=True, help="SLURM: list agents, launch none.")
@click.option("--cancel", "cancels", is_flag=True, help="SLURM: end all agents of the sweep.")
@click.option("--address", metavar="ADDRESS", help="Ray: the cluster's; none is ever started.")
@click.option(
    *("--resources", "resources"),
    multiple=True,
    metavar="NAME=AMOUNT",
    callback=_resources,
    help="Ray: what else each agent needs; also as JSON.",
)
@click.option(
    "--retries", type=click.IntRange(0), default=3, help="Ray: new starts of a lost agent; 3."
)
@options.location
@options.as_json
@click.pass_context
def launch(
    ctx: click.Context,
    /,
    path: str,
    arguments: tuple[str, ...],
    location: Location,
    *,
    engine: str,
    **given: Any,  # noqa: ANN401 -- the fields of Order, and the settings of the engine
) -> None:
    """Start agents for the sweep PATH with SLURM, with Ray, or on this machine.

    What stands behind `--` goes to each agent. SLURM: prints the job's id and returns. Ray and
    local: waits for the agents, and exits with the worst of their codes: 0, 75, 130, 3, any other.
    """
    settings = _settings(ctx, engine, given)
    shows_jobs, cancels = settings.pop("shows_jobs", False), settings.pop("cancels", False)
    with open_store.sweep_at(location, path) as (_, sweep):
        pass
    if shows_jobs or cancels:
        _tell(sweep, cancels=cancels, as_json=settings["as_json"])
        return
    order = Order(sweep, location, given["agents"], arguments, given["cpus"], given["gpus"])
    _check_arguments(order)
    if sweep.state not in UNFINISHED:
        words = (
            f"`{program.command_line('sweep retry')}` or `{program.command_line('sweep')} --resume`"
        )
        say(f"sweep {sweep.path} is {sweep.state}: nothing is launched; {words} opens it again")
        return
    code = importlib.import_module(engines.ENGINES[engine]).run(order, **settings)
    if engine == "slurm" and not settings["prints"]:
        _tell_how_to_go_on(order)
    ctx.exit(code)


def _settings(ctx: click.Context, engine: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return the options that are the engine's own; refuse those of another one."""
    words = {param.name: param.opts[0] for param in ctx.command.params}
    for other, names in OWN.items():
        for name in names:
            is_given = ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
            if is_given and other != engine:
                raise click.UsageError(f"{words[name]} is for --on {other}, not for {engine}.")
    alone = [words[name] for name in ("prints", "shows_jobs", "cancels") if given[name]]
    if len(alone) > 1:
        raise click.UsageError(f"{' and '.join(alone)}: choose one of them.")
    if engine == "ray" and not given["address"]:
        raise click.UsageError("--on ray needs --address: that of a cluster which runs already.")
    return {name: given[name] for name in OWN[engine]}


def _check_arguments(order: Order) -> None:
    """Refuse now what each agent would refuse later, in a log that nobody looks at."""
    from sweepcli.cli.agent import agent  # noqa: PLC0415 -- not needed for --help

    if order.arguments and not order.arguments[0].startswith("-"):
        raise click.UsageError(f"{order.arguments[0]}: options of the agents stand behind `--`.")
    given = agent.make_context("agent", order.words).params
    if given["paths"] != (order.sweep.path,):
        others = " ".join(given["paths"][:-1])
        raise click.UsageError(f"{others}: launched agents work on one sweep.")
    if given["is_next"] or given["done"]:
        raise click.UsageError("--next and --done are for a launcher of your own.")


# SLURM's queue


def _tell_how_to_go_on(order: Order) -> None:
    """Say which commands show what has been submitted, and end it."""
    command = f"{program.command_line('sweep launch')}{order.location.options}"
    again = f"{command} {order.sweep.path} --on slurm"
    folder = folders.launches_folder(order.location.results, order.sweep)
    say(
        f"{render.many(order.agents, 'agent')} submitted to SLURM\n"
        f"See them with: {again} --status\n"
        f"End them with: {again} --cancel\n"
        f"Their output: {folder}"
    )


def _tell(sweep: Sweep, *, cancels: bool, as_json: bool) -> None:
    """Show the agents of a sweep that SLURM knows, or end them and say how many there were."""
    from sweepcli.agents.clusters import slurm  # noqa: PLC0415 -- not needed for --help

    if cancels:
        _tell_canceled(sweep, slurm.cancel(sweep), as_json=as_json)
        return
    jobs = slurm.jobs(sweep)
    if as_json:
        printing.json({"path": sweep.path, "jobs": [job._asdict() for job in jobs]})
    elif jobs:
        printing.table(slurm.Job._fields, jobs, whole=("id", "state"))
    else:
        say(f"SLURM has no agent of yours for sweep {sweep.path}, waiting or at work")


def _tell_canceled(sweep: Sweep, count: int, *, as_json: bool) -> None:
    what = f"{render.many(count, 'agent')} of sweep {sweep.path} canceled in SLURM"
    say(f"{what}; their runs are given back" if count else what)
    if as_json:
        printing.json({"path": sweep.path, "canceled": count})
