"""The frozen code of a sweep is kept in any kind of store, and goes with the sweep."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from support import a_sweep
from sweepcli import stores
from sweepcli.errors import ConfigError
from sweepcli.stores import Store, copying, snapshots
from sweepcli.stores.snapshots import PIECE, Snapshots

CONTENT = os.urandom(2 * PIECE + 5)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "snapshot"
    path.write_bytes(CONTENT)
    return path


def add(store: Store, file: Path, sweep_id: str = "s1") -> None:
    found = Snapshots(store.database)
    store.add_sweep(a_sweep(sweep_id=sweep_id), also=lambda: found.put(sweep_id, str(file)))


def content(store: Store, sweep_id: str = "s1") -> bytes:
    return b"".join(Snapshots(store.database).pieces(sweep_id))


def test_a_snapshot_is_read_as_it_was_put(empty: Store, file: Path) -> None:
    add(empty, file)

    assert content(empty) == CONTENT
    assert content(empty, "other") == b""


def test_a_snapshot_takes_the_place_of_an_earlier_one(empty: Store, file: Path) -> None:
    add(empty, file)
    file.write_bytes(b"short")

    with empty.database.transaction():
        Snapshots(empty.database).put("s1", str(file))

    assert content(empty) == b"short"


def test_a_snapshot_goes_with_its_sweep(empty: Store, file: Path) -> None:
    add(empty, file)
    add(empty, file, "s2")

    empty.remove_sweep("s1", also=lambda: None)

    assert empty.database.rows("SELECT DISTINCT sweep_id FROM snapshots") == [("s2",)]


def test_a_sweep_is_not_there_without_its_snapshot(empty: Store, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        add(empty, tmp_path / "nothing")

    assert not empty.has_sweep("s1")


def test_a_snapshot_is_copied_with_its_sweep(empty: Store, file: Path, tmp_path: Path) -> None:
    add(empty, file)

    with closing(stores.open_store(str(tmp_path / "other"))) as other:
        copying.copy_sweep(empty, other, empty.sweep("s1"))
        assert content(other) == CONTENT


def test_a_server_takes_no_snapshot_beyond_a_size(
    empty: Store, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "MOST", 5)
    if empty.database.is_local:
        add(empty, file)
        return

    with pytest.raises(ConfigError, match=r"at most .* MB: leave out what is no code"):
        add(empty, file)

    assert not empty.has_sweep("s1")
