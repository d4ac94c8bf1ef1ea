"""How people name a sweep or a run without its whole id.

A sweep: `latest`, the beginning of its id, or its name. A run: these as well, and its number:
`12` or `#12` in the newest sweep, `PATH#12` in another one. An exact id is taken at once. Of the
rest all that fit are gathered: one that is alone is taken; several are an error that lists them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sweepcli import commands, folders, messages
from sweepcli.errors import UnknownRun, UnknownSweep, UsageError
from sweepcli.records import Sweep
from sweepcli.stores import without_sweeps
from sweepcli.stores.location import is_url
from sweepcli.stores.naming import Naming
from sweepcli.sweeps import path as sweep_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeVar

    from sweepcli.records import Run
    from sweepcli.stores import Store
    from sweepcli.stores.location import Location
    from sweepcli.sweeps.path import SweepPath

    Named = TypeVar("Named", bound=Sweep | Run)

LATEST = "latest"
MARK = "#"  # before the number of a run
MOST_DIGITS = 3  # alone they are a run's number; four may also be the beginning of an id
LONGEST_NUMBER = 12  # digits
MOST_SHOWN = 10  # of those that fit


class References:
    """Finds the sweeps and runs that people name, and says once which sweep is the newest."""

    def __init__(self, store: Store, location: Location) -> None:
        self._store = store
        self._location = location
        self._has_told = False

    def newest(self, *, entity: str | None = None, project: str | None = None) -> Sweep:
        """Return the newest sweep of this folder, and say which it is; raise UnknownSweep."""
        found = self._newest(entity, project)
        if found is None:
            raise UnknownSweep(self._without_newest(entity, project))
        return self._told(found)

    def sweep(
        self, path: SweepPath, *, entity: str | None = None, project: str | None = None
    ) -> Sweep:
        """Return the sweep that is meant; raise UnknownSweep, or UsageError if several fit."""
        wanted = path.within(entity, project)
        if not self._store.has_sweep(path.sweep_id):
            if found := self._only(self._sweeps(wanted), path.text):
                return self._told(found) if path.sweep_id == LATEST else found
            if path.sweep_id == LATEST:
                return self.newest(entity=wanted.entity, project=wanted.project)  # raises
            self._refuse_run(wanted)
        return wanted.find_in(self._store)

    def whole(
        self, path: SweepPath, *, entity: str | None = None, project: str | None = None
    ) -> Sweep:
        """Return the sweep with this very id; raise UnknownSweep, which names what is meant."""
        wanted = path.within(entity, project)
        if not self._store.has_sweep(path.sweep_id):
            meant = [sweep.path for sweep in self._sweeps(wanted)]
            if meant:
                raise UnknownSweep(
                    f"no sweep has the id {path.sweep_id!r}, and this needs a whole id; "
                    f"did you mean {' or '.join(meant[:MOST_SHOWN])}?"
                )
        return wanted.find_in(self._store)

    def run(self, text: str, *, of: Sweep | None = None) -> Run:
        """Return the run that is meant, of the sweep `of` where one is named beside it.

        Raises UnknownRun, or UsageError if several fit.
        """
        text = sweep_path.filled(text, "RUN")
        if self._store.has_run(text):
            return self._store.run(text)
        found = self._only(self._runs(text, of), text)
        if found is None:
            return self._missing(text, of)
        if of is None and _depends_on_newest(text):
            self._told(self._store.sweep(found.sweep_id))
        return found

    def target(self, text: str) -> Sweep | Run:
        """Return the sweep or the run that is meant, where both may be named.

        Raises UnknownSweep or UnknownRun, or UsageError if several fit.
        """
        text = sweep_path.filled(text, "PATH|RUN")
        if _is_number(text):
            return self.run(text)
        path = sweep_path.parse(text)
        if path.sweep_id == LATEST or self._store.has_sweep(path.sweep_id):
            return self.sweep(path)
        if self._store.has_run(text):
            return self._store.run(text)
        fitting: list[Sweep | Run] = [*self._sweeps(path), *self._runs(text, None)]
        return self._only(fitting, text) or path.find_in(self._store)

    def _sweeps(self, path: SweepPath) -> list[Sweep]:
        """Return the sweeps that fit, but for an exact id."""
        found = self._store.sweeps_like(path.sweep_id, (path.sweep_id, path.text))
        fitting = [each for each in found if each.name == path.text or path.fits(each)]
        newest = self._newest(path.entity, path.project) if path.sweep_id == LATEST else None
        others = [each for each in fitting if newest is None or each.id != newest.id]
        return others if newest is None else [*others, newest]

    def _runs(self, text: str, of: Sweep | None) -> list[Run]:
        """Return the runs that fit, but for an exact id."""
        sweep_text, mark, word = text.rpartition(MARK)
        if mark and word.isdecimal():
            if sweep_text:
                of = self.sweep(sweep_path.parse(sweep_text))
            return self._numbered(of or self._newest(), word)
        path = sweep_path.parse(text)
        word, sweep = path.sweep_id, of or self._newest(path.entity, path.project)
        found: list[Run] = []
        if word == LATEST and sweep is not None:
            found = self._store.page(sweep.id, order="started_at", descending=True, most=1)
        elif word.isdecimal():
            found = self._numbered(sweep, word)
        if not _is_number(word):
            where = {"sweep_id": of and of.id, "entity": path.entity, "project": path.project}
            found += self._store.runs_like(word, MOST_SHOWN + 1, **where)
            named = Naming(self._store.database).runs_named
            found += named((word,), MOST_SHOWN + 1, **where)
            found += named((path.text,), MOST_SHOWN + 1) if path.project else []
            found = list({run.id: run for run in found}.values())
        return found

    def _numbered(self, sweep: Sweep | None, word: str) -> list[Run]:
        if sweep is None or len(word) > LONGEST_NUMBER:
            return []
        return self._store.numbered(sweep.id, [int(word)])

    def _newest(self, entity: str | None = None, project: str | None = None) -> Sweep | None:
        """Return the newest sweep; of a database for many folders, the newest of this one."""
        results, is_shared = self._location.results, is_url(self._location.database)
        for path in self._store.newest_first(entity=entity, project=project):
            if not is_shared or os.path.exists(os.path.join(results, *path, folders.SWEEP_RECORD)):
                return self._store.sweep(path[-1])
        return None

    def _without_newest(self, entity: str | None, project: str | None) -> str:
        place = "/".join(part or "*" for part in (entity, project)) if entity or project else ""
        if self._store.newest_first(entity=entity, project=project):
            return (
                f"no sweep of {self._location.shown} has its record in {self._location.results}: "
                f"name the sweep that you mean; `{commands.line('sweep ls')}` shows all"
            )
        nothing = without_sweeps(self._location.database)
        return f"no sweep of {place} in {self._location.shown}" if place else nothing

    def _told(self, sweep: Sweep) -> Sweep:
        """Say that a sweep is taken for the newest, and return it."""
        if not self._has_told:
            self._has_told = True
            messages.say(f"The newest sweep: {_titled(sweep)}")
        return sweep

    def _only(self, found: Sequence[Named], text: str) -> Named | None:
        """Return the only one that fits, if any does; raise UsageError if several do."""
        if len(found) <= 1:
            return found[0] if found else None
        shown = [self._line(each) for each in found[:MOST_SHOWN]]
        more = ["and more"] if len(found) > MOST_SHOWN else []
        raise UsageError("\n".join([f"{text!r} may mean any of these:", *shown, *more]))

    def _refuse_run(self, path: SweepPath) -> None:
        """Raise UnknownSweep where a run is named in the place of a sweep."""
        if self._store.has_run(path.sweep_id):
            its = self._store.sweep(self._store.run(path.sweep_id).sweep_id)
            raise UnknownSweep(f"{path.sweep_id!r} is a run of sweep {its.path}: name the sweep")

    def _line(self, found: Sweep | Run) -> str:
        if isinstance(found, Sweep):
            return f"  sweep {_titled(found)}"
        sweep = self._store.sweep(found.sweep_id)
        return f"  run {found.id} (number {found.number} of {_titled(sweep)})"

    def _missing(self, text: str, of: Sweep | None) -> Run:
        """Raise UnknownRun, with the sweep in which it was looked for."""
        if self._store.has_sweep(text.rpartition("/")[2]):
            raise UnknownRun(f"{text!r} is a sweep: name a run of it, as in '{text}{MARK}1'")
        sweep_text, mark, _ = text.rpartition(MARK)
        if mark and sweep_text:
            of = self.sweep(sweep_path.parse(sweep_text))
        elif of is None and _depends_on_newest(text):
            of = self.newest()
        if of is not None:
            runs = self._location.line("sweep runs", of.path)
            raise UnknownRun(f"no run {text!r} in sweep {of.path}; `{runs}` shows all")
        return self._store.run(text)  # raises


def _titled(sweep: Sweep) -> str:
    return f"{sweep.path} ({sweep.name})" if sweep.name else sweep.path


def _is_number(text: str) -> bool:
    """Return whether a text can only be the number of a run."""
    _, mark, word = text.rpartition("/")[2].rpartition(MARK)
    return word.isdecimal() and (bool(mark) or len(word) <= MOST_DIGITS)


def _depends_on_newest(text: str) -> bool:
    """Return whether a run that is named so depends on which sweep is the newest."""
    word = text.rpartition("/")[2]
    return word == LATEST or word.removeprefix(MARK).isdecimal()
