"""What people say of a sweep or a run: in the files that `sweep repair` reads, and in the store."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sweepcli import folders, messages
from sweepcli.runs import about_file
from sweepcli.stores.naming import Naming
from sweepcli.sweeps import state_file

if TYPE_CHECKING:
    from sweepcli.about import About
    from sweepcli.records import Run, Sweep
    from sweepcli.stores import Store
    from sweepcli.stores.naming import Change

LINK = "{folder}: a link leads there, so this is in the database alone, and lost with it"


def say_of_sweep(store: Store, sweep: Sweep, change: Change, results: str) -> Sweep:
    """Change what people say of a sweep, and return it; raise StoreUnavailable on a full disk."""

    def note(said: About) -> None:
        folder = folders.sweep_folder(results, sweep)
        inside = os.path.relpath(folder, results)
        if os.path.realpath(folder) != os.path.join(os.path.realpath(results), inside):
            messages.warn(LINK.format(folder=folder))
            return
        now = {state_file.address_of(store.database): store.sweep(sweep.id).state}
        state_file.note(results, sweep, now, said=said)

    Naming(store.database).say_of_sweep(sweep.id, change, also=note)
    return store.sweep(sweep.id)


def say_of_run(store: Store, sweep: Sweep, run: Run, change: Change, results: str) -> Run:
    """Change what people say of a run, and return it, as `say_of_sweep` does."""

    def note(said: About) -> None:
        if complaint := about_file.note(results, sweep, run, said):
            messages.warn(complaint)

    Naming(store.database).say_of_run(run.id, change, also=note)
    return store.run(run.id)
