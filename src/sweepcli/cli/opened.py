"""What a command needs open before it can do anything: a store, and mostly a sweep in it."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.records import Sweep
    from sweepcli.stores import Store


@contextmanager
def sweep_at(
    results: str, path: str, *, entity: str | None = None, project: str | None = None
) -> Iterator[tuple[Store, Sweep]]:
    """Open the store of a results directory and find a sweep in it; nothing is created."""
    # sqlite3 and the records, not needed for --help.
    from sweepcli import api, stores, sweep_path  # noqa: PLC0415 -- as said above

    parts = sweep_path.parse(path)
    with closing(stores.open_existing(results)) as store:
        yield store, api.find_sweep(store, parts, entity=entity, project=project)
