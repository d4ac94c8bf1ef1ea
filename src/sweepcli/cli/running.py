"""What the `agent` command does, once its arguments are parsed; loads no click."""

from __future__ import annotations

import os
import signal
import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from sweepcli import commands, env, stores
from sweepcli.api.agent import run_and_report
from sweepcli.errors import StoreError, StoreUnavailable, UsageError
from sweepcli.messages import say, warn
from sweepcli.records import UNFINISHED
from sweepcli.runs import slots, timing, wandb_use
from sweepcli.stores.database import jittered
from sweepcli.stores.location import entered
from sweepcli.sweeps import path as sweep_path
from sweepcli.views import render, terminal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sweepcli.agents.options import AgentCall, AgentOptions
    from sweepcli.agents.report import AgentReport
    from sweepcli.records import Sweep
    from sweepcli.stores import Store
    from sweepcli.stores.location import Location
    from sweepcli.sweeps.path import SweepPath

FIRST_PATIENCE_S, AGAIN_S = 300.0, 2.0  # for a store to be opened
STORE_PATIENCE_S = 1.0  # an agent goes on with its runs while the store is away, and tries again


def run(call: AgentCall) -> int:
    """Run the runs of sweeps, report them, and return the exit code."""
    if any(map(sweep_path.is_config, call.paths)):
        call = _with_new_sweeps(call)
    paths = fullest(call.paths)
    options = on_this_machine(call)
    with closing(opened(call.location.database)) as store:
        sweeps = _sweeps(store, call, paths)
        report = work(store, sweeps, options, call.location)
        if not (options.is_quiet or call.as_json):
            _say_next(store, sweeps[0], report, call.location)
        is_requeued = (
            options.requeues and report.signal == signal.SIGUSR1 and _is_open(store, sweeps)
        )
    if call.as_json:
        print(_answer(sweeps, report), flush=True)  # noqa: T201 -- the answer
    if is_requeued:
        from sweepcli.agents.clusters import slurm_task  # noqa: PLC0415 -- subprocess, at an agent's end alone

        slurm_task.requeue(os.environ)
    return report.exit_code


def _with_new_sweeps(call: AgentCall) -> AgentCall:
    """Return the call with the path of a new sweep instead of each config file."""
    from sweepcli.cli import new_sweeps  # noqa: PLC0415 -- click, yaml and more, for configs alone

    call = call._replace(location=call.location.for_new)
    configs = [word for word in call.paths if sweep_path.is_config(word)]
    known: dict[str, list[str]] = {}
    if others := [word for word in call.paths if word not in configs]:
        # What is not there is told, and what `latest` means is found, before one is made.
        with closing(opened(call.location.database)) as store:
            for word in others:
                known[word] = [each.path for each in _sweeps(store, call, fullest([word]))]
    new = iter(new_sweeps.made(call, configs))
    found = [known[word] if word in known else [next(new)] for word in call.paths]
    return call._replace(paths=[path for paths in found for path in paths])


def work(
    store: Store, sweeps: Sequence[Sweep], options: AgentOptions, location: Location
) -> AgentReport:
    """Run the runs of sweeps, on a board where the terminal suits one."""
    location = entered(location, sweeps)
    has_board = not options.is_quiet and terminal.suits_board(
        os.environ, show_output=options.show_output
    )
    return run_and_report(
        store,
        sweeps,
        options,
        results=location.results,
        where=location.options,
        has_board=has_board,
    )


def on_this_machine(call: AgentCall) -> AgentOptions:
    """Return the options, completed from this machine and its environment."""
    options = call.options
    if options.is_quiet and options.is_verbose:
        raise UsageError("--quiet and --verbose: leave one of them out")
    layout = slots.layout(
        jobs=options.jobs,
        gpus=options.gpus,
        gpus_per_run=options.gpus_per_run,
        runs_per_gpu=options.runs_per_gpu,
        environ=os.environ,
    )
    for text in layout.notes:
        say(text)
    if meaning := wandb_use.note(options.wandb, os.environ):
        warn(meaning)
    return options._replace(
        slots=layout.slots,
        show_output=_shows_output(call),
        store=for_runs(call.location).store,
        timing=timing.read(os.environ),
    )


def _shows_output(call: AgentCall) -> bool:
    """Return whether what runs print is shown: not where it would mix with the answer."""
    if call.options.is_quiet or call.as_json:
        return False
    is_apart = terminal.shows_both_streams() and terminal.suits_board(os.environ, show_output=True)
    return is_apart or not call.has_answer


def opened(database: str) -> Store:
    """Open a store; wait for one that cannot be reached, as an agent does later."""
    until, is_told = time.monotonic() + FIRST_PATIENCE_S, False
    while True:
        try:
            return stores.open_existing(database, patience_s=STORE_PATIENCE_S)
        except StoreUnavailable as error:
            if time.monotonic() > until:
                raise
            if not is_told:
                say(f"{error}. Trying again for {FIRST_PATIENCE_S:g} s")
            is_told = True
        time.sleep(jittered(AGAIN_S))


def _say_next(store: Store, sweep: Sweep, report: AgentReport, location: Location) -> None:
    """Name the command that people want next, as `printing.next_command` does for the others."""
    from sweepcli.views import next_command  # noqa: PLC0415 -- at an agent's end alone

    with suppress(StoreError):  # the agent's last line says that the store is lost
        best = store.best_run(sweep.id, sweep.config.goal)
        if words := next_command.after_agent(report, sweep, best):
            say(commands.next_line(words, location.options))


def _is_open(store: Store, sweeps: Iterable[Sweep]) -> bool:
    """Return whether any of the sweeps may have runs left, as far as is known."""
    try:
        return any(store.sweep(sweep.id).state in UNFINISHED for sweep in sweeps)
    except StoreError:
        return True


def for_runs(location: Location) -> Location:
    """Return the location with the store that runs do not inherit."""
    return location if location.store != env.store() else location._replace(store=None)


def _sweeps(store: Store, call: AgentCall, paths: Sequence[SweepPath]) -> list[Sweep]:
    """Return the sweeps that the paths name, each once; the newest without any."""
    named = {"entity": call.entity, "project": call.project}
    if paths and all(store.has_sweep(path.sweep_id) for path in paths):
        found = [path.find_in(store, **named) for path in paths]
    else:
        from sweepcli.sweeps.references import References  # noqa: PLC0415 -- not for whole ids

        known = References(store, call.location)
        found = [known.sweep(path, **named) for path in paths] or [known.newest(**named)]
    return list({sweep.id: sweep for sweep in found}.values())


def fullest(texts: Sequence[str]) -> list[SweepPath]:
    """Return the paths, and of several for one sweep the one with the most parts.

    The recipe for W&B's output that catches the path together with the bare id gives both.
    Raises UsageError for what is no path.
    """
    words = [line.strip() for text in texts for line in text.splitlines() if line.strip()]
    if texts and not words:
        words = [""]
    best: dict[str, SweepPath] = {}
    for path in sorted(map(sweep_path.parse, words), key=_missing_parts):
        best.setdefault(path.sweep_id, path)
    order = dict.fromkeys(sweep_path.parse(word).sweep_id for word in words)
    return [best[sweep_id] for sweep_id in order]


def _missing_parts(path: SweepPath) -> int:
    return (path.project is None) + (path.entity is None)


def _answer(sweeps: Sequence[Sweep], report: AgentReport) -> str:
    return render.json_text(
        {
            "path": sweeps[0].path,
            "paths": [sweep.path for sweep in sweeps],
            **report.record(),
        }
    )
