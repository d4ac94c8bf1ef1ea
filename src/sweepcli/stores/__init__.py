"""Where sweeps and runs are kept: a name for each kind of store, and what opens it.

A store has an address: a directory, or the URL of a database server.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from sweepcli.errors import UnknownSweep, UsageError
from sweepcli.location import is_url, without_password
from sweepcli.stores.sql import Store

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["NO_SWEEPS", "STORES", "Store", "exists", "open_existing", "open_store"]

NO_SWEEPS = (
    "no sweeps in {folder}; create one with `sweep config.yaml`, or name the results directory "
    "with --dir or SWEEPCLI_DIR"
)
DIRECTORY = "sqlite"  # the kind of store that a directory holds
STORES = {DIRECTORY: "sweepcli.stores.sqlite"}


def open_store(address: str, *, patience_s: float | None = None) -> Store:
    """Open a store, creating it where needed.

    `patience_s`: how long it waits for the lock of another program before StoreUnavailable.
    """
    return Store(_kind(address).connect(address, patience_s=patience_s))


def exists(address: str) -> bool:
    """Return whether there is a store at an address."""
    there: bool = _kind(address).exists(address)
    return there


def open_existing(address: str, *, patience_s: float | None = None) -> Store:
    """Open a store; raise UnknownSweep if there is none."""
    if not exists(address):
        raise UnknownSweep(NO_SWEEPS.format(folder=without_password(address)))
    return open_store(address, patience_s=patience_s)


def _kind(address: str) -> ModuleType:
    """Return what opens stores of an address's kind."""
    scheme = address.partition("://")[0] if is_url(address) else DIRECTORY
    if scheme not in STORES:
        raise UsageError(f"{without_password(address)!r} names no store: write a directory")
    return importlib.import_module(STORES[scheme])
