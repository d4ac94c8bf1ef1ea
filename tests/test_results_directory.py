"""Whoever makes a results directory keeps it out of git; whoever finds one adds nothing to it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from support import a_sweep
from sweepcli import folders
from sweepcli.sdk import identity
from sweepcli.stores import open_store
from sweepcli.stores.presence import Presence
from sweepcli.stores.replacement import Place, writers_wait
from sweepcli.sweeps import create


def by_a_store(results: str) -> None:
    open_store(results).close()


def by_an_agent(results: str) -> None:
    Presence(results, "a1").close()


def by_a_repair(results: str) -> None:
    with writers_wait(Place(results)):
        pass


def by_a_sweep_of_another_store(results: str) -> None:
    create.write_record(results, a_sweep())


def by_a_script(results: str) -> None:
    run = identity.made_up({"id": "r1", "entity": "e", "project": "p"}, os.path.dirname(results))
    run.make_folder()


MAKERS = (by_a_store, by_an_agent, by_a_repair, by_a_sweep_of_another_store, by_a_script)


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_a_results_directory_is_ignored_by_git(tmp_path: Path, make: Callable[[str], None]) -> None:
    results = tmp_path / "project" / "sweep-results"

    make(str(results))

    assert (results / ".gitignore").read_text() == "*\n"
    assert not (results.parent / ".gitignore").exists()


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_a_directory_that_was_there_gets_no_gitignore(
    tmp_path: Path, make: Callable[[str], None]
) -> None:
    results = tmp_path / "sweep-results"
    results.mkdir()

    make(str(results))
    assert not (results / ".gitignore").exists()

    (results / ".gitignore").write_text("mine\n")
    folders.make_results(str(results))
    assert (results / ".gitignore").read_text() == "mine\n"


def test_git_sees_nothing_of_a_results_directory(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    with closing(open_store(str(tmp_path / "sweep-results"))) as store:
        store.add_sweep(a_sweep())

    seen = subprocess.run(
        ["git", "-C", tmp_path, "status", "--porcelain"], check=True, capture_output=True
    )

    assert seen.stdout == b""


def test_a_gitignore_that_cannot_be_written_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "IGNORED", "nowhere/.gitignore")
    folders.make_results(str(tmp_path / "sweep-results"))
    assert os.listdir(tmp_path / "sweep-results") == []


def test_a_file_in_the_place_of_a_results_directory_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "sweep-results").write_text("")
    with pytest.raises(FileExistsError):
        folders.make_results(str(tmp_path / "sweep-results"))
