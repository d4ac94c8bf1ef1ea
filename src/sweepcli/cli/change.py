"""The commands `sweep retry` and `sweep copy`."""

from __future__ import annotations

import os
import shlex
import signal
import time
from contextlib import closing
from typing import TYPE_CHECKING

import click

from sweepcli import commands, env, stores
from sweepcli.agents import recovery
from sweepcli.cli import open_store, options, printing
from sweepcli.errors import StoreOlder, UnknownRun, UnknownSweep, WrongState
from sweepcli.messages import say, warn
from sweepcli.records import WAITING, RunState, SweepState
from sweepcli.stores.location import Location, is_url, without_password
from sweepcli.sweeps import path as sweep_path
from sweepcli.sweeps import states
from sweepcli.sweeps.copying import AtWork, Copied, Copier, Fixed, Present
from sweepcli.sweeps.references import References
from sweepcli.views import next_command, render, terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sweepcli.records import JSON, Agent, Run, Sweep
    from sweepcli.stores import Store
    from sweepcli.sweeps.copying import Outcome

FLAGS = (RunState.FAILED, RunState.CRASHED, RunState.KILLED)
BY_NAME = (*FLAGS, RunState.STOPPED)
RETRY = """\b
Example:
  sweep retry me/demo/abcd1234 --failed
  sweep retry me/demo/abcd1234 r1a2b3c4 r5d6e7f8"""


@click.command(epilog=RETRY)
@options.target
@click.argument("runs", metavar="[RUN]...", nargs=-1)
@click.option("--failed", is_flag=True, help="Those whose program failed.")
@click.option(
    "--crashed", is_flag=True, help="Those that a signal or the loss of their agent ended."
)
@click.option("--killed", is_flag=True, help="Those that a person ended.")
@options.location
@options.as_json
def retry(
    target: str | None, runs: tuple[str, ...], location: Location, *, as_json: bool, **flags: bool
) -> None:
    """Let runs of the sweep PATH be claimed again: those named, or all that did not finish.

    They keep their ids, params and checkpoint folders, and a sweep that was over starts runs
    again. Prints the ids of the runs.
    """
    options.refuse_script_without(target)
    with open_store.target_at(location, target) as (store, sweep, first):
        if first is not None:
            _refuse_number_in_script(first, str(target))
            runs = (first.id, *runs)
        wanted = [state for state in FLAGS if flags[state]] or ([] if runs else list(FLAGS))
        recovery.recover(store, sweep, location.results)
        known = References(store, location)
        named = [_named_run(known.run(run, of=sweep), sweep) for run in dict.fromkeys(runs)]
        found = [run for run in store.runs(sweep.id) if run.state in wanted]
        chosen = {run.id: run for run in [*named, *found] if run.state not in WAITING}
        done = states.retry(store, sweep, list(chosen.values()), location.results)
    _say_retried(done, sweep.path, wanted)
    ids = [run.id for run in done]
    if as_json:
        printing.json({"path": sweep.path, "runs": ids})
        return
    if ids:
        click.echo("\n".join(ids))
    printing.next_command(next_command.of_sweep("agent" if ids else "sweep show", sweep), location)


def _refuse_number_in_script(run: Run, text: str) -> None:
    """Raise an error where a script names a run by more than its id, but no sweep beside it."""
    if run.id != text and not terminal.is_typed():
        clear = commands.line("sweep retry latest", text)
        raise click.UsageError(
            f"run {text!r} of which sweep? {options.NOT_TYPED}, name it: `{clear}`."
        )


def _named_run(run: Run, sweep: Sweep) -> Run:
    if run.sweep_id != sweep.id:
        raise UnknownRun(f"run {run.id} belongs to another sweep: {run.sweep_id}")
    if run.state not in (*BY_NAME, *WAITING):
        how = "has finished" if run.state is RunState.FINISHED else "is running"
        raise WrongState(f"run {run.id} {how}; only runs that did not finish are tried again")
    if run.state in WAITING:
        say(f"run {run.id} already waits for an agent")
    return run


def _say_retried(done: Sequence[Run], path: str, wanted: Sequence[RunState]) -> None:
    if done:
        many = render.many(len(done), "run")
        say(f"{many} will be tried again")
    elif wanted:
        say(f"no run of {path} is {' or '.join(wanted)}")


MOST_NAMED = 3  # running runs, of a sweep
COPY = """\b
Example:
  sweep copy sweep-results postgresql://me@db.lab/sweeps
  sweep copy sweep-results /data/sweep-results me/demo/abcd1234"""


@click.command(epilog=COPY)
@click.argument("source", metavar="SRC", callback=options.address)
@click.argument("target", metavar="DST", callback=options.address)
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@options.as_json
def copy(source: str, target: str, paths: tuple[str, ...], *, as_json: bool) -> int:
    """Copy the sweeps PATH..., or all, from the store SRC into the store DST.

    A store is a results directory or the URL of a database. Whole sweeps are copied, with their
    runs and all that these have logged; the files of runs stay where they are. One that is
    already in DST is skipped. One that is not over moves: it continues in DST, and is finished in
    SRC; one with running runs is skipped. Prints the paths of those that were copied.
    """
    if _is_same(source, target):
        raise click.UsageError("SRC and DST are the same.")
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # not so under nohup
            signal.signal(number, signal.default_int_handler)  # in good order, as Ctrl-C does
    here = _source(source)
    summary = _Summary(source, target, as_json=as_json)
    with closing(here):
        wanted = _wanted(here, source, paths)
        with closing(stores.open_store(target, beside_runs=True)) as there:
            copier = Copier(here, there, source, target, _recovering(source))
            for sweep in wanted:
                summary.add(sweep, copier.copy(sweep))
    summary.end()
    return 1 if summary.refused else 0


