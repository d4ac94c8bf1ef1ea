"""`sweep rm`, killed at any moment and called again; run as a script, this file is it."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import closing
from pathlib import Path

import pytest

from launching import created
from mortal import die_at_every_point, dying_at, mortally, run_script
from support import Place
from sweepcli import stores
from sweepcli.cli import program
from sweepcli.cli.sweep import sweep

CONFIG = "method: grid\ncommand: [/bin/true]\nparameters: {x: {values: [1, 2]}}\n"
CHANGES = ("unlink", "rmdir", "open")
KEPT = "kept-path"  # a file with the path of the sweep that stays


def called(*words: str) -> int:
    return program.run(sweep, words)


def remove(folder: str) -> int:
    """Remove one of the two sweeps."""
    return called("rm", "--yes", path_of(folder, "path"), "--dir", folder)


def path_of(folder: str, name: str) -> str:
    return (Path(folder).parent / "0" / name).read_text()


def remove_mortally(folder: str, point: int) -> int:
    """Remove until so many changes of the disk or the database have been begun or done."""
    with mortally(), dying_at(point, CHANGES):
        return remove(folder)


def prepare(folder: Path) -> None:
    """Keep two sweeps of two runs each; one is to be removed."""
    made = str(folder / "0")
    for name in (KEPT, "path"):
        path = created(CONFIG, made)
        with closing(stores.open_store(made)) as store:
            Place(made, store).run(sweep_id=path.rpartition("/")[2])
            store.database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        (folder / "0" / name).write_text(path)


@pytest.mark.slow
def test_a_removal_that_is_killed_leaves_the_whole_sweep_or_nothing_that_comes_back(
    tmp_path: Path,
) -> None:
    prepare(tmp_path)

    run_script(__file__, str(tmp_path))

    left = [each for each in tmp_path.iterdir() if each.name.isdigit() and each.name != "0"]
    assert len(left) > 50
    assert {judged(str(folder)) for folder in left} == {True, False}


def judged(folder: str) -> bool:
    """Return whether the sweep is still there, whole; go on in each way, and check the rest."""
    kept, path = path_of(folder, KEPT), path_of(folder, "path")
    was_there, is_marked = is_whole(folder, path), has_mark(folder, path)
    for name, go_on in {"r": repair, "l": lose_and_repair}.items():
        shutil.copytree(folder, folder + name)
        go_on(folder + name, path, was_there=was_there, is_marked=is_marked)
        assert is_whole(folder + name, kept)
    assert remove(folder) == (0 if was_there or is_marked else 1)
    assert not os.path.exists(f"{folder}/{path}/sweep.yaml")
    assert is_whole(folder, kept)
    return was_there


def repair(folder: str, path: str, *, was_there: bool, is_marked: bool) -> None:
    """Let a repair find a removal that did not take effect, or leave out what is removed."""
    assert called("repair", folder) == 0
    assert is_whole(folder, path) is was_there
    assert has_mark(folder, path) is (is_marked and not was_there)


def lose_and_repair(folder: str, path: str, *, was_there: bool, is_marked: bool) -> None:
    """Let a repair know nothing but the files."""
    os.remove(f"{folder}/sweeps.db")
    assert called("repair", folder) == 0
    assert has_rows(folder, path) is (was_there and not is_marked)


def has_mark(folder: str, path: str) -> bool:
    return os.path.exists(f"{folder}/{path}/being-removed")


def is_whole(folder: str, path: str) -> bool:
    """Return whether the database has a sweep, which then must have all its files."""
    if not has_rows(folder, path):
        return False
    with closing(stores.open_existing(folder)) as store:
        runs = store.runs(path.rpartition("/")[2])
    assert len(runs) == 2
    for run in runs:
        assert os.path.exists(f"{folder}/{path}/runs/{run.id}/1/command.json")
    return True


def has_rows(folder: str, path: str) -> bool:
    with closing(stores.open_existing(folder)) as store:
        return store.has_sweep(path.rpartition("/")[2])


if __name__ == "__main__":
    sys.exit(die_at_every_point(sys.argv[1], remove_mortally))
