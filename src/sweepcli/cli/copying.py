"""`sweep copy`: sweeps from one store into another; those that are not over move."""

from __future__ import annotations

import os
import signal
import time
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import click

from sweepcli.cli import options, printing, program
from sweepcli.errors import StoreError, UnknownSweep
from sweepcli.messages import say, warn
from sweepcli.records import UNFINISHED, SweepState
from sweepcli.stores.location import is_url, without_password

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON, Agent, Run, Sweep
    from sweepcli.stores import Store

MOST_NAMED = 3  # runs at work, of a sweep
EPILOG = """\b
Example:
  sweep copy sweep-results postgresql://me@db.lab/sweeps
  sweep copy sweep-results /data/sweep-results me/demo/abcd1234"""


@click.command(epilog=EPILOG)
@click.argument("source", metavar="SRC", callback=options.address)
@click.argument("target", metavar="DST", callback=options.address)
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@options.as_json
def copy(source: str, target: str, paths: tuple[str, ...], *, as_json: bool) -> int:
    """Copy the sweeps PATH..., or all, from the store SRC into the store DST.

    A store is a results directory or the URL of a database. Whole sweeps are copied, with their
    runs and all that these have logged; the files of runs stay where they are. One that is in DST
    already is left out. One that is not over moves: it goes on in DST, and is finished in SRC;
    one with runs at work is left out. Prints the paths of those that were copied.
    """
    from sweepcli import stores  # noqa: PLC0415 -- sqlite3, not needed for --help

    if _is_same(source, target):
        raise click.UsageError("SRC and DST are the same.")
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # not so under nohup
            signal.signal(number, signal.default_int_handler)  # in good order, as Ctrl-C does
    here = stores.open_if_there(source)
    if here is None:
        raise UnknownSweep(f"no sweeps in {without_password(source)}: nothing to copy")
    with closing(here):
        wanted = _wanted(here, paths)
        with closing(stores.open_store(target)) as there:
            copying = _Copying(here, there, source, target, as_json=as_json)
            for sweep in wanted:
                copying.copy(sweep)
    copying.tell_end()
    if as_json:
        printing.json(copying.record())
    return 1 if copying.refused else 0


def _is_same(source: str, target: str) -> bool:
    return source == target or (
        not (is_url(source) or is_url(target))
        and os.path.realpath(source) == os.path.realpath(target)
    )


def _wanted(store: Store, paths: Sequence[str]) -> list[Sweep]:
    from sweepcli.sweeps import path as sweep_path  # noqa: PLC0415 -- likewise

    if not paths:
        return store.sweeps()
    found = [sweep_path.parse(path).find_in(store) for path in paths]
    return list({sweep.id: sweep for sweep in found}.values())


def _whose(run: Run, agent: Agent) -> str:
    if agent.pid == 0:
        return f"run {run.id}, which `agent --done` ends"
    silence = max(0.0, time.time() - agent.heartbeat_at)
    return f"run {run.id} under agent {agent.id} on {agent.host}, heard of {silence:.0f} s ago"


class _Refused(NamedTuple):
    path: str
    why: str