def _source(address: str) -> Store:
    """Open what is copied, to look at it; an older one has to be brought up to date."""
    try:
        found = stores.open_if_there(address, looks=True)
    except StoreOlder:
        found = stores.open_if_there(address)
    if found is None:
        raise UnknownSweep(f"no sweeps in {without_password(address)}: nothing to copy")
    return found


def _is_same(source: str, target: str) -> bool:
    return source == target or (
        not (is_url(source) or is_url(target))
        and os.path.realpath(source) == os.path.realpath(target)
    )


def _wanted(store: Store, source: str, paths: Sequence[str]) -> list[Sweep]:
    if not paths:
        return store.sweeps()
    known = References(store, Location(_results(source), source))
    found = [known.sweep(sweep_path.parse(path)) for path in paths]
    return list({sweep.id: sweep for sweep in found}.values())


def _recovering(source: str) -> Callable[[Store, Sweep], None]:
    return lambda store, sweep: recovery.recover(store, sweep, _results(source))


def _results(source: str) -> str:
    return env.results_dir() if is_url(source) else source


class _Summary:
    """Says what has become of each sweep, and collects it for `--json`."""

    def __init__(self, source_at: str, target_at: str, *, as_json: bool) -> None:
        self._source_at = source_at
        self._target_at = target_at
        self._from, self._to = map(without_password, (source_at, target_at))
        self._as_json = as_json
        self._copied: list[dict[str, JSON]] = []
        self._already: list[str] = []
        self.refused: list[dict[str, str]] = []

    def add(self, sweep: Sweep, outcome: Outcome) -> None:
        """Record what became of a sweep."""
        if isinstance(outcome, Copied):
            self._add_copied(sweep, outcome)
        elif isinstance(outcome, Present):
            self._add_present(sweep, outcome)
        elif isinstance(outcome, AtWork):
            self._add_at_work(sweep, outcome)
        else:
            self._add_fixed(sweep, outcome)

    def _add_copied(self, sweep: Sweep, copied: Copied) -> None:
        amount = {"runs": copied.runs, "rows": copied.rows}
        self._copied.append({"path": sweep.path, **amount, "moved": copied.has_moved})
        if not self._as_json:
            click.echo(sweep.path)
        words = f"{render.many(copied.runs, 'run')}, {render.many(copied.rows, 'row')} of history"
        say(f"Copied {sweep.path} to {self._to}: {words}")
        if copied.has_moved:
            self._say_moved()
        if copied.before is SweepState.PAUSED:
            resume = self._command("resume", sweep, self._target_at)
            say(f"It is paused there, as it was here; `{resume}` lets agents claim runs")

    def _add_present(self, sweep: Sweep, present: Present) -> None:
        self._already.append(sweep.path)
        say(f"skipped {sweep.path}: it is already in {self._to}")
        if present.is_paused_in_both:
            stop = self._command("stop", sweep, self._source_at)
            say(f"it is paused in both; to continue it only in {self._to}: `{stop}`")
        if present.has_moved:
            self._say_moved()

    def _add_at_work(self, sweep: Sweep, at_work: AtWork) -> None:
        named = [_whose(run, agent) for run, agent in at_work.runs[:MOST_NAMED]]
        more = len(at_work.runs) - len(named)
        whose = ", ".join([*named, *([f"and {more} more"] if more else [])])
        pause = self._command("pause", sweep, self._source_at)
        warn(
            f"skipped {sweep.path}: it has running runs: {whose}. End its agents with "
            f"Ctrl-C, which lets their runs finish, or `{pause}`; copy it once no run is running"
        )
        self.refused.append({"path": sweep.path, "why": f"has running runs: {whose}"})

    def _add_fixed(self, sweep: Sweep, fixed: Fixed) -> None:
        what = f"it is {sweep.state}, or has running runs, and {self._from} cannot be changed"
        warn(f"skipped {sweep.path}: {what}: {fixed.why}")
        self.refused.append({"path": sweep.path, "why": f"{what}: {fixed.why}"})

    def _say_moved(self) -> None:
        say(f"It continues in {self._to}, and is finished in {self._from}")

    def _command(self, verb: str, sweep: Sweep, address: str) -> str:
        return f"{commands.line(f'sweep {verb}', sweep.path)}{_option(address)}"

    def end(self) -> None:
        """Say where the files of runs are, and print the answer for `--json`."""
        if self._copied and is_url(self._source_at):
            say("The files of runs, checkpoints too, stay where they are: on the machines that ran")
        elif self._copied:
            say(f"The files of runs, checkpoints too, stay where they are, in {self._from}")
            say(f"Commands and agents use both with `--dir {self._from} --store {self._to}`")
        if self._as_json:
            refused = self.refused
            printing.json(
                {"copied": self._copied, "already_there": self._already, "refused": refused}
            )
        elif self._copied or self._already:
            say(commands.next_line("sweep ls", _option(self._target_at)))


def _option(address: str) -> str:
    return f" {'--store' if is_url(address) else '--dir'} {shlex.quote(without_password(address))}"


def _whose(run: Run, agent: Agent) -> str:
    if agent.pid == 0:
        return f"run {run.id}, which `{commands.line('agent --done')}` ends"
    silence = max(0.0, time.time() - agent.heartbeat_at)
    return f"run {run.id} under agent {agent.id} on {agent.host}, last seen {silence:.0f} s ago"
