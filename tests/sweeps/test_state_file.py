"""`sweep.json`: it has the state of a sweep before the database has it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import irregular
from launching import created
from support import Place, a_sweep, grid
from sweepcli import stores
from sweepcli.cli import program
from sweepcli.cli.sweep import sweep as command
from sweepcli.errors import StoreUnavailable
from sweepcli.records import RunState, Sweep, SweepState
from sweepcli.stores import Store
from sweepcli.sweeps import create, state_file, states
from sweepcli.sweeps.state_file import Kept, Origin

CONFIG = "method: grid\ncommand: [/bin/false]\nparameters: {x: {values: [1, 2]}}\n"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SWEEPCLI_DIR", str(tmp_path / "results"))
    return created(CONFIG)


def call(line: str) -> int:
    return program.run(command, line.split())


def kept(path: str, results: str = "results") -> Kept:
    return state_file.read(os.path.join(results, path))


@pytest.fixture
def found(path: str) -> Iterator[tuple[Store, Sweep]]:
    with closing(stores.open_store(os.path.abspath("results"))) as store:
        yield store, store.sweep(path.rpartition("/")[2])


def test_a_new_sweep_has_its_state_and_time_beside_its_record(
    path: str, found: tuple[Store, Sweep]
) -> None:
    assert kept(path) == Kept(found[1].created_at, {".": SweepState.PENDING})


def test_whatever_a_person_changes_is_written(path: str) -> None:
    seen = []
    for verb in ("--resume", "--pause", "--cancel", "--resume", "--stop"):
        assert call(f"--dir results {verb} {path}") == 0
        seen.append(str(kept(path).states["."]))

    assert seen == ["running", "paused", "canceled", "running", "finished"]


def test_a_sweep_that_starts_again_to_retry_its_runs_is_written_as_running(path: str) -> None:
    here = Place("results", stores.open_store(os.path.abspath("results")))
    sweep_id = path.rpartition("/")[2]
    with closing(here.store):
        here.run(sweep_id=sweep_id)
        assert kept(path).states == {".": SweepState.FINISHED}

        call(f"retry --dir results {path}")

        assert kept(path).states == {".": SweepState.RUNNING}
        assert {run.state for run in here.store.runs(sweep_id)} == {RunState.PENDING}


def test_the_state_is_written_before_the_database_has_it(
    path: str, found: tuple[Store, Sweep], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, of = found
    change = type(store.database).change

    def die(database: object, sql: str, *values: object) -> object:
        if sql == "COMMIT":
            raise KeyboardInterrupt
        return change(database, sql, *values)  # type: ignore[arg-type]

    monkeypatch.setattr(type(store.database), "change", die)
    with pytest.raises(KeyboardInterrupt):
        states.change(store, of, "cancel", os.path.abspath("results"))

    assert store.sweep(of.id).state is SweepState.PENDING
    assert kept(path).states == {".": SweepState.CANCELED}


def test_a_config_is_replaced_on_the_disk_before_the_database_has_it(
    path: str, found: tuple[Store, Sweep], monkeypatch: pytest.MonkeyPatch
) -> None:
    record = os.path.join("results", path, "sweep.yaml")
    seen = []

    def write_record(_: str, updated: Sweep) -> None:
        seen.append((updated.raw, found[0].sweep(updated.id).raw))
        raise StoreUnavailable("the disk is full")

    monkeypatch.setattr(create, "write_record", write_record)
    before = Path(record).read_text()
    Path("other.yaml").write_text(CONFIG.replace("false", "true"))
    assert call(f"--dir results --update {path} other.yaml") == 1

    assert Path(record).read_text() == before
    assert found[0].sweep(found[1].id) == found[1]
    assert seen[0][0]["command"] == ["/bin/true"]


def test_a_sweep_without_a_folder_here_gets_none(tmp_path: Path) -> None:
    with closing(stores.open_store(str(tmp_path / "database"))) as store:
        store.add_sweep(a_sweep(grid(1)))
        states.change(store, store.sweep("s1"), "cancel", str(tmp_path / "results"))

        assert store.sweep("s1").state is SweepState.CANCELED
    assert not os.path.exists("results")


# One sweep, several stores


def test_a_sweep_that_moved_has_a_state_in_each_store(path: str) -> None:
    call(f"--dir results --resume {path}")
    assert call("copy results other") == 0

    other = os.path.abspath("other")
    states_of_both = {".": SweepState.FINISHED, other: SweepState.RUNNING}
    assert kept(path).states == states_of_both
    there = kept(path, "other")
    assert (there.states, there.created_at) == ({".": "running"}, kept(path).created_at)
    assert there.origin == Origin(os.path.abspath("results"), 0)

    call(f"--dir results --store other --pause {path}")

    assert kept(path).states == {".": SweepState.FINISHED, other: SweepState.PAUSED}
    assert kept(path).state_in(other, os.path.abspath("results")) is SweepState.PAUSED
    assert kept(path).state_in(os.path.abspath("results"), "results") is SweepState.FINISHED
    assert kept(path).state_in("/elsewhere", "results") is None


def test_a_copy_says_which_runs_were_claimed_before(path: str) -> None:
    here = Place("results", stores.open_store(os.path.abspath("results")))
    with closing(here.store):
        here.run(sweep_id=path.rpartition("/")[2], run_limit=1)
    call("copy results other")

    assert kept(path, "other").origin == Origin(os.path.abspath("results"), 1)


def test_the_state_of_a_results_directory_that_was_moved_stays_its_own(path: str) -> None:
    os.rename("results", "elsewhere")
    call(f"--dir elsewhere --cancel {path}")
    assert kept(path, "elsewhere").states == {".": SweepState.CANCELED}


# What may stand in its way


@pytest.mark.parametrize("kind", [*irregular.KINDS, "garbage"])
def test_what_stands_in_its_place_is_replaced(path: str, kind: str) -> None:
    file = Path("results", path, "sweep.json")
    file.unlink()
    if kind == "garbage":
        file.write_text('{"states": [')
    elif kind != "a directory":
        irregular.put(kind, file)

    assert call(f"--dir results --cancel {path}") == 0

    assert kept(path).states == {".": SweepState.CANCELED}


def test_a_sweep_is_canceled_even_if_its_state_cannot_be_written(
    path: str, found: tuple[Store, Sweep], capfd: pytest.CaptureFixture[str]
) -> None:
    file = Path("results", path, "sweep.json")
    file.unlink()
    (file / "not empty").mkdir(parents=True)

    assert call(f"--dir results --cancel {path}") == 0

    assert "cannot note the sweep's state" in capfd.readouterr().err
    assert found[0].sweep(found[1].id).state is SweepState.CANCELED
    assert os.listdir(file) == ["not empty"]


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "[" * 100_000, '{"created_at": 1}', '{"created_at": "x", "states": {}}'),
        '{"created_at": 1, "states": {".": "asleep"}}',
        '{"created_at": 1, "states": {}, "copied": {"from": "x", "taken": 1e999}}',
        '{"created_at": 1, "states": {}, "copied": 7}',
    ],
)
def test_garbage_is_refused(path: str, text: str) -> None:
    Path("results", path, "sweep.json").write_text(text)
    with pytest.raises(ValueError, match="makes no sense"):
        kept(path)
