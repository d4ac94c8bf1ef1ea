"""`sweep copy`, killed at any moment and called again; run as a script, this file is it."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path

import pytest

from mortal import Mortal, die_at_every_point, mortally, run_script
from support import begin, claimed, end
from sweepcli import stores
from sweepcli.cli import program
from sweepcli.cli.sweep import sweep
from sweepcli.records import Row, SweepState
from sweepcli.stores import Store, copying


def copy(folder: str) -> int:
    return program.run(sweep, ["copy", f"{folder}/source", f"{folder}/target"])


def copy_mortally(folder: str, point: int) -> int:
    with mortally():
        Mortal.left = point
        return copy(folder)


def prepare(folder: Path) -> None:
    with closing(stores.open_store(str(folder / "source"))) as store:
        begin(store, 2)
        end(store, claimed(store), rows=[Row(line, line, None, {"x": 1}) for line in range(2)])
        store.end_agent("a1", 9.0)


def contents(store: Store) -> list[list[object]]:
    """Return all but the states of sweeps."""
    names = {table: [name for name in table.columns if name != "state"] for table in copying.TABLES}
    return [
        list(store.database.rows(f"SELECT {', '.join(columns)} FROM {table.name} ORDER BY 1, 2, 3"))  # noqa: S608 -- constants
        for table, columns in names.items()
    ]


@pytest.mark.slow
def test_a_copy_that_is_killed_leaves_the_whole_sweep_or_nothing_and_goes_on_when_called_again(
    tmp_path: Path,
) -> None:
    prepare(tmp_path / "0")

    run_script(__file__, str(tmp_path))

    found = [judged(str(folder)) for folder in tmp_path.iterdir() if folder.name != "0"]
    assert len(found) > 30
    assert {False, True} == {was_there for was_there, _ in found}
    # Which state a sweep had is lost with the copy that paused it, and people are told.
    assert {state for _, state in found} == {SweepState.RUNNING, SweepState.PAUSED}


def judged(folder: str) -> tuple[bool, SweepState]:
    """Return whether a killed copy had come so far, and the state that the next one left."""
    with (
        closing(stores.open_store(f"{folder}/source")) as source,
        closing(stores.open_store(f"{folder}/target")) as target,
    ):
        whole, before = contents(source), contents(target)
        assert before in (whole, [[] for _ in whole])

        assert copy(folder) == 0

        assert contents(target) == whole
        assert source.sweep("s1").state is SweepState.FINISHED
        assert os.path.isfile(f"{folder}/target/someone/things/s1/sweep.yaml")
        return before == whole, target.sweep("s1").state


if __name__ == "__main__":
    sys.exit(die_at_every_point(sys.argv[1], copy_mortally))
