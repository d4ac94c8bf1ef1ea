"""The frozen code of a sweep on this machine: its snapshot is fetched, unpacked, and used."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sweepcli import folders
from sweepcli.code import checkout, kept, place, snapshot
from sweepcli.code.redirect import Redirect
from sweepcli.errors import LaunchError, SweepError, unwritable
from sweepcli.runs import programs
from sweepcli.stores.snapshots import Snapshots

if TYPE_CHECKING:
    from sweepcli.records import Sweep, SweepConfig
    from sweepcli.stores import Store

MISSING = (
    "{path}: its code is frozen, and the snapshot is neither in {folder} nor in the store: start "
    "the agent with the results directory in which the sweep was created"
)


def fetch(store: Store, sweep: Sweep, results: str) -> bool:
    """Put the snapshot of a sweep into its folder if it is only in the store.

    Returns whether it is there. Raises FolderError or StoreUnavailable if it cannot be written.
    """
    path = folders.snapshot(results, sweep)
    if _is_there(path, sweep):
        return True
    stored = Snapshots(store.database)
    if not stored.has(sweep.id):
        return os.path.exists(path)
    try:
        folders.make_results(results)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with kept.replacing(path) as file:
            file.writelines(stored.pieces(sweep.id))
    except OSError as error:
        raise unwritable("cannot write the frozen code", error) from error
    return True


def _is_there(path: str, sweep: Sweep) -> bool:
    """Return whether a sweep's snapshot is in its folder, and not one from before an update."""
    try:
        return snapshot.read(path).code == sweep.code
    except (OSError, SweepError):
        return False


def opened(
    store: Store, sweep: Sweep, config: SweepConfig, *, results: str, interpreter: str
) -> Redirect:
    """Return how a sweep's runs are started here; raise if its code cannot be had.

    `interpreter` is what `${interpreter}` means. Whoever is done closes `checkout`.
    """
    folder = folders.sweep_folder(results, sweep)
    if not fetch(store, sweep, results):
        raise LaunchError(MISSING.format(path=sweep.path, folder=folder))
    cwd = os.getcwd()
    python = programs.file_of(interpreter)
    where = place.place_of(config, results=results, cwd=cwd, interpreter=python)
    found = checkout.ready(folder, cwd=cwd, results=results, python=where.interpreter)
    return Redirect(found, cwd)
