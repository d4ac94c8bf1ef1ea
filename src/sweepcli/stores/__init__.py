"""Where sweeps and runs are kept: a name for each kind of store, and what opens it."""

from __future__ import annotations

import importlib

from sweepcli.errors import UnknownSweep
from sweepcli.stores.sql import Store

__all__ = ["NO_SWEEPS", "STORES", "Store", "exists", "open_existing", "open_store"]

NO_SWEEPS = (
    "no sweeps in {folder}; create one with `sweep config.yaml`, or name the results directory "
    "with --dir or SWEEPCLI_DIR"
)
STORES = {"sqlite": "sweepcli.stores.sqlite"}


def open_store(folder: str, *, patience_s: float | None = None, kind: str = "sqlite") -> Store:
    """Open the store in a results directory, creating it where needed.

    `patience_s`: how long it waits for the lock of another program before StoreUnavailable.
    """
    return Store(importlib.import_module(STORES[kind]).connect(folder, patience_s=patience_s))


def exists(folder: str) -> bool:
    """Return whether there is a store in a results directory."""
    there: bool = importlib.import_module(STORES["sqlite"]).exists(folder)
    return there


def open_existing(folder: str, *, patience_s: float | None = None) -> Store:
    """Open the store in a results directory; raise UnknownSweep if there is none."""
    if not exists(folder):
        raise UnknownSweep(NO_SWEEPS.format(folder=folder))
    return open_store(folder, patience_s=patience_s)
