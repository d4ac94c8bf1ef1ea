"""`sweep retry`: let runs that did not finish be run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sweepcli.agents import recovery
from sweepcli.cli import open_store, options, program
from sweepcli.errors import UnknownRun, WrongState
from sweepcli.messages import say
from sweepcli.records import RunState
from sweepcli.views import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import Run
    from sweepcli.stores import Store
    from sweepcli.stores.location import Location

FLAGS = (RunState.FAILED, RunState.CRASHED, RunState.KILLED)
BY_NAME = (*FLAGS, RunState.STOPPED)
WAITING = (RunState.PENDING, RunState.PREEMPTED)
EPILOG = """\b
Example:
  sweep retry me/demo/abcd1234 --failed
  sweep retry me/demo/abcd1234 r1a2b3c4 r5d6e7f8"""


@click.command(epilog=EPILOG)
@options.path
@click.argument("runs", metavar="[RUN]...", nargs=-1)
@click.option("--failed", is_flag=True, help="Those whose program failed.")
@click.option("--crashed", is_flag=True, help="Those that a signal or the loss of an agent ended.")
@click.option("--killed", is_flag=True, help="Those that a person ended.")
@options.location
@options.as_json
def retry(
    path: str, runs: tuple[str, ...], location: Location, *, as_json: bool, **flags: bool
) -> None:
    """Let runs of the sweep PATH be taken again: those named, or all that did not finish.

    They keep their ids, params and checkpoint folders, and the sweep hands out runs again if
    it was over. Prints the ids of the runs.
    """
    wanted = [state for state in FLAGS if flags[state]] or ([] if runs else list(FLAGS))
    with open_store.sweep_at(location, path) as (store, sweep):
        recovery.recover(store, sweep, location.results)
        named = [_named(store, sweep.id, run_id) for run_id in dict.fromkeys(runs)]
        found = [run for run in store.runs(sweep.id) if run.state in wanted]
        chosen = {run.id: run for run in [*named, *found] if run.state not in WAITING}
        done = store.retry(sweep.id, list(chosen.values()))
    _tell(done, sweep.path, wanted)
    ids = [run.id for run in done]
    if as_json:
        click.echo(render.json_text({"path": sweep.path, "runs": ids}))
    elif ids:
        click.echo("\n".join(ids))


def _named(store: Store, sweep_id: str, run_id: str) -> Run:
    run = store.run(run_id)
    if run.sweep_id != sweep_id:
        raise UnknownRun(f"run {run_id} belongs to another sweep: {run.sweep_id}")
    if run.state not in (*BY_NAME, *WAITING):
        how = "has finished" if run.state is RunState.FINISHED else "is at work"
        raise WrongState(f"run {run_id} {how}; only runs that did not finish are tried again")
    if run.state in WAITING:
        say(f"run {run_id} waits for an agent already")
    return run


def _tell(done: Sequence[Run], path: str, wanted: Sequence[RunState]) -> None:
    if done:
        many = render.many(len(done), "run")
        say(f"{many} will be tried again: {program.command_line('agent')} {path}")
    elif wanted:
        say(f"no run of {path} is {' or '.join(wanted)}")
