"""`sweep rename`, killed at any moment and called again; run as a script, this file is it."""

from __future__ import annotations

import json
import os
import sys
from contextlib import closing
from pathlib import Path

import pytest

from launching import created
from mortal import die_at_every_point, dying_at, mortally, run_script
from support import Place
from sweepcli import folders, stores
from sweepcli.cli import program
from sweepcli.cli.sweep import sweep

CONFIG = "method: grid\ncommand: [/bin/true]\nparameters: {x: {values: [1]}}\n"
CHANGES = ("open", "unlink", "replace")


def rename(folder: str) -> int:
    """Name the only run, and its sweep."""
    words = [["rename", target, "mine", "--dir", folder] for target in ("1", "latest")]
    return max(program.run(sweep, each) for each in words)


def rename_mortally(folder: str, point: int) -> int:
    """Name them until so many changes of the disk or the database have been begun or done."""
    with mortally(), dying_at(point, CHANGES):
        return rename(folder)


@pytest.mark.slow
def test_a_name_is_there_or_not_and_in_the_files_before_it_is_in_the_database(
    tmp_path: Path,
) -> None:
    made = str(tmp_path / "0")
    path = created(CONFIG, made)
    with closing(stores.open_store(made)) as store:
        Place(made, store).run(sweep_id=path.rpartition("/")[2])

    run_script(__file__, str(tmp_path))

    left = [each for each in tmp_path.iterdir() if each.name.isdigit() and each.name != "0"]
    assert len(left) > 30
    assert {state for each in left for state in judged(each, path)} == {
        *((None, None), (None, "mine"), ("mine", "mine"))
    }


def judged(folder: Path, path: str) -> list[tuple[str | None, str | None]]:
    """Return the names in the database and the files, of the run and the sweep; then go on."""
    found = list(zip(in_database(folder, path), in_files(folder, path), strict=True))
    assert rename(str(folder)) == 0
    os.remove(folder / "sweeps.db")
    assert program.run(sweep, ["repair", str(folder)]) == 0
    assert in_database(folder, path) == in_files(folder, path) == ["mine", "mine"]
    return found


def in_database(folder: Path, path: str) -> list[str | None]:
    with closing(stores.open_existing(str(folder))) as store:
        [kept] = store.sweeps()
        [run] = store.runs(path.rpartition("/")[2])
    return [run.name, kept.name]


def in_files(folder: Path, path: str) -> list[str | None]:
    [run] = (folder / path / folders.RUNS).iterdir()
    said = json.loads((run / folders.ABOUT).read_text()) if (run / folders.ABOUT).exists() else {}
    state = json.loads((folder / path / folders.SWEEP_STATE).read_text())
    return [said.get("name"), state.get("about", {}).get("name")]


if __name__ == "__main__":
    sys.exit(die_at_every_point(sys.argv[1], rename_mortally))
