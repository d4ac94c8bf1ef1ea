"""What `sweep repair` needs of a sweep besides its config: `sweep.json`, beside `sweep.yaml`.

A sweep that was copied is in two stores, in a state of its own in each, and agents may use the
files of one results directory with a database elsewhere. So the file has a state for each store;
the one in the results directory itself is `.`, and so stays the same where the directory is moved.
It is written before the database has a new state: what was stopped or moved does not come back to
life with a repair.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders, messages, regular_files
from sweepcli.errors import complaint
from sweepcli.records import SweepState
from sweepcli.stores.location import is_url
from sweepcli.values import finite

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sweepcli.about import About
    from sweepcli.records import JSON, Sweep
    from sweepcli.stores.database import Database

HERE = "."
_GARBAGE = (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError)


class Origin(NamedTuple):
    """Where a sweep was copied from, and the highest number of a run that was claimed there."""

    store: str
    taken: int


class Kept(NamedTuple):
    """What the file of a sweep says."""

    created_at: float
    states: Mapping[str, SweepState]  # by store
    origin: Origin | None = None
    about: JSON = None  # what people say of the sweep; unchecked
    code: str | None = None  # the id of the code when the sweep was created

    def state_in(self, store: str, results: str) -> SweepState | None:
        """Return the state in a store, None if the sweep is not known to be there."""
        return self.states.get(store, self.states.get(name_of(store, results)))


def address_of(database: Database) -> str:
    """Return the directory or the URL, without a password, that a database was opened by."""
    return os.path.dirname(database.path) if database.is_local else database.path


def name_of(store: str, results: str) -> str:
    """Return how the file names a store."""
    if is_url(store):
        return store
    real = os.path.realpath(store)
    return HERE if real == os.path.realpath(results) else real


def noting(results: str, sweep: Sweep, database: Database) -> Callable[[SweepState], None]:
    """Return what writes a new state of a sweep in a database, before that has it.

    It does nothing where the sweep's record is not in the results directory, warns where the file
    cannot be written, and raises StoreUnavailable on a full disk.
    """
    return lambda state: note(results, sweep, {address_of(database): state})


def note(
    results: str,
    sweep: Sweep,
    states: Mapping[str, SweepState],
    origin: Origin | None = None,
    *,
    said: About | None = None,
) -> None:
    """Write states of a sweep in some stores, or what people say of it, as `noting` does."""
    folder = folders.sweep_folder(results, sweep)
    if not os.path.exists(folders.sweep_record(results, sweep)):
        return
    try:
        before = read(folder)
    except (OSError, ValueError):
        before = Kept(sweep.created_at, {})
    others = {name: state for name, state in before.states.items() if name not in states}
    named = {name_of(store, results): state for store, state in states.items()}
    try:
        kept = before._replace(
            states={**others, **named},
            origin=origin or before.origin,
            about=before.about if said is None else said,
            code=before.code or sweep.code,
        )
        write(folder, kept)
        with suppress(FileNotFoundError):  # of a `sweep rm` that was killed before it took effect
            os.unlink(folders.removal_mark(folder))
    except OSError as error:
        what = "state" if said is None else "name, notes and tags"
        messages.warn(complaint(f"cannot note the sweep's {what}, for `sweep repair`", error))


def note_code(results: str, sweep: Sweep) -> None:
    """Write that a sweep has other code than when it was created, where its state is known."""
    folder = folders.sweep_folder(results, sweep)
    with suppress(OSError, ValueError):
        write(folder, read(folder)._replace(code=sweep.code))


def knows(results: str, sweep: Sweep) -> bool:
    """Return whether there is a state of a sweep for the store in the results directory itself."""
    try:
        return HERE in read(folders.sweep_folder(results, sweep)).states
    except (OSError, ValueError):
        return False


def read(folder: str) -> Kept:
    """Return what the file in a sweep's folder says; raise OSError, or ValueError for garbage."""
    try:
        found = json.loads(regular_files.content(os.path.join(folder, folders.SWEEP_STATE)))
        created_at = finite(found["created_at"])
        states = {store: SweepState(state) for store, state in found["states"].items()}
        origin = found.get("copied")
        taken = origin and Origin(str(origin["from"]), int(origin["taken"]))
        code = found.get("code") and str(found["code"])
    except _GARBAGE as error:
        raise ValueError("makes no sense") from error
    if created_at is None:
        raise ValueError("makes no sense")
    return Kept(created_at, states, taken or None, found.get("about"), code or None)


def write(folder: str, kept: Kept) -> None:
    """Write all that the file says; raise OSError."""
    path = os.path.join(folder, folders.SWEEP_STATE)
    found: dict[str, JSON] = {"created_at": kept.created_at, "states": dict(kept.states)}
    if kept.origin:
        found["copied"] = {"from": kept.origin.store, "taken": kept.origin.taken}
    if kept.about:
        found["about"] = kept.about
    if kept.code:
        found["code"] = kept.code
    with open(regular_files.fresh(f"{path}.new"), "w", encoding="utf-8") as file:
        file.write(json.dumps(found) + "\n")
    os.replace(f"{path}.new", path)
