"""Opens what a command needs: a store, and mostly a sweep in it."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from sweepcli import folders, stores
from sweepcli.sweeps import path as sweep_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.records import Sweep
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
    path: str | SweepPath,
    *,
    looks: bool = False,
    entity: str | None = None,
    project: str | None = None,
) -> Iterator[tuple[Store, Sweep]]:
    """Do the same, and find a sweep in it."""
    parts = sweep_path.parse(path) if isinstance(path, str) else path
    with store_at(location, looks=looks) as store:
        yield store, parts.find_in(store, entity=entity, project=project)
