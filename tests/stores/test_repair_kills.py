"""`sweep repair`, killed at any moment and called again; run as a script, this file is it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from launching import created
from mortal import die_at_every_point, dying_at, run_script
from support import Place, an_agent
from sweepcli import stores
from sweepcli.cli import program
from sweepcli.cli.sweep import sweep
from sweepcli.errors import StoreError
from sweepcli.records import Run

CONFIG = "method: grid\ncommand: [/bin/true]\nparameters: {x: {values: [1, 2]}}\n"
CHANGES = ("mkdir", "fsync", "link", "rename", "replace", "chmod", "remove", "unlink", "rmdir")
MARK = "onlyhere"  # the id of an agent, which only the -wal of the old database has


def repair(folder: str) -> int:
    return program.run(sweep, ["repair", folder])


def repair_mortally(folder: str, point: int) -> int:
    """Repair until so many changes of the disk have been begun or done."""
    with dying_at(point, CHANGES):
        return repair(folder)


def prepare(folder: Path) -> list[Run]:
    """Keep a sweep of two runs whose database has not been closed; return them."""
    made = str(folder / "made")
    path = created(CONFIG, made)
    with closing(stores.open_store(made)) as store:
        Place(made, store).run(sweep_id=path.rpartition("/")[2])
        store.database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        store.add_agent(an_agent(MARK))
        shutil.copytree(made, folder / "0")
        return store.runs(path.rpartition("/")[2])


@pytest.mark.slow
def test_a_repair_that_is_killed_loses_nothing_and_is_completed_when_called_again(
    tmp_path: Path,
) -> None:
    runs = prepare(tmp_path)

    run_script(__file__, str(tmp_path))

    folders = [each for each in tmp_path.iterdir() if each.name.isdigit() and each.name != "0"]
    assert len(folders) > 30
    assert {judged(str(folder), runs) for folder in folders} == {"old", "refused", "new"}


def judged(folder: str, runs: list[Run]) -> str:
    """Return which database a killed repair left; the next repair leaves the new one."""
    found = state(folder)

    assert repair(folder) == 0

    assert state(folder) == "new"
    with closing(stores.open_existing(folder)) as store:
        assert store.runs(runs[0].sweep_id) == runs
    names = [name for name in os.listdir(folder) if name.startswith("sweeps.db.old-")]
    # Whatever was in the database when the first repair began is in one of the old ones.
    olds = [name for name in names if name.rpartition("-")[2].isdigit()]
    assert any(has_mark(os.path.join(folder, name)) for name in olds)
    assert "sweeps.db.repair" not in os.listdir(folder)
    assert not os.path.exists(f"{folder}/sweeps.db-wal")
    return found


def state(folder: str) -> str:
    """Return which database is there, or that nobody may open it."""
    if os.path.exists(f"{folder}/sweeps.db.repair/plan.json"):
        for looks in (True, False):
            with pytest.raises(StoreError, match=r"`sweep repair .*` finishes that"):
                stores.open_existing(folder, looks=looks)
        return "refused"
    with closing(stores.open_existing(folder, looks=True)) as store:
        is_old = store.database.rows("SELECT 1 FROM agents WHERE id = ?", (MARK,))
    return "old" if is_old else "new"


def has_mark(path: str) -> bool:
    with closing(sqlite3.connect(path)) as connection, suppress(sqlite3.Error):
        return bool(connection.execute("SELECT 1 FROM agents WHERE id = ?", (MARK,)).fetchall())
    return False


if __name__ == "__main__":
    sys.exit(die_at_every_point(sys.argv[1], repair_mortally))
