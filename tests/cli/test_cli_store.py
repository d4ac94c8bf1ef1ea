"""`--store`: the database apart from the results directory, for all commands alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_lines import CONFIG, Call
from postgres_server import Server


def test_a_directory_keeps_the_database_apart(call: Call, folder: Path) -> None:
    path = call("sweep sweep.yaml --store database").out.strip()

    done = call(f"agent --store database {path}")

    assert done.code == 0
    assert (folder / "database" / "sweeps.db").is_file()
    assert [each.name for each in (folder / "database").iterdir() if each.is_dir()] == []
    assert not (folder / "sweep-results" / "sweeps.db").exists()
    assert (folder / "sweep-results" / path / "sweep.yaml").is_file()
    assert call(f"sweep show {path}").code == 1
    assert call(f"sweep runs --json --store database {path}").code == 0


def test_runs_know_the_database_and_people_the_command_that_shows_more(
    call: Call, folder: Path
) -> None:
    told = CONFIG.replace("echo tried ${x}", "echo store $SWEEPCLI_STORE")
    path = call("sweep own.yaml --store database", told).out.strip()

    done = call(f"agent --store database --count 3 {path}")

    assert f"store {folder}/database\n" in done.out
    [hint] = [line for line in done.err.splitlines() if "its output: " in line]
    assert call(hint.partition("its output: ")[2]).out.startswith("store ")


@pytest.mark.parametrize("command", ["sweep ls", "sweep sweep.yaml", "agent me/demo/abcd1234"])
def test_a_password_on_a_command_line_is_refused_and_not_repeated(call: Call, command: str) -> None:
    done = call(f"{command} --store postgresql://me:s3cr3t@localhost/db")

    assert (done.code, done.out) == (2, "")
    assert "give the URL in SWEEPCLI_STORE, or the password in PGPASSWORD or ~/.pgpass" in done.err
    assert "s3cr3t" not in done.err


def test_a_server_that_is_not_there_is_one_line(call: Call) -> None:
    done = call("sweep ls --store postgresql://me@127.0.0.1:1/db")

    assert (done.code, done.out) == (1, "")
    [line] = done.err.splitlines()
    assert line.startswith("sweepcli: ERROR postgresql://me@127.0.0.1:1/db: cannot be opened: ")


def test_every_command_looks_at_a_shared_store_from_anywhere(
    call: Call, folder: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWEEPCLI_STORE", postgres.new_database())
    assert call("sweep ls").err.count("\n") == 1  # there is none, and looking makes none
    path = call("sweep sweep.yaml").out.strip()
    assert call(f"agent {path}").code == 0
    (folder / "sweep-results").rename(folder / "of another machine")

    monkeypatch.setenv("SWEEPCLI_DIR", str(folder / "here"))
    runs = call(f"sweep runs {path} --json").json

    assert [run["state"] for run in runs] == ["finished", "finished", "failed"]
    assert call("sweep ls --json").json[0]["path"] == path
    assert call(f"sweep show {path} --json").json["failures"][0]["count"] == 1
    assert call(f"sweep best {path} --json").json["value"] == 1
    assert "\nconfig " not in call(f"sweep show {path}").out  # whose record is elsewhere
    assert call(f"sweep top {path}").code == 0
    assert call(f"sweep compare {runs[0]['id']} {runs[1]['id']}").code == 0
    assert len(call(f"sweep export {path}").out.splitlines()) == 4
    assert call(f"sweep logs {runs[2]['id']}").out == "tried 2\n"
    assert call(f"sweep retry {path}").code == 0
    assert call(f"sweep --stop {path}").code == 0
    assert call("sweep ls --json").json[0]["state"] == "finished"
    assert not (folder / "here").exists()
