"""A directory with the files of runs whose database is missing or empty."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from support import a_sweep
from sweepcli import stores
from sweepcli.errors import StoreDamaged

TOLD = r"runs of someone/things/s1 beside it.*--store.*`sweep repair "


def keep_runs(results: Path) -> None:
    """Keep the files of a sweep with a run."""
    (results / "someone" / "things" / "s1" / "runs" / "r1" / "1").mkdir(parents=True)
    (results / "someone" / "things" / "s1" / "sweep.yaml").touch()


@pytest.fixture(params=["is missing", "is empty", "has no sweeps"])
def lost(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A results directory whose database is lost, in one way or another."""
    database = tmp_path / "sweeps.db"
    if request.param == "is empty":
        database.touch()
    if request.param == "has no sweeps":
        stores.open_store(str(tmp_path)).close()
    keep_runs(tmp_path)
    return tmp_path


@pytest.mark.parametrize("looks", [True, False])
def test_a_lost_database_is_told_where_runs_are(lost: Path, *, looks: bool) -> None:
    with pytest.raises(StoreDamaged, match=TOLD):
        stores.open_if_there(str(lost), looks=looks)


def test_a_new_database_does_not_hide_sweeps_whose_own_is_lost(lost: Path) -> None:
    before = {each.name: each.stat().st_size for each in lost.iterdir()}

    with pytest.raises(StoreDamaged, match=TOLD):
        stores.open_store(str(lost))

    assert {each.name: each.stat().st_size for each in lost.iterdir() if each.suffix == ".db"} == {
        name: size for name, size in before.items() if name.endswith(".db")
    }


def test_a_sweep_may_be_copied_back_to_where_its_runs_are(lost: Path) -> None:
    with closing(stores.open_store(str(lost), beside_runs=True)) as store:
        store.add_sweep(a_sweep())
    with closing(stores.open_existing(str(lost), looks=True)) as store:
        assert store.has_sweep("s1")


@pytest.mark.parametrize(
    "folder", ["runs/r1/1", "someone/things/s1", "a/b/c/runs/r1", ".x/y/s1/runs/r"]
)
def test_other_folders_are_no_runs_of_a_lost_database(tmp_path: Path, folder: str) -> None:
    # Runs that were started by hand, a sweep that is being made, and what is not ours.
    place = tmp_path / folder
    place.mkdir(parents=True)
    if "runs" not in folder or folder.startswith("."):
        (tmp_path.joinpath(*Path(folder).parts[:3]) / "sweep.yaml").touch()

    assert stores.open_if_there(str(tmp_path), looks=True) is None
    stores.open_store(str(tmp_path)).close()
    assert stores.open_if_there(str(tmp_path)) is not None
