"""Rebuilds SQLite's database from the files in a results directory, beside the old one.

The old one is not touched before the new one is whole, and stays there under another name.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import commands, stores
from sweepcli.errors import (
    NotSupported,
    StoreDamaged,
    StoreError,
    StoreUnavailable,
    UnknownSweep,
)
from sweepcli.stores import presence, replacement
from sweepcli.stores.location import is_url
from sweepcli.stores.one_machine import refuse_other_hosts
from sweepcli.stores.replacement import Place
from sweepcli.sweeps.repair import on_disk
from sweepcli.sweeps.repair.rebuilding import Old, Rebuilding, Rebuilt

if TYPE_CHECKING:
    from sweepcli.stores import Store
    from sweepcli.stores.location import Location
    from sweepcli.sweeps.repair.on_disk import Tell

SERVER = (
    "{address}: only SQLite's database is repaired; a PostgreSQL server has backups of its own "
    "(`pg_dump`)"
)
MOST_TOLD = 20  # lines, where nothing can be rebuilt


class Lost(NamedTuple):
    """What could not be rebuilt: a file, and why."""

    path: str
    why: str


class Repaired(NamedTuple):
    """What is in the new database, what is not, and where the old one is."""

    sweeps: list[Rebuilt]
    lost: list[Lost]
    old: str | None
    was_interrupted: bool  # an earlier repair has made the new database


def _nothing(results: str, folder: str) -> str:
    return (
        f"nothing to repair in {results}: it has no sweep that can be rebuilt; if the files of "
        f"runs are in another directory, `{commands.line('sweep repair DIR --store', folder)}`"
    )


def repair(location: Location) -> Repaired:
    """Put a database in the place of a location's, rebuilt from the files there.

    Raises NotSupported for a server, UnknownSweep if there is nothing to repair, and StoreError
    while an agent or another program uses it.
    """
    address = location.database
    if is_url(address):
        raise NotSupported(SERVER.format(address=location.shown))
    place = Place(address)
    if not (os.path.lexists(place.path) or on_disk.has_sweeps(location.results)):
        raise UnknownSweep(_nothing(location.results, address))
    with presence.alone(location.results), replacement.writers_wait(place):
        if os.path.exists(place.plan):
            old, said = replacement.finish(place)
            return _repaired(said, old, was_interrupted=True)
        with replacement.site(place):
            said = _rebuilt(location, place)
            old = replacement.carry_out(place, said)
        return _repaired(said, old, was_interrupted=False)


def _rebuilt(location: Location, place: Place) -> dict[str, list[tuple[object, ...]]]:
    """Make the new database, and return what to say about it."""
    lost: list[Lost] = []

    def tell(path: str, why: object) -> None:
        lost.append(Lost(path, str(why)))

    with ExitStack() as opened:
        old = _old(place, tell)
        if old is not None:
            opened.enter_context(closing(old.store))
        new = opened.enter_context(closing(stores.open_store(place.site)))
        new.database.rows("PRAGMA synchronous = OFF")  # it is written to the disk at the end
        rebuilding = Rebuilding(new, old, tell, results=location.results, address=location.database)
        found = map(
            rebuilding.add_found, on_disk.sweeps(location.results, tell, rebuilding.is_removed)
        )
        sweeps = [each for each in found if each is not None] + rebuilding.add_others()
        rebuilding.end()
        if not sweeps:
            lines = "".join(f"\n{each.path}: {each.why}" for each in lost[:MOST_TOLD])
            raise UnknownSweep(f"{_nothing(location.results, place.folder)}{lines}")
        _check(new)
    return {"sweeps": list(sweeps), "lost": list(lost)}


def _repaired(
    said: dict[str, list[tuple[object, ...]]], old: str | None, *, was_interrupted: bool
) -> Repaired:
    sweeps = [Rebuilt._make(each) for each in said["sweeps"]]
    return Repaired(sweeps, [Lost._make(each) for each in said["lost"]], old, was_interrupted)


def _old(place: Place, tell: Tell) -> Old | None:
    """Open the old database to look; None if there is none, or it is damaged.

    Raises StoreError if it has to be brought up to date, or is in use on another machine.
    """
    if not os.path.lexists(place.path):
        return None
    store = None
    try:
        store = stores.open_if_there(place.folder, looks=True)
        if store is None:
            return None
        refuse_other_hosts(store.database, os.uname().nodename)
        store.sweeps()
        is_sound = store.database.rows("PRAGMA integrity_check(1)") == [("ok",)]
    except StoreError as error:
        if store is not None:
            store.close()
        if not isinstance(error, (StoreDamaged, StoreUnavailable)):
            raise
        tell(place.path, f"cannot be read: what only it had is lost ({error.__cause__ or error})")
        return None
    return Old(store, is_sound)


def _check(new: Store) -> None:
    """Raise StoreError if the new database is not whole."""
    wrong = new.database.rows("PRAGMA integrity_check") != [("ok",)]
    if wrong or new.database.rows("PRAGMA foreign_key_check"):
        raise StoreError(
            f"{new.database.path}: the new database is not whole; is the disk all right?"
        )
    new.database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
