"""A database that is rebuilt from the files of runs, and from the old one where there are none.

The files count: what the old database says otherwise is forgotten. What cannot be had is told.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import commands, folders
from sweepcli.errors import IdTaken, StoreError, SweepError
from sweepcli.records import RunState, SweepState
from sweepcli.runs import about_file
from sweepcli.stores import copying
from sweepcli.stores.location import is_url
from sweepcli.stores.replacement import Place
from sweepcli.sweeps import controller, state_file
from sweepcli.sweeps.repair import gaps, on_disk
from sweepcli.sweeps.repair.rebuilt_runs import RebuiltRuns

if TYPE_CHECKING:
    from sweepcli.about import About
    from sweepcli.records import Sweep
    from sweepcli.stores import Store
    from sweepcli.sweeps.repair.on_disk import FoundRun, FoundSweep, Tell

OPEN = (SweepState.PENDING, SweepState.RUNNING)
# Where the file and the old database differ, a person's command was killed or could not be noted.
LIVELINESS = (SweepState.CANCELED, SweepState.FINISHED, SweepState.PAUSED, *reversed(OPEN))
PAUSED = "its state is not known, so it is paused; `{resume}` lets agents claim its runs"
DIFFERS = "it says that the sweep is {noted}, the old database that it is {known}: it is {state}"
ELSEWHERE = "its sweep is in {there}, and not in {here}: left out"
ORIGIN = (
    "its sweep was copied from {there}, with {runs} runs that are not all here: left out; "
    "`{copy}` it again, and repair again"
)
DAMAGED = "{path} has no files here, and is from the damaged database: check that it is right"
HALF_REMOVED = (
    "was being removed by `sweep rm`: left out; `{rm}` removes the rest. To keep what is "
    f"left, remove the file `{folders.BEING_REMOVED}` there and repair again"
)
KEPT = "`sweep rm` was interrupted before it took effect: the sweep is kept"
TAKEN = "another run has its id or number: was its folder copied?"


class Old(NamedTuple):
    """The old database."""

    store: Store
    is_sound: bool


class Rebuilt(NamedTuple):
    """A sweep in the new database, and how much there is of it."""

    path: str
    state: str
    runs: int
    attempts: int
    rows: int


class Rebuilding:
    """The new database of an address, into which one sweep after the other is put."""

    def __init__(
        self, new: Store, old: Old | None, tell: Tell, *, results: str, address: str
    ) -> None:
        self._new, self._old, self._tell = new, old, tell
        self._results, self._address = results, address
        self._runs = RebuiltRuns(new.database, tell)
        self._removed: set[str] = set()  # ids of sweeps

    def is_removed(self, folder: str, sweep_id: str) -> bool:
        """Return whether `sweep rm` had taken a sweep away whose folder has its mark, and tell.

        It had not if a sound old database has the sweep: then the mark goes.
        """
        if self._old and self._old.is_sound and self._old.store.has_sweep(sweep_id):
            with suppress(OSError):
                os.unlink(folders.removal_mark(folder))
            self._tell(folder, KEPT)
            return False
        self._removed.add(sweep_id)
        path = "/".join(folder.split(os.sep)[-3:])
        rm = commands.line("sweep rm", path)
        self._tell(folder, HALF_REMOVED.format(rm=rm))
        return True

    def add_found(self, found: FoundSweep) -> Rebuilt | None:
        """Add a sweep that has files, unless it does not belong there."""
        sweep = self._with_state(found)
        if sweep is None:
            return None
        if self._new.has_sweep(sweep.id):
            self._tell(found.folder, "another sweep has its id: was its folder copied?")
            return None
        self._new.add_sweep(sweep)
        unusable: list[FoundRun] = []
        limit = None
        with suppress(SweepError):  # a search that cannot be loaded here
            limit = controller.total(sweep.config)
        for run in on_disk.runs(found):
            if run.attempts and not self._is_better_known(run):
                self._add_run(sweep, run, limit)
            else:
                unusable.append(run)
        self._fill_in(sweep)
        for run in unusable:
            if not self._new.has_run(run.run_id):
                self._tell_unusable(run)
        if self._lacks_copied(sweep, found):
            return None
        gaps.fill(self._new, sweep, found.folder, self._tell)
        return self._settled(sweep)

    def add_others(self) -> list[Rebuilt]:
        """Add the sweeps that only the old database has."""
        added = []
        for sweep in self._old.store.sweeps() if self._old else ():
            if not self._new.has_sweep(sweep.id) and sweep.id not in self._removed:
                self._new.add_sweep(sweep)
                self._fill_in(sweep, has_files=False)
                added.append(self._settled(sweep))
        return added

    def end(self) -> None:
        """Record that the agents have ended."""
        self._runs.end_agents()

    def _with_state(self, found: FoundSweep) -> Sweep | None:
        """Return a sweep in the state that it had; None if it is in another store."""
        sweep, kept, known = found.sweep, found.kept, self._known(found.sweep.id)
        if known is not None and kept is None:
            sweep = sweep._replace(created_at=known.created_at)
        if known is not None and sweep.about is None:
            sweep = sweep._replace(about=known.about)
        file = os.path.join(found.folder, folders.SWEEP_STATE)
        states = [known.state] if known else []
        if kept and (noted := kept.state_in(self._address, self._results)):
            states.append(noted)
        state = min(states, key=LIVELINESS.index, default=None)
        if state and not {*OPEN}.issuperset(states) and len({*states}) > 1:
            self._tell(file, DIFFERS.format(noted=states[1], known=states[0], state=state))
        if state is None and kept is not None:
            for store in kept.states:
                if self._is_there(store):
                    self._tell(file, ELSEWHERE.format(there=store, here=self._address))
                    return None
        if state is None:
            self._tell(file, PAUSED.format(resume=commands.line("sweep resume")))
        return sweep._replace(state=state or SweepState.PAUSED)

    def _known(self, sweep_id: str) -> Sweep | None:
        if self._old is None or not self._old.store.has_sweep(sweep_id):
            return None
        return self._old.store.sweep(sweep_id)

    def _is_better_known(self, run: FoundRun) -> bool:
        """Return whether the old database is sound and knows of an end or history that is gone."""
        if self._old is None or not self._old.is_sound or not self._old.store.has_run(run.run_id):
            return False
        known, last = self._old.store.run(run.run_id), run.attempts[-1][1]
        if known.attempt != last.run.attempt:
            return known.attempt > last.run.attempt
        if last.over is None and known.state is not RunState.RUNNING:
            return True
        return any(
            not os.path.isfile(os.path.join(folder, folders.EVENTS))
            and self._old.store.number_of_rows(run.run_id, record.run.attempt) > 0
            for folder, record in run.attempts
        )

    def _is_there(self, store: str) -> bool:
        folder = self._results if store == state_file.HERE else store
        return is_url(folder) or os.path.exists(Place(folder).path)

    def _add_run(self, sweep: Sweep, run: FoundRun, limit: int | None) -> None:
        self._tell_unusable(run)
        number, path = run.attempts[-1][1].run.number, run.attempts[-1][0]
        if limit is not None and number > limit:
            self._tell(path, f"its run has the number {number} of {limit}: left out")
            return
        try:
            self._runs.add(sweep, run, self._said_of(run))
        except IdTaken:
            self._tell(path, TAKEN)

    def _said_of(self, run: FoundRun) -> About | None:
        """Return what people said of a run: its file counts, as it was written first."""
        said = about_file.read(os.path.dirname(run.attempts[-1][0]))
        old = self._old if self._old is not None and self._old.is_sound else None
        if said is None and old is not None and old.store.has_run(run.run_id):
            return old.store.run(run.run_id).about
        return said

    def _tell_unusable(self, run: FoundRun) -> None:
        for path, why in run.unusable:
            self._tell(path, why)

    def _fill_in(self, sweep: Sweep, *, has_files: bool = True) -> None:
        """Take from the old database the runs that have no files."""
        old = self._old
        if old is None or not (old.is_sound or not has_files):
            return
        path = Place(self._address).path
        if not old.is_sound:
            self._tell(path, DAMAGED.format(path=sweep.path))
        try:
            copying.fill_in(
                old.store,
                self._new,
                sweep.id,
                lambda run_id, why: self._tell(path, f"run {run_id} of {sweep.path}: {why}"),
            )
        except StoreError as error:
            self._tell(path, f"the rest of {sweep.path} cannot be read: {error}")

    def _lacks_copied(self, sweep: Sweep, found: FoundSweep) -> bool:
        """Return whether runs are missing that were only copied; take the sweep out then."""
        origin = found.kept and found.kept.origin
        if not origin:
            return False
        [(count,)] = self._new.database.rows(
            "SELECT COUNT(*) FROM runs WHERE sweep_id = ? AND number <= ?",
            (sweep.id, origin.taken),
        )
        if count >= origin.taken:
            return False
        self._tell(
            found.folder,
            ORIGIN.format(there=origin.store, runs=origin.taken, copy=commands.line("sweep copy")),
        )
        with self._new.database.transaction():
            self._new.database.change("DELETE FROM sweeps WHERE id = ?", (sweep.id,))
        return True

    def _settled(self, sweep: Sweep) -> Rebuilt:
        """Put a sweep that is not paused or over into the state that its runs ask for."""
        of = "FROM runs WHERE sweep_id = ?"
        [counted] = self._new.database.rows(
            f"""SELECT (SELECT COUNT(*) {of}),
            (SELECT COUNT(*) FROM attempts WHERE run_id IN (SELECT id {of})),
            (SELECT COUNT(*) FROM history WHERE run_id IN (SELECT id {of})),
            (SELECT MAX(attempt) {of})""",  # noqa: S608 -- constants
            [sweep.id] * 4,
        )
        if sweep.state in OPEN:
            state = SweepState.RUNNING if counted[3] else SweepState.PENDING
            self._new.set_state(sweep.id, state, allowed=OPEN)
            with suppress(SweepError):  # a search that cannot be loaded here
                controller.finish_if_over(self._new, sweep, Place(self._address).site)
        return Rebuilt(sweep.path, self._new.sweep(sweep.id).state, *counted[:3])
