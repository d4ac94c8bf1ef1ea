"""The page of results that one may only look at, and of a database that cannot be read."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import Mock

import pytest

import filled_store as filled
from needed import lacking
from other_user import CAN, OTHER, as_user
from served_page import Served, serving
from support import until
from sweepcli import stores
from sweepcli.cli import ui
from sweepcli.records import SweepState
from sweepcli.stores import database_source
from sweepcli.views.dashboard.lent import Stores

TOLD = "you may not write it"


@pytest.fixture
def results(tmp_path: Path) -> str:
    """Make results that only we may write."""
    folder = tmp_path / "results"
    filled.fill(str(folder), 30)
    return str(folder)


@contextmanager
def as_another(results: str, home: Path) -> Iterator[Served]:
    """Serve results as another user, with a browser that notes what it is given."""
    if not CAN:
        lacking("only root can run commands as another user, by setpriv")
    home.mkdir()
    os.chown(home, OTHER, OTHER)
    browser = home / "browser"
    browser.write_text(
        f'#!/bin/sh\n(ls -ln "${{1#file://}}"; echo "$1") > {home}/new; mv {home}/new {home}/seen\n'
    )
    browser.chmod(0o755)
    environment = {"DISPLAY": ":9", "BROWSER": f"{browser} %s", "SSH_CONNECTION": ""}
    with serving(results, environment={**environment, "HOME": str(home)}, within=as_user) as served:
        yield served


def test_another_user_sees_all_and_is_told_why_nothing_changes(
    results: str, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with (
        closing(stores.open_store(results)) as store,  # an agent, say
        as_another(results, home) as served,
    ):
        store.set_state("s1", SweepState.PAUSED, allowed=tuple(SweepState))
        before = sorted(os.listdir(results))
        seen = served.ask("/api/sweeps/s1").json["state"]
        refused = served.change("s1", "resume")
        store.set_state("s1", SweepState.RUNNING, allowed=tuple(SweepState))
        again = served.ask("/api/sweeps/s1").json["state"]
        until((home / "seen").exists)
        listed, name = (home / "seen").read_text().splitlines()
        assert (served.end(), sorted(os.listdir(results))) == (0, before)

    assert (seen, refused.status, again) == ("paused", 409, "running")
    assert TOLD in refused.json["error"]
    assert (listed.split()[0], listed.split()[2]) == ("-rw-------", str(OTHER))
    assert name.startswith(f"file://{home}/ui-")
    assert not os.path.exists(name.removeprefix("file://"))


def test_a_copy_without_a_right_to_write_is_shown(results: str, tmp_path: Path) -> None:
    frozen = tmp_path / "frozen"
    with closing(stores.open_store(results)) as store:  # so that the latest changes are in the -wal
        store.set_state("s1", SweepState.PAUSED, allowed=tuple(SweepState))
        shutil.copytree(results, frozen)
    os.remove(frozen / "sweeps.db-shm")
    for each in (*frozen.iterdir(), frozen):
        each.chmod(each.stat().st_mode & ~0o222)
    before = sorted(os.listdir(frozen))

    with as_another(str(frozen), tmp_path / "home") as served:
        assert served.ask("/api/sweeps/s1").json["state"] == "paused"
        assert len(served.ask("/api/sweeps/s1/runs").json["columns"]["id"]) == 30
        assert TOLD in served.change("s1", "resume").json["error"]

    assert sorted(os.listdir(frozen)) == before


def test_a_database_that_must_be_copied_is_copied_when_it_has_changed(
    results: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = Mock(wraps=database_source._copied)
    monkeypatch.setattr(database_source, "_copied", copies)
    monkeypatch.setattr(database_source, "_how", Mock(return_value=database_source.How.COPY))
    lent = Stores(results)

    with closing(stores.open_store(results)) as store:  # an agent, say, with its -wal
        for state in (SweepState.PAUSED, SweepState.RUNNING):
            store.set_state("s1", state, allowed=tuple(SweepState))
            for _ in range(5):
                with lent.looking() as looked:
                    assert looked.sweep("s1").state is state

    assert copies.call_count == 2


NOWHERE = "/proc"  # where not even root can make a file


@pytest.mark.skipif(not os.path.isdir(NOWHERE), reason="only Linux has such a folder")
def test_the_file_that_signs_a_browser_in_goes_where_it_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [tmp_path / name for name in ("results", "home", "runtime", "temporary")]
    for place in places:
        place.mkdir()
    found = []
    for count in range(len(places) + 1):
        results, home, runtime, temporary = [*[NOWHERE] * count, *map(str, places[count:])]
        monkeypatch.setenv("HOME", home)
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        monkeypatch.setattr(tempfile, "tempdir", temporary)
        try:
            path = Path(ui._new_file("signs in", results))
        except OSError:
            break
        found.append(path.parent)
        assert (path.read_text(), path.stat().st_mode & 0o777) == ("signs in", 0o600)

    assert found == places
    assert all(len(os.listdir(place)) == 1 for place in places)


# A database that cannot be read


def test_a_damaged_database_is_told_until_it_is_whole_again(results: str) -> None:
    path = os.path.join(results, "sweeps.db")
    shutil.copy(path, path + ".whole")
    with serving(results) as served:
        with open(path, "r+b") as file:
            file.write(b"\0" * 8192)
        refused = [served.ask("/api/sweeps"), served.ask("/api/sweeps/s1/runs")]
        refused.append(served.change("s1", "stop"))
        os.replace(path + ".whole", path)
        again = served.ask("/api/sweeps").status

    assert [each.status for each in refused] == [503] * 3
    assert all("damaged" in each.json["error"] for each in refused)
    assert again == 200


def test_a_database_that_is_gone_beside_the_folders_of_its_runs_is_told(results: str) -> None:
    os.makedirs(os.path.join(results, "someone", "things", "s1", "runs", "s1r1"))
    Path(results, "someone", "things", "s1", "sweep.yaml").write_text("method: random\n")
    with serving(results) as served:
        assert served.ask("/api/sweeps").status == 200
        os.remove(os.path.join(results, "sweeps.db"))
        reply = served.ask("/api/sweeps")

    assert reply.status == 503
    assert "repair" in reply.json["error"]
