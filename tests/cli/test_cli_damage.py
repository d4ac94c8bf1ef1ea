"""Commands on a database that is damaged: they work, or say so in one line."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

import filled_store
from command_lines import Answer, Call

PAGE = 4096  # bytes, of SQLite
LOOKS = (
    *("ls --json", "show s1", "show s1r25 --json", "runs s1", "best s1 --json"),
    *("compare s1r1 s1r2", "logs s1r25", "export s1 --history", "top s1"),
)
COMMANDS = (*LOOKS, "retry s1", "--pause s1")


@pytest.fixture
def database(folder: Path) -> Path:
    """The database of a sweep with 60 runs, which nobody has open."""
    results = folder / "sweep-results"
    filled_store.fill(str(results), 60)
    return results / "sweeps.db"


def is_told(found: Answer) -> bool:
    """Return whether an answer is one line that says what is damaged, and what to do."""
    line = found.err.splitlines()[-1]
    return found.code == 1 and "sweeps.db: damaged (" in line and "`sweep repair " in line


def test_a_command_works_or_says_what_is_damaged_whatever_page_has_changed(
    database: Path, call: Call
) -> None:
    whole, draw, told = database.read_bytes(), Random(1), 0
    for start in range(0, len(whole), PAGE):
        changed = bytearray(whole)
        for _ in range(20):
            changed[start + draw.randrange(PAGE)] = draw.randrange(256)
        database.write_bytes(changed)

        for command in draw.sample(COMMANDS, 5):
            found = call(f"sweep {command}")  # raises what would be a traceback
            is_odd = found.code == 1 and "no run" not in found.err and "no sweep" not in found.err
            assert not is_odd or is_told(found), (start, command, found)
            told += is_odd
    assert told > len(whole) / PAGE


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE runs SET state = 'finishe' WHERE number = 3",
        "UPDATE runs SET params = '{' WHERE number = 3",
        "UPDATE runs SET params = '[]' WHERE number = 3",
        "UPDATE runs SET summary = CAST(X'ff' AS TEXT) WHERE number = 3",
        "UPDATE runs SET started_at = 1e300 WHERE number = 3",
        "UPDATE runs SET value = 'x' WHERE number = 3",
        "UPDATE runs SET attempt = 4611686018427387904 WHERE number = 3",
        "UPDATE sweeps SET config = 'null'",
        "UPDATE sweeps SET state = X'ff'",
        "DROP TABLE runs",
    ],
)
def test_a_value_that_no_version_has_written_is_damage(
    database: Path, call: Call, change: str
) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(change)

    assert is_told(call("sweep runs s1"))


@pytest.mark.parametrize("command", [*LOOKS, "--pause s1", "sweep.yaml"])
def test_a_database_that_was_cut_off_is_told(database: Path, call: Call, command: str) -> None:
    database.write_bytes(database.read_bytes()[:5000])
    assert is_told(call(f"sweep {command}"))


@pytest.mark.parametrize("command", [*LOOKS, "--pause s1", "sweep.yaml"])
def test_an_emptied_database_is_told_where_runs_are(
    database: Path, call: Call, command: str
) -> None:
    sweep = database.parent / "someone" / "things" / "s1"
    (sweep / "runs" / "s1r1").mkdir(parents=True)
    (sweep / "sweep.yaml").touch()
    database.write_bytes(b"")

    found = call(f"sweep {command}")

    assert found.code == 1
    assert "though there are runs of someone/things/s1 beside it" in found.err.splitlines()[-1]
    assert database.read_bytes() == b""
