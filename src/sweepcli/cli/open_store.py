"""Opens what a command needs: a store, and mostly a sweep in it."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from sweepcli import folders, stores
from sweepcli.records import Sweep
from sweepcli.sweeps import path as sweep_path
from sweepcli.sweeps.references import References

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.records import Run
    from sweepcli.stores import Store
    from sweepcli.stores.location import Location
    from sweepcli.sweeps.path import SweepPath


@contextmanager
def store_at(location: Location, *, looks: bool = False) -> Iterator[Store]:
    """Open the store of a results directory, with `looks` only to read it; nothing is created."""
    with closing(stores.open_existing(location.database, looks=looks)) as store:
        yield store


def record_at(location: Location, sweep: Sweep) -> str | None:
    """Return the results directory if it has a sweep's record: it may be another machine's."""
    is_here = os.path.exists(folders.sweep_record(location.results, sweep))
    return location.results if is_here else None


@contextmanager
def sweep_at(
    location: Location,
    path: str | SweepPath | None,
    *,
    looks: bool = False,
    entity: str | None = None,
    project: str | None = None,
    whole: bool = False,
) -> Iterator[tuple[Store, Sweep]]:
    """Do the same, and find the sweep that is meant; without a path the newest of this folder.

    With `whole`, only by its whole id.
    """
    parts = sweep_path.parse(path) if isinstance(path, str) else path
    with store_at(location, looks=looks) as store:
        known = References(store, location)
        if parts is None:
            yield store, known.newest(entity=entity, project=project)
        elif whole:
            yield store, known.whole(parts, entity=entity, project=project)
        else:
            yield store, known.sweep(parts, entity=entity, project=project)


@contextmanager
def run_at(
    location: Location, text: str, *, looks: bool = False
) -> Iterator[tuple[Store, Sweep, Run]]:
    """Do the same, and find the run that is meant, and its sweep."""
    with store_at(location, looks=looks) as store:
        run = References(store, location).run(text)
        yield store, store.sweep(run.sweep_id), run


@contextmanager
def target_at(
    location: Location, text: str | None, *, looks: bool = False
) -> Iterator[tuple[Store, Sweep, Run | None]]:
    """Do the same where a sweep or a run may be meant; without a text the newest sweep."""
    with store_at(location, looks=looks) as store:
        known = References(store, location)
        found = known.newest() if text is None else known.target(text)
        if isinstance(found, Sweep):
            yield store, found, None
        else:
            yield store, store.sweep(found.sweep_id), found
