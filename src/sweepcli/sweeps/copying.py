"""Copies whole sweeps from one store into another; those that are not over move.

A sweep that moves is paused meanwhile, continues in the target, and is finished in the source.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders
from sweepcli.errors import StoreError
from sweepcli.messages import warn
from sweepcli.records import UNFINISHED, SweepState
from sweepcli.stores import copying
from sweepcli.stores.location import is_url, without_password
from sweepcli.sweeps import create

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


class Copier(NamedTuple):
    """Copies sweeps from a store to another, each with its address."""

    source: Store
    target: Store
    source_at: str
    target_at: str
    recover: Recover

    def copy(self, sweep: Sweep) -> Copied | Present | AtWork:
        """Copy a sweep, unless it is there or has running runs."""
        if self.target.has_sweep(sweep.id):
            return self._present(sweep)
        return self._at_work(sweep) or self._copy(sweep)

    def _copy(self, sweep: Sweep) -> Copied | Present | AtWork:
        """Copy a sweep whose runs nobody can claim meanwhile."""
        before = self.source.sweep(sweep.id).state
        moves = before in UNFINISHED
        if moves:
            before = self.source.set_state(sweep.id, SweepState.PAUSED, allowed=UNFINISHED)
        try:
            if at_work := self._at_work(sweep):  # an agent was faster
                return at_work
            amount = copying.copy_sweep(self.source, self.target, sweep._replace(state=before))
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
        then = SweepState.FINISHED if is_there else before
        self.source.set_state(sweep.id, then, allowed=UNFINISHED)

    def _write_record(self, sweep: Sweep) -> None:
        """Write the sweep's record, where it belongs beside the database and is not there."""
        is_there = os.path.exists(folders.sweep_record(self.target_at, sweep))
        if not (is_url(self.target_at) or is_there):
            create.write_record(self.target_at, sweep)

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
        self.source.set_state(sweep.id, SweepState.FINISHED, allowed=(SweepState.PAUSED,))
        return Present(has_moved=True)
