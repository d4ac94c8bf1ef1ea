"""A database whose files were removed, moved or replaced while it was open."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from support import a_sweep, holding
from sweepcli import stores
from sweepcli.errors import StoreGone
from sweepcli.stores import Store

# Takes the lock anew, says so, and keeps it until its input ends.
LOCKED = """
import sys
from sweepcli.stores.sqlite import connect
with connect(sys.argv[1]).locked():
    print("locked", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "results"


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with closing(stores.open_store(str(folder))) as opened:
        opened.add_sweep(a_sweep())
        yield opened


def remove(folder: Path) -> None:
    (folder / "sweeps.db").unlink()


def remove_all(folder: Path) -> None:
    shutil.rmtree(folder)


def replace(folder: Path) -> None:
    shutil.copy(folder / "sweeps.db", folder / "restored")
    (folder / "restored").replace(folder / "sweeps.db")


def move(folder: Path) -> None:
    folder.rename(folder.parent / "elsewhere")


def move_and_begin_anew(folder: Path) -> None:
    move(folder)
    stores.open_store(str(folder)).close()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (remove, "{folder}/sweeps.db was removed"),
        (remove_all, "{folder}/sweeps.db was removed"),
        (replace, "{folder}/sweeps.db was replaced by another file"),
        (move, "{folder} was moved to {folder.parent}/elsewhere"),
        (move_and_begin_anew, "{folder} was moved to {folder.parent}/elsewhere"),
    ],
)
def test_nothing_is_written_into_files_that_are_lost(
    folder: Path, store: Store, change: Callable[[Path], None], told: str
) -> None:
    assert store.database.lost() is None

    change(folder)

    assert store.database.lost() == told.format(folder=folder)
    with pytest.raises(StoreGone, match=told.format(folder=folder)):
        store.add_sweep(a_sweep(sweep_id="s2"))
    assert [sweep.id for sweep in store.sweeps()] == ["s1"]


@pytest.mark.parametrize("is_replaced", [False, True])
def test_writers_wait_for_each_other_though_their_lock_was_removed(
    folder: Path, store: Store, *, is_replaced: bool
) -> None:
    lock, order = folder / "sweeps.db.lock", list[str]()
    lock.unlink()
    if is_replaced:
        lock.touch()
    with holding(LOCKED, folder, "locked") as other:

        def let_go(*_: object) -> None:
            order.append("the other one lets go")
            other.communicate()

        before = signal.signal(signal.SIGALRM, let_go)
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        store.add_sweep(a_sweep(sweep_id="s2"))
        order.append("written")
        signal.signal(signal.SIGALRM, before)

    assert order == ["the other one lets go", "written"]
    assert store.database.lost() == f"{lock} was replaced by another file"


def test_a_lock_that_was_removed_is_told_before_anybody_has_made_another(
    folder: Path, store: Store
) -> None:
    (folder / "sweeps.db.lock").unlink()
    assert store.database.lost() == f"{folder}/sweeps.db.lock was removed"
