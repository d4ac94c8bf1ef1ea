"""The stores that answers come from: each is lent to one thread at a time.

A file is opened again for each answer: that takes a tenth of a millisecond, and needs no care
about a results directory that comes, goes and comes back. What takes longer to open is kept for
the next answer: a connection to a server, or the copy of a file that cannot be read where it is.
"""

from __future__ import annotations

import threading
from contextlib import closing, contextmanager, nullcontext
from typing import TYPE_CHECKING

from sweepcli import stores
from sweepcli.stores.location import is_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.stores import Store

PATIENCE_S = 5.0  # of a person who waits for an answer, while a server restarts
MOST_IDLE = 4  # connections to a server that are kept


class Stores:
    """Opens the store at an address, to look at it or to change it."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._is_server = is_url(address)
        self._idle: list[Store] = []  # open, and used by no thread
        self._only_copy = threading.Lock()
        self._is_copied = False

    @contextmanager
    def looking(self) -> Iterator[Store]:
        """Lend a store that is only read: nobody needs a right to write for that."""
        # Copies are as large as the database: one is enough, and answers wait for it.
        with self._only_copy if self._is_copied else nullcontext():
            store = self._taken()
            try:
                yield store
            finally:
                self._put_back(store)

    @contextmanager
    def changing(self) -> Iterator[Store]:
        """Lend a store that is changed, which is rare."""
        with closing(stores.open_existing(self._address, patience_s=PATIENCE_S)) as store:
            yield store

    def _taken(self) -> Store:
        try:
            store = self._idle.pop()
        except IndexError:
            return stores.open_existing(self._address, looks=True, patience_s=PATIENCE_S)
        if store.database.lost() is None:
            return store
        store.close()
        return self._taken()

    def _put_back(self, store: Store) -> None:
        self._is_copied = not self._is_server and not store.database.is_local
        most = MOST_IDLE if self._is_server else int(self._is_copied)
        if len(self._idle) < most:
            self._idle.append(store)
        else:
            store.close()
