from __future__ import annotations

import os
from pathlib import Path

import pytest

from support import a_sweep
from sweepcli import env
from sweepcli.stores.location import Location, entered, here, nearest


def test_options_say_what_the_environment_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(env.DIR, "/here")
    url = "postgresql://ada:secret@db/sweeps"

    elsewhere = Location("/a b", url).options

    assert elsewhere == " --dir '/a b' --store postgresql://ada@db/sweeps"
    assert (here().options, Location("/here", None).options) == ("", "")
    monkeypatch.setenv(env.STORE, url)
    assert Location("/here", url).options == ""


# Found in a folder above


@pytest.fixture
def deep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder two below one that has a results directory, in a home of its own."""
    folder = tmp_path / "home" / "project" / "sub" / "deep"
    folder.mkdir(parents=True)
    (tmp_path / "home" / "project" / "sweep-results").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(folder)
    return folder


def test_the_nearest_results_directory_above_is_found(deep: Path) -> None:
    above = Location(str(deep.parents[1] / "sweep-results"), is_above=True)
    assert nearest() == above

    (deep.parent / "sweep-results").mkdir()
    assert nearest().results == str(deep.parent / "sweep-results")

    (deep / "sweep-results").mkdir()
    assert nearest() == here()


def test_what_is_found_above_needs_no_option_and_new_sweeps_stay_here(deep: Path) -> None:
    found = nearest()._replace(store="/a/store")

    assert found.options == " --store /a/store"
    assert found.for_new == Location(str(deep / "sweep-results"), "/a/store")
    assert Location("/elsewhere").for_new == Location("/elsewhere")


def test_a_variable_that_names_the_directory_ends_the_search(
    deep: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(env.DIR, "sweep-results")
    assert nearest() == Location(str(deep / "sweep-results"))


@pytest.mark.parametrize("place", ["deep", "sub"])
def test_a_repository_ends_the_search(place: str, deep: Path) -> None:
    {"deep": deep, "sub": deep.parent}[place].joinpath(".git").touch()  # of a worktree: a file
    assert nearest() == here()


def test_a_repository_that_has_the_results_directory_is_looked_at(deep: Path) -> None:
    (deep.parents[1] / ".git").mkdir()
    assert nearest().is_above


def test_the_home_ends_the_search(deep: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = deep.parents[3] / "link"
    link.symlink_to(deep.parent)
    monkeypatch.setenv("HOME", str(link))
    assert nearest() == here()


def test_a_mount_point_ends_the_search(deep: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "ismount", lambda place: place == str(deep.parent))
    assert nearest() == here()


def test_a_folder_of_another_user_is_not_looked_at(
    deep: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert deep
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert nearest() == here()


def test_a_file_of_that_name_is_no_results_directory(deep: Path) -> None:
    (deep.parent / "sweep-results").touch()
    assert nearest().results == str(deep.parents[1] / "sweep-results")


def test_an_agent_works_in_the_folder_that_has_the_results_directory(
    deep: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(env.STORE, "database")  # relative
    monkeypatch.setenv("PWD", str(deep))
    project = deep.parents[1]
    (project / "sweep-results/someone/things/s1").mkdir(parents=True)
    (project / "sweep-results/someone/things/s1/sweep.yaml").touch()

    found = nearest()
    for _ in range(2):
        assert entered(found, [a_sweep()]) == found

    assert (os.getcwd(), os.environ["PWD"]) == (str(project), str(project))
    assert env.store() == os.environ[env.STORE] == str(deep / "database")
    assert capsys.readouterr().err == f"sweepcli: Working in {project}, where the sweeps are\n"


def test_an_agent_stays_where_the_results_directory_was_named(deep: Path) -> None:
    named = Location(str(deep.parents[1] / "sweep-results"))
    assert entered(named, [a_sweep()]) == named
    assert os.getcwd() == str(deep)


def test_an_agent_stays_where_a_server_s_sweep_was_not_made_in_what_is_found(
    deep: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(env.STORE, "postgresql://db/sweeps")
    assert nearest().is_above
    assert entered(nearest(), [a_sweep()]) == here()
    assert os.getcwd() == str(deep)
