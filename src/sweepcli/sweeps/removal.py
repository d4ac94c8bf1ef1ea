"""Removes a sweep for good: its rows from the database, its folder from the results directory.

A mark is put into the folder, then the rows go, in one transaction, then the files, the mark last.
So a sweep whose removal is killed is whole, or has the mark, which `sweep repair` heeds; to remove
it again completes that.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from sweepcli import folders, stores
from sweepcli.errors import StoreError, WrongState, unwritable
from sweepcli.runs import process_table
from sweepcli.stores.location import is_url
from sweepcli.sweeps import state_file
from sweepcli.sweeps.path import SweepPath
from sweepcli.sweeps.sweep_folder import SweepFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sweepcli.records import Agent, Run, Sweep
    from sweepcli.stores import Store
    from sweepcli.stores.location import Location
    from sweepcli.sweeps.state_file import Kept
    from sweepcli.sweeps.sweep_folder import Left

    Living = Callable[[], Sequence[Agent]]  # the agents of the sweep that may be alive

DEFAULT_PORT = 5432
AGENT = (
    "{path} is not removed: agent {agent} (process {pid} on {host}) works on it; end it first, "
    "with Ctrl-C there or `{cancel}`"
)
GIVEN_OUT = (
    "{path} is not removed: run {run} was given out by `agent --next` on {host}; when it has "
    "ended, `{done}` says so"
)


class Shared(NamedTuple):
    """A folder that stays, since the sweep is in another store too."""

    folder: SweepFolder
    kept: Kept
    others: Sequence[str]  # the names of those stores


class Removal:
    """A sweep that is to be removed, and its folders."""

    def __init__(self, store: Store, sweep: Sweep, location: Location, living: Living) -> None:
        """Raise FolderError for a folder that cannot be removed."""
        self._store, self._sweep = store, sweep
        self._location, self._living = location, living
        self.going: list[SweepFolder] = []
        self.shared: list[Shared] = []
        for results in _places(location):
            folder = SweepFolder(results, (sweep.entity, sweep.project, sweep.id))
            if shared := _shared(folder, location):
                self.shared.append(shared)
            else:
                folder.refuse_mounted()
                self.going.append(folder)

    def refuse_at_work(self) -> None:
        """Raise WrongState while an agent, or a person's launcher, has something to do with it."""
        path = self._sweep.path
        for agent in self._living():
            if agent.pid:
                cancel = self._location.line("sweep cancel", path)
                named = {"agent": agent.id, "pid": agent.pid, "host": agent.host}
                raise WrongState(AGENT.format(path=path, cancel=cancel, **named))
        for run, agent in self._store.running(self._sweep.id):
            if agent.pid == 0:
                done = self._location.line("agent --done", run.id)
                raise WrongState(
                    GIVEN_OUT.format(path=path, run=run.id, host=agent.host, done=done)
                )

    def carry_out(self) -> list[Left]:
        """Remove the sweep, and return what is left of its files.

        Raises as `refuse_at_work` does, or as the store does, and then has removed nothing.
        """
        running: list[tuple[Run, Agent]] = []

        def last_look() -> None:
            self.refuse_at_work()
            running.extend(self._store.running(self._sweep.id))

        try:
            self._announce()
            self._store.remove_sweep(self._sweep.id, also=last_look)
        except BaseException:
            if self._is_still_there():
                self._take_back()
            raise
        for run, _ in running:  # its agent is dead
            process_table.kill_leftovers(run.id, run.attempt)
        return [each for folder in self.going for each in folder.remove()]

    def _announce(self) -> None:
        """Let `sweep repair` know, before the database has it."""
        for folder in self.going:
            folder.mark()
        for folder, kept, others in self.shared:
            left = {name: kept.states[name] for name in others}
            try:
                state_file.write(folder.path, kept._replace(states=left))
            except OSError as error:
                raise unwritable("cannot note that the sweep is removed", error) from error

    def _is_still_there(self) -> bool:
        """Return whether the database has the sweep, as far as can be known."""
        try:
            return self._store.has_sweep(self._sweep.id)
        except StoreError:
            return False

    def _take_back(self) -> None:
        for folder in self.going:
            folder.unmark()
        for folder, kept, _ in self.shared:
            with suppress(OSError):
                state_file.write(folder.path, kept)


def half_done(location: Location, path: SweepPath) -> list[SweepFolder]:
    """Return what an interrupted removal has left of a sweep that the database has no more.

    A folder whose sweep is in another store is no such thing: there it was not removed.
    """
    found = [
        SweepFolder(results, names)
        for results in _places(location)
        for names in folders.sweep_places(results)
        if path in (SweepPath(*reversed(names[at:])) for at in range(len(names)))
        and folders.is_being_removed(os.path.join(results, *names))
    ]
    return [each for each in found if not _shared(each, location)]


def _places(location: Location) -> list[str]:
    """Return where a sweep may have a folder: `sweep copy` puts its record beside the database."""
    places = [location.results, *([] if is_url(location.database) else [location.database])]
    return list({os.path.realpath(each): each for each in reversed(places)}.values())


def _shared(folder: SweepFolder, location: Location) -> Shared | None:
    """Return what is known of a folder if the sweep is also in another store than this one."""
    if not folder.is_there:
        return None
    try:
        kept = state_file.read(folder.path)
    except (OSError, ValueError):
        return None
    own = state_file.name_of(location.database, folder.results)
    others = [each for each in kept.states if not _is_same(each, own) and _has(each, folder)]
    return Shared(folder, kept, others) if others else None


def _is_same(name: str, own: str) -> bool:
    """Return whether two names of stores are of one; users and settings of a URL do not matter."""
    if not (is_url(name) and is_url(own)):
        return name == own
    try:
        one, two = urlsplit(name), urlsplit(own)
        places = [(each.hostname, each.port or DEFAULT_PORT, each.path) for each in (one, two)]
    except ValueError:  # a run may have changed the file
        return False
    return places[0] == places[1]


def _has(name: str, folder: SweepFolder) -> bool:
    """Return whether a store that a folder's file names has the sweep, as far as can be known."""
    if is_url(name):
        return True
    address = folder.results if name == state_file.HERE else name
    try:
        store = stores.open_if_there(address, looks=True)
    except StoreError:
        return True
    if store is None:
        return False
    try:
        return store.has_sweep(folder.names[-1])
    finally:
        store.close()
