"""Copies whole sweeps from one store into another; those that are not over move.

A sweep that moves is paused meanwhile, continues in the target, and is finished in the source.
"""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import env, folders, stores
from sweepcli.errors import StoreError
from sweepcli.messages import warn
from sweepcli.records import UNFINISHED, SweepState
from sweepcli.runs import frozen
from sweepcli.stores import copying
from sweepcli.stores.location import is_url, without_password
from sweepcli.stores.snapshots import Snapshots
from sweepcli.sweeps import create, state_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sweepcli.records import Agent, Run, Sweep
    from sweepcli.stores import Store

    Recover = Callable[[Store, Sweep], None]  # takes back the runs of agents that died


class Copied(NamedTuple):
    """A sweep was copied: how much of it."""

    runs: int
    rows: int
    before: SweepState  # its state

    @property
    def has_moved(self) -> bool:
        """Whether it continues only in the target."""
        return self.before in UNFINISHED


class Present(NamedTuple):
    """A sweep is in the target already."""

    has_moved: bool = False  # only now: an earlier copy was killed before its end
    is_paused_in_both: bool = False  # an earlier copy was killed, or both are one store


class AtWork(NamedTuple):
    """A sweep has running runs, and was skipped."""

    runs: Sequence[tuple[Run, Agent]]


class Fixed(NamedTuple):
    """A sweep moves, or has running runs, in a store that cannot be changed; it was skipped."""

    why: str


Outcome = Copied | Present | AtWork | Fixed


class Copier(NamedTuple):
    """Copies sweeps from a store to another, each with its address.

    The source need only be open to look: it is opened to be changed for sweeps that move.
    """

    source: Store
    target: Store
    source_at: str
    target_at: str
    recover: Recover

    def copy(self, sweep: Sweep) -> Outcome:
        """Copy a sweep, unless it is there or has running runs."""
        if not self._changes_source(sweep):
            return self.copy_unless_there(sweep)
        try:
            source = stores.open_existing(self.source_at)
        except StoreError as error:
            return Fixed(str(error))
        with closing(source):
            return self._replace(source=source).copy_unless_there(sweep)

    def copy_unless_there(self, sweep: Sweep) -> Outcome:
        """Do the same, with a source that can be changed where the sweep needs that."""
        if self.target.has_sweep(sweep.id):
            return self._present(sweep)
        return self._at_work(sweep) or self._copy(sweep)

    def _changes_source(self, sweep: Sweep) -> bool:
        if self.target.has_sweep(sweep.id):
            return sweep.state is SweepState.PAUSED  # see `_present`
        return sweep.state in UNFINISHED or bool(self.source.running(sweep.id))

    def _copy(self, sweep: Sweep) -> Copied | Present | AtWork:
        """Copy a sweep whose runs nobody can claim meanwhile."""
        before = self.source.sweep(sweep.id).state
        moves = before in UNFINISHED
        try:
            if moves:  # an interrupt may come when the database has it already
                before = self._put(sweep, SweepState.PAUSED, UNFINISHED)
            if at_work := self._at_work(sweep):  # an agent was faster
                return at_work
            amount = copying.copy_sweep(
                self.source,
                self.target,
                sweep._replace(state=before),
                also=lambda: self._share_snapshot(sweep),
            )
        finally:
            if moves:
                self._settle(sweep, before)
        if amount is None:
            return self._present(sweep)
        self._write_record(sweep)
        return Copied(amount.runs, amount.rows, before)

    def _settle(self, sweep: Sweep, before: SweepState) -> None:
        """End a sweep that has moved; put back the state of one that has not.

        Whether it has, the target knows: an interrupt, or a lost connection, may come with the
        last step.
        """
        try:
            is_there = self.target.has_sweep(sweep.id)
        except StoreError:
            here = without_password(self.source_at)
            warn(f"{sweep.path} stays paused in {here}; copy it again to see where it continues")
            raise
        self._put(sweep, SweepState.FINISHED if is_there else before, UNFINISHED)

    def _put(self, sweep: Sweep, state: SweepState, allowed: Sequence[SweepState]) -> SweepState:
        """Put the sweep into a state in the source, and return the one it was in."""

        def also(state: SweepState) -> None:
            states = {state_file.address_of(self.source.database): state}
            if state is SweepState.FINISHED:  # since it continues in the target
                there = self.target.sweep(sweep.id).state
                states[state_file.address_of(self.target.database)] = there
            state_file.note(self._results_of_source(sweep), sweep, states)

        return self.source.set_state(sweep.id, state, allowed=allowed, also=also)

    def _results_of_source(self, sweep: Sweep) -> str:
        """Return the results directory with the files of the sweep's runs, as far as is known."""
        is_beside = os.path.exists(folders.sweep_record(self.source_at, sweep))
        return self.source_at if is_beside else env.results_dir()

    def _share_snapshot(self, sweep: Sweep) -> None:
        """Take the frozen code along if it is a file of the source alone."""
        path = folders.snapshot(self._results_of_source(sweep), sweep)
        found = Snapshots(self.target.database)
        if sweep.config.code.is_frozen and os.path.exists(path) and not found.has(sweep.id):
            found.put(sweep.id, path)

    def _write_record(self, sweep: Sweep) -> None:
        """Write the sweep's record, state and frozen code, where they belong beside the store."""
        if is_url(self.target_at):
            return
        if sweep.config.code.is_frozen:
            frozen.fetch(self.target, sweep, self.target_at)
        if not os.path.exists(folders.sweep_record(self.target_at, sweep)):
            create.write_record(self.target_at, sweep)
        if not state_file.knows(self.target_at, sweep):
            taken = max((run.number for run in self.source.runs(sweep.id, taken=True)), default=0)
            origin = state_file.Origin(state_file.address_of(self.source.database), taken)
            states = {self.target_at: self.target.sweep(sweep.id).state}
            said = self.source.sweep(sweep.id).about
            state_file.note(self.target_at, sweep, states, origin, said=said)

    def _at_work(self, sweep: Sweep) -> AtWork | None:
        """Return the runs that living agents have; take back those of the dead."""
        if self.source.running(sweep.id):
            self.recover(self.source, sweep)
        running = self.source.running(sweep.id)
        return AtWork(running) if running else None

    def _present(self, sweep: Sweep) -> Present:
        self._write_record(sweep)
        if self.source.sweep(sweep.id).state is not SweepState.PAUSED:
            return Present()
        if self.target.sweep(sweep.id).state is SweepState.PAUSED:
            return Present(is_paused_in_both=True)
        self._put(sweep, SweepState.FINISHED, (SweepState.PAUSED,))
        return Present(has_moved=True)
