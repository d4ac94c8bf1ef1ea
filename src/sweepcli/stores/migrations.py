"""The schema of the database, as named steps that each run once, in one transaction.

A step is never changed after a release: a new one is added below it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sweepcli.errors import StoreError, StoreOlder

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from sweepcli.stores.database import Database

    Steps = Mapping[str, tuple[str, ...]]

# Exactly-once is stated here: UNIQUE (sweep_id, key) makes one configuration one run, and
# UNIQUE (sweep_id, number) makes a cap on the number of runs hold for any number of writers.
M001_FIRST_SCHEMA = (
    """
    CREATE TABLE sweeps (
        id         TEXT PRIMARY KEY,
        entity     TEXT NOT NULL,
        project    TEXT NOT NULL,
        name       TEXT,
        state      TEXT NOT NULL
                   CHECK (state IN ('pending', 'running', 'paused', 'finished', 'canceled')),
        config     TEXT NOT NULL,
        created_at REAL NOT NULL
    )
    """,
    """
    CREATE TABLE agents (
        id           TEXT PRIMARY KEY,
        host         TEXT NOT NULL,
        pid          INTEGER NOT NULL,
        started_at   REAL NOT NULL,
        heartbeat_at REAL NOT NULL,
        ended_at     REAL,
        pid_started  INTEGER
    )
    """,
    """
    CREATE TABLE runs (
        id         TEXT PRIMARY KEY,
        sweep_id   TEXT NOT NULL REFERENCES sweeps (id) ON DELETE CASCADE,
        number     INTEGER NOT NULL CHECK (number >= 1),
        key        TEXT NOT NULL,
        state      TEXT NOT NULL
                   CHECK (state IN ('pending', 'running', 'finished', 'failed', 'crashed',
                                    'killed', 'stopped', 'preempted')),
        params     TEXT NOT NULL,
        attempt    INTEGER NOT NULL DEFAULT 0,
        agent_id   TEXT REFERENCES agents (id),
        created_at REAL NOT NULL,
        started_at REAL,
        ended_at   REAL,
        exit_code  INTEGER,
        reason     TEXT,
        summary    TEXT NOT NULL DEFAULT '{}',
        value      REAL,
        value_step INTEGER,
        UNIQUE (sweep_id, key),
        UNIQUE (sweep_id, number),
        CHECK (state <> 'running' OR (agent_id IS NOT NULL AND attempt >= 1))
    )
    """,
    """
    CREATE INDEX runs_to_claim ON runs (sweep_id, number) WHERE state = 'pending'
    """,
    """
    CREATE INDEX runs_by_state ON runs (sweep_id, state)
    """,
    """
    CREATE INDEX runs_by_value ON runs (sweep_id, value) WHERE value IS NOT NULL
    """,
    """
    CREATE TABLE attempts (
        run_id     TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        attempt    INTEGER NOT NULL,
        agent_id   TEXT NOT NULL REFERENCES agents (id),
        state      TEXT NOT NULL,
        started_at REAL NOT NULL,
        ended_at   REAL,
        exit_code  INTEGER,
        reason     TEXT,
        PRIMARY KEY (run_id, attempt)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE history (
        run_id    TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        attempt   INTEGER NOT NULL,
        line      INTEGER NOT NULL,
        step      INTEGER NOT NULL,
        timestamp REAL,
        row       TEXT NOT NULL,
        PRIMARY KEY (run_id, attempt, line)
    )
    """,
)

M002_AGENTS_THAT_COME_BACK = (
    "ALTER TABLE agents ADD COLUMN place TEXT",
    "ALTER TABLE attempts ADD COLUMN output TEXT",
    # Attempts up to this one no longer count against the retries of their run.
    "ALTER TABLE runs ADD COLUMN retry_from INTEGER NOT NULL DEFAULT 0",
    # A claim looks for three kinds of runs: an index for each skips the runs of the others.
    "DROP INDEX runs_to_claim",
    "CREATE INDEX runs_to_resume ON runs (sweep_id, number) WHERE state = 'preempted'",
    """
    CREATE INDEX runs_to_start ON runs (sweep_id, number)
    WHERE state = 'pending' AND attempt = 0
    """,
    """
    CREATE INDEX runs_to_retry ON runs (sweep_id, number)
    WHERE state = 'pending' AND attempt > 0
    """,
)

M003_WHAT_A_SEARCH_NEEDS = (
    "ALTER TABLE runs ADD COLUMN worst REAL",
    "ALTER TABLE runs ADD COLUMN latest REAL",
    "ALTER TABLE runs ADD COLUMN search_info TEXT",
)

M004_WHY_AGENTS_ENDED = (
    "ALTER TABLE agents ADD COLUMN ended_code INTEGER",
    "ALTER TABLE agents ADD COLUMN ended_why TEXT",
    "ALTER TABLE agents ADD COLUMN sweeps TEXT",
    "CREATE INDEX agents_alive ON agents (id) WHERE ended_at IS NULL",
)

M005_WHICH_NUMBER_COUNTS = (
    "ALTER TABLE runs ADD COLUMN best REAL",
    "UPDATE runs SET best = value",
)

# `about` has what people say of a sweep or run, as JSON.
M006_NAMES_NOTES_TAGS = (
    "ALTER TABLE sweeps ADD COLUMN about TEXT",
    "ALTER TABLE runs ADD COLUMN name TEXT",
    "ALTER TABLE runs ADD COLUMN notes TEXT",
    "ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE runs ADD COLUMN about TEXT",
    "CREATE INDEX runs_with_name ON runs (name) WHERE name IS NOT NULL",
    "CREATE INDEX runs_with_about ON runs (id) WHERE about IS NOT NULL",
)

# Ids of versions of the code and of environments; what they are of is in the results directory.
# The code of frozen sweeps is here where agents do not share that directory.
M007_WHICH_CODE_RAN = (
    "ALTER TABLE sweeps ADD COLUMN code TEXT",
    *(
        f"ALTER TABLE {table} ADD COLUMN {column} TEXT"
        for table in ("runs", "attempts")
        for column in ("code", "code_after", "environment")
    ),
    """
    CREATE INDEX runs_by_code ON runs (sweep_id, code, number, code_after)
    WHERE code IS NOT NULL
    """,
    """
    CREATE TABLE snapshots (
        sweep_id TEXT NOT NULL REFERENCES sweeps (id) ON DELETE CASCADE,
        part     INTEGER NOT NULL,
        content  BLOB NOT NULL,
        PRIMARY KEY (sweep_id, part)
    )
    """,
)

MIGRATIONS: dict[str, tuple[str, ...]] = {
    "001_first_schema": M001_FIRST_SCHEMA,
    "002_agents_that_come_back": M002_AGENTS_THAT_COME_BACK,
    "003_what_a_search_needs": M003_WHAT_A_SEARCH_NEEDS,
    "004_why_agents_ended": M004_WHY_AGENTS_ENDED,
    "005_which_number_counts": M005_WHICH_NUMBER_COUNTS,
    "006_names_notes_tags": M006_NAMES_NOTES_TAGS,
    "007_which_code_ran": M007_WHICH_CODE_RAN,
}
TABLE = "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, at REAL)"


def missing(path: str, done: Collection[str], steps: Steps | None = None) -> list[str]:
    """Return the steps that a database has not had; raise StoreError if it is ahead of us."""
    steps = MIGRATIONS if steps is None else steps
    unknown = sorted(set(done) - set(steps))
    if unknown:
        raise StoreError(
            f"{path}: made by a newer version of sweepcli (it has {unknown[-1]}); upgrade"
        )
    return [name for name in steps if name not in done]


def done(database: Database) -> set[str]:
    """Return the steps that a database of SQLite has had."""
    if not database.rows("SELECT 1 FROM sqlite_master WHERE name = 'migrations'"):
        return set()
    return {name for (name,) in database.rows("SELECT name FROM migrations")}


def has_sweeps(database: Database) -> bool:
    """Return whether a database of SQLite has any sweep."""
    table = "SELECT 1 FROM sqlite_master WHERE name = 'sweeps'"
    return bool(database.rows(table) and database.rows("SELECT 1 FROM sweeps LIMIT 1"))


def refuse_others(path: str, done: Collection[str]) -> None:
    """Raise an error for whoever looks at a database that is not of this version."""
    if older := missing(path, done):
        raise StoreOlder(
            f"{path}: made by an older version of sweepcli (it lacks {older[0]}), and looking "
            "changes nothing. The next agent, or a command that changes a sweep, brings it up to "
            "date; to look without that, use the version that made it"
        )


def run(
    database: Database,
    done: Collection[str],
    steps: Steps | None = None,
    *,
    typed: Callable[[str], str] = str,
) -> None:
    """Run the steps that are missing, inside a transaction; `typed` puts in its types."""
    steps = MIGRATIONS if steps is None else steps
    database.change(typed(TABLE))
    for name in missing(database.path, done, steps):
        for statement in steps[name]:
            database.change(typed(statement))
        database.change("INSERT INTO migrations VALUES (?, ?)", (name, time.time()))
