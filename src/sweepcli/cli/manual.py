"""`agent --next` and `agent --done`: runs for a launcher of the user's own."""

from __future__ import annotations

import os
import shlex
import time
from typing import TYPE_CHECKING

import click

from sweepcli import commands, env
from sweepcli.agents.assignment import Nothing
from sweepcli.agents.manual import claim, finish
from sweepcli.cli import open_store, printing, running
from sweepcli.messages import say
from sweepcli.runs import timing
from sweepcli.stores.location import entered
from sweepcli.sweep_config import command
from sweepcli.sweeps import path as sweep_path
from sweepcli.views import blocked_sweep, next_command, render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.agents.options import AgentCall
    from sweepcli.runs.prepare import Prepared
    from sweepcli.sweeps.path import SweepPath


def give_out(call: AgentCall) -> int:
    """Claim one run of the first sweep that has one, and print how to start it."""
    for word in call.paths:
        sweep_path.refuse_config(word)
    options = call.options._replace(timing=timing.read(os.environ))
    paths: Sequence[SweepPath | None] = running.fullest(call.paths) or [None]  # the newest one
    for path in paths:
        opened = open_store.sweep_at(call.location, path, entity=call.entity, project=call.project)
        with opened as (store, sweep):
            found = entered(call.location, [sweep])
            location = running.for_runs(found)
            prepared = claim(store, sweep, options, location=location, note=say)
            if isinstance(prepared, Nothing):
                blocked = blocked_sweep.of(store, sweep)
                say(prepared.why + (f"; {blocked.how}" if blocked else ""))
                continue
        if call.as_json:
            click.echo(_as_json(prepared))
        else:
            place = f"cd {shlex.quote(os.getcwd())} && " if found.is_above else ""
            printing.commands([place + _as_command(prepared)])
        end = commands.line(f"agent --done {prepared.run.id} --exit-code $?")
        say(f"When it has ended: {end}")
        return 0
    return 0


def take_back(named: str, exit_code: int, call: AgentCall) -> int:
    """Record the end of a run that was given out."""
    with open_store.run_at(call.location, named) as (store, sweep, found):
        run = finish(store, found.id, exit_code, results=call.location.results)
    reason = f" ({run.reason})" if run.reason else ""
    say(f"Run {run.id} {run.state}{reason}")
    if call.as_json:
        click.echo(render.json_text(render.run_record(run, time.time())))
    else:
        printing.next_command(next_command.of_sweep("agent --next", sweep), call.location)
    return 0


def _as_json(prepared: Prepared) -> str:
    run = prepared.run
    return render.json_text(
        {
            "id": run.id,
            "number": run.number,
            "attempt": run.attempt,
            "params": run.params,
            "argv": prepared.argv,
            "cwd": os.getcwd(),
            "environment": prepared.variables,
            "folder": prepared.folder,
            "checkpoint_dir": prepared.variables[env.CHECKPOINT_DIR],
        }
    )


def _as_command(prepared: Prepared) -> str:
    """Return a line for a shell, which also sets the environment."""
    settings = [f"{name}={text}" for name, text in prepared.variables.items()]
    return command.display(["env", *settings, *prepared.argv])