class _Copying:
    """Copies one sweep after the other, tells of each, and remembers."""

    def __init__(
        self, source: Store, target: Store, source_at: str, target_at: str, *, as_json: bool
    ) -> None:
        self._source = source
        self._target = target
        self._source_at = source_at
        self._target_at = target_at
        self._from, self._to = map(without_password, (source_at, target_at))
        self._as_json = as_json
        self._copied: list[dict[str, JSON]] = []
        self._already: list[str] = []
        self.refused: list[_Refused] = []

    def record(self) -> dict[str, JSON]:
        """Return what was done, for `--json`."""
        return {
            "copied": self._copied,
            "already_there": self._already,
            "refused": [each._asdict() for each in self.refused],
        }

    def copy(self, sweep: Sweep) -> None:
        """Copy a sweep, unless it is there or at work."""
        if self._target.has_sweep(sweep.id):
            self._leave_out(sweep)
        elif not self._is_at_work(sweep):
            self._copy(sweep)

    def _copy(self, sweep: Sweep) -> None:
        """Copy a sweep of which nobody takes runs meanwhile."""
        from sweepcli.stores import copying  # noqa: PLC0415 -- not needed for --help

        before = self._source.sweep(sweep.id).state
        moves = before in UNFINISHED
        if moves:
            before = self._source.set_state(sweep.id, SweepState.PAUSED, allowed=UNFINISHED)
        copied = None
        try:
            if self._is_at_work(sweep):  # an agent was faster
                return
            copied = copying.copy_sweep(self._source, self._target, sweep._replace(state=before))
        finally:
            if moves:
                self._settle(sweep, before)
        if copied is None:
            self._leave_out(sweep)
            return
        self._write_record(sweep)
        self._copied.append({"path": sweep.path, **copied._asdict(), "moved": moves})
        self._tell_copied(sweep, copied.runs, copied.rows, before)

    def _settle(self, sweep: Sweep, before: SweepState) -> None:
        """End a sweep that has moved; put back the state of one that has not.

        Whether it has, DST knows: an interrupt, or a lost connection, may come with the last step.
        """
        try:
            is_there = self._target.has_sweep(sweep.id)
        except StoreError:
            warn(
                f"{sweep.path} stays paused in {self._from}; copy it again to see where it goes on"
            )
            raise
        then = SweepState.FINISHED if is_there else before
        self._source.set_state(sweep.id, then, allowed=UNFINISHED)

    def _write_record(self, sweep: Sweep) -> None:
        """Write the sweep's record, where it belongs beside the database and is not there."""
        from sweepcli import folders  # noqa: PLC0415 -- not needed for --help
        from sweepcli.sweeps.create import write_record  # noqa: PLC0415 -- not needed for --help

        is_there = os.path.exists(folders.sweep_record(self._target_at, sweep))
        if not (is_url(self._target_at) or is_there):
            write_record(self._target_at, sweep)

    def _is_at_work(self, sweep: Sweep) -> bool:
        """Refuse a sweep with runs that a living agent has; take back those of the dead."""
        if not self._source.running(sweep.id):
            return False
        from sweepcli import env  # noqa: PLC0415 -- not needed for --help
        from sweepcli.agents import recovery  # noqa: PLC0415 -- likewise

        results = env.results_dir() if is_url(self._source_at) else self._source_at
        recovery.recover(self._source, sweep, results)
        at_work = self._source.running(sweep.id)
        if not at_work:
            return False
        named = [_whose(run, agent) for run, agent in at_work[:MOST_NAMED]]
        more = len(at_work) - len(named)
        whose = ", ".join([*named, *([f"and {more} more"] if more else [])])
        pause = self._command("--pause", sweep, self._source_at)
        warn(
            f"{sweep.path} is left out, for it is at work: {whose}. End its agents with Ctrl-C, "
            f"which lets their runs end, or `{pause}`; copy it once no run is at work"
        )
        self.refused.append(_Refused(sweep.path, f"at work: {whose}"))
        return True

    def _leave_out(self, sweep: Sweep) -> None:
        self._already.append(sweep.path)
        say(f"{sweep.path} is in {self._to} already, and left out")
        self._write_record(sweep)
        if self._source.sweep(sweep.id).state is not SweepState.PAUSED:
            return
        if self._target.sweep(sweep.id).state is SweepState.PAUSED:
            # Perhaps a copy was killed before its end; perhaps both are one store.
            stop = self._command("--stop", sweep, self._source_at)
            say(f"it is paused in both; `{stop}` if it is to go on in {self._to} alone")
        else:
            # A copy was killed before its end.
            self._source.set_state(sweep.id, SweepState.FINISHED, allowed=(SweepState.PAUSED,))
            self._tell_moved()

    def _tell_copied(self, sweep: Sweep, runs: int, rows: int, before: SweepState) -> None:
        from sweepcli.views import render  # noqa: PLC0415 -- not needed for --help

        if not self._as_json:
            click.echo(sweep.path)
        amount = f"{render.many(runs, 'run')}, {render.many(rows, 'row')} of history"
        say(f"Copied {sweep.path} to {self._to}: {amount}")
        if before in UNFINISHED:
            self._tell_moved()
        if before is SweepState.PAUSED:
            resume = self._command("--resume", sweep, self._target_at)
            say(f"It is paused there, as it was here; `{resume}` lets agents take runs")

    def _tell_moved(self) -> None:
        say(f"It goes on in {self._to}, and is finished in {self._from}")

    def _command(self, verb: str, sweep: Sweep, address: str) -> str:
        option = "--store" if is_url(address) else "--dir"
        return program.command_line(
            f"sweep {verb} {sweep.path} {option} {without_password(address)}"
        )

    def tell_end(self) -> None:
        """Say where the files of runs are."""
        if not self._copied:
            return
        if is_url(self._source_at):
            say("The files of runs, checkpoints too, stay where they are: on the machines that ran")
            return
        say(f"The files of runs, checkpoints too, stay where they are, in {self._from}")
        say(f"Commands and agents use both with `--dir {self._from} --store {self._to}`")
