"""What an agent stands on: it notices what is removed, moved or replaced under it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sweepcli.agents.ground import Ground
from sweepcli.stores import open_store


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return tmp_path / "results"


@pytest.fixture
def ground(results: Path) -> Iterator[Ground]:
    with (
        closing(open_store(str(results))) as store,
        closing(Ground(store.database, str(results), "agent1")) as ground,
    ):
        yield ground


def lost(ground: Ground) -> str:
    return ground.lost() or "nothing is lost"


def test_nothing_is_lost_where_nothing_has_changed(ground: Ground, results: Path) -> None:
    assert ground.lost() is None
    assert ground.results_now() == str(results)


def test_a_results_directory_that_was_moved_is_found(ground: Ground, results: Path) -> None:
    moved = results.rename(results.parent / "a new place")

    assert f"was moved to {moved}" in lost(ground)
    assert f"`--dir '{moved}'`" in lost(ground)
    assert ground.results_now() == str(moved)


def test_another_directory_in_its_place_is_not_taken_for_it(ground: Ground, results: Path) -> None:
    moved = results.rename(results.parent / "moved")
    shutil.copytree(moved, results)

    assert f"was moved to {moved}" in lost(ground)


def test_a_results_directory_that_was_removed_is_nowhere(ground: Ground, results: Path) -> None:
    shutil.rmtree(results)

    assert f"{results} was removed" in lost(ground)
    assert ground.results_now() is None


def test_a_database_in_another_directory_is_named_with_its_option(tmp_path: Path) -> None:
    results, store = str(tmp_path / "results"), str(tmp_path / "store")
    with (
        closing(open_store(store)) as opened,
        closing(Ground(opened.database, results, "agent1")) as ground,
    ):
        Path(store, "sweeps.db").unlink()

        assert f"`sweep repair {results} --store {store}`" in lost(ground)


@pytest.mark.parametrize("name", ["sweeps.db", "sweeps.db.lock", "agents.lock"])
def test_a_file_that_was_removed_or_replaced_is_named(
    ground: Ground, results: Path, name: str
) -> None:
    kept = (results / name).read_bytes()
    (results / name).unlink()
    assert name in lost(ground)

    (results / name).write_bytes(kept)
    assert name in lost(ground)
