"""Where sweeps, runs and history are stored: a store's parts and kinds, and how to open it.

A store has an address: a directory, or the URL of a database server. A kind of store is a
`Database`, which runs SQL; the parts of `Store` are the same for all kinds.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from sweepcli import commands, env
from sweepcli.errors import UnknownSweep, UsageError
from sweepcli.stores.agents import Agents
from sweepcli.stores.history import History
from sweepcli.stores.location import is_url, without_password
from sweepcli.stores.queue import Queue
from sweepcli.stores.runs import Runs
from sweepcli.stores.sweeps import Sweeps

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["STORES", "Store", "open_existing", "open_if_there", "open_store", "without_sweeps"]

NO_SWEEPS = "no sweeps in {place}; make one with `{run}` or `{sweep}`, or name {other}"
OTHERS = {  # what is named instead, by whether it is a server's address that has none
    False: f"the results directory with --dir or {env.DIR}",
    True: f"another database with --store or {env.STORE}",
}
DIRECTORY = "sqlite"  # the kind of store that a directory holds
STORES = {DIRECTORY: "sweepcli.stores.sqlite", "postgresql": "sweepcli.stores.postgres"}
SHORT = {"postgres": "postgresql"}  # other schemes of URLs


class Store(Sweeps, Queue, Agents, Runs, History):
    """Everything in one database, in parts that do not know each other.

    Commands use Sweeps. Agents, with the searches that they run, use Queue and Agents. Views read
    Runs and History, as do searches and early termination. Two more parts are made of the database
    where they are used, which is seldom: `naming.Naming` and `codes.Codes`.
    """

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def open_store(
    address: str, *, patience_s: float | None = None, beside_runs: bool = False
) -> Store:
    """Open a store, creating it where needed.

    `patience_s`: how long to wait for another program's lock, or for a server that is away,
    before StoreUnavailable is raised. `beside_runs`: even in a directory that has the files of
    runs and no sweeps, whose database would otherwise count as lost: StoreDamaged.
    """
    return Store(_kind(address).connect(address, patience_s=patience_s, beside_runs=beside_runs))


def open_if_there(
    address: str, *, looks: bool = False, patience_s: float | None = None
) -> Store | None:
    """Open the store at an address, if there is one.

    With `looks`, only to read it: no right to write is needed, and nothing is created, migrated
    or locked. Whoever looks for long calls `store.database.rest()` after each look.
    """
    database = _kind(address).find(address, patience_s=patience_s, looks=looks)
    return None if database is None else Store(database)


def open_existing(address: str, *, looks: bool = False, patience_s: float | None = None) -> Store:
    """Open a store, with `looks` only to read it; raise UnknownSweep if there is none."""
    store = open_if_there(address, looks=looks, patience_s=patience_s)
    if store is None:
        raise UnknownSweep(without_sweeps(address))
    return store


def without_sweeps(address: str) -> str:
    """Return the message that an address has no store, and what to do."""
    return NO_SWEEPS.format(
        place=without_password(address),
        run=commands.line("sweepcli run -P lr=0.1,0.2 train.py"),
        sweep=commands.line("sweep CONFIG.yaml"),
        other=OTHERS[is_url(address)],
    )


def _kind(address: str) -> ModuleType:
    """Return the module that opens stores of an address's kind."""
    scheme = address.partition("://")[0] if is_url(address) else DIRECTORY
    scheme = SHORT.get(scheme, scheme)
    if scheme not in STORES or (is_url(address) and scheme == DIRECTORY):
        raise UsageError(
            f"{without_password(address)!r} is not a store: write postgresql://USER@HOST/NAME, "
            "or a directory"
        )
    return importlib.import_module(STORES[scheme])
