"""Who may open a database while it is repaired."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from support import a_sweep
from sweepcli import stores
from sweepcli.errors import StoreUnavailable
from sweepcli.stores import replacement
from sweepcli.stores.replacement import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    with closing(stores.open_store(str(tmp_path))) as store:
        store.add_sweep(a_sweep())
    return Place(str(tmp_path))


def test_while_a_new_database_is_made_the_old_one_is_opened_only_to_look(place: Place) -> None:
    with replacement.site(place):
        with pytest.raises(StoreUnavailable, match="`sweep repair` is at work"):
            stores.open_existing(place.folder)
        with closing(stores.open_existing(place.folder, looks=True)) as store:
            assert store.has_sweep("s1")


def test_what_a_killed_repair_left_holds_nobody_up(place: Place, tmp_path: Path) -> None:
    (tmp_path / "sweeps.db.repair").mkdir()
    (tmp_path / "sweeps.db.repair" / "sweeps.db").write_bytes(b"half")

    with closing(stores.open_existing(place.folder)) as store:
        assert store.has_sweep("s1")

    with replacement.site(place):
        assert list((tmp_path / "sweeps.db.repair").iterdir()) == []
    assert not (tmp_path / "sweeps.db.repair").exists()


def test_the_new_database_gets_the_mode_of_the_old_one(place: Place, tmp_path: Path) -> None:
    (tmp_path / "sweeps.db").chmod(0o664)
    with replacement.site(place):
        stores.open_store(place.site).close()
        old = replacement.carry_out(place, None)

    assert old == f"{place.path}.old-1"
    assert (tmp_path / "sweeps.db").stat().st_mode & 0o777 == 0o664
    with closing(stores.open_existing(place.folder)) as store:
        assert store.sweeps() == []


def test_a_stale_wal_beside_a_database_that_is_gone_is_not_taken_for_the_new_ones(
    place: Place, tmp_path: Path
) -> None:
    (tmp_path / "sweeps.db").unlink()
    for end in ("-wal", "-shm", "-journal"):
        (tmp_path / f"sweeps.db{end}").write_bytes(b"stale")
    with replacement.site(place):
        stores.open_store(place.site).close()
        assert replacement.carry_out(place, None) is None

    assert (tmp_path / "sweeps.db.old-1-wal").read_bytes() == b"stale"
    assert sorted(each.name for each in tmp_path.glob("sweeps.db*")) == [
        *("sweeps.db", "sweeps.db.lock", "sweeps.db.old-1-journal", "sweeps.db.old-1-shm"),
        "sweeps.db.old-1-wal",
    ]
