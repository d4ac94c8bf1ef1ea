"""Copies a sweep, with everything that belongs to it, from one database into another.

Tables are copied by the names of their columns; a test compares these with what a database has.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.errors import StoreError, WrongState
from sweepcli.records import Agent, Attempt, Run, Sweep
from sweepcli.stores.database import nothing
from sweepcli.stores.sql import insert, marks, row_of, run_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sweepcli.records import JSON
    from sweepcli.stores import Store
    from sweepcli.stores.database import Database

PAGE = 1000  # rows in memory at a time


class Table(NamedTuple):
    """Which rows of a table belong to a sweep or a run, and in what order they are read."""

    name: str
    columns: tuple[str, ...]
    belongs: str  # a condition, whose only value is the id of the sweep or run
    key: tuple[str, ...]  # orders the rows of a sweep or run
    start: tuple[JSON, ...]  # comes before all keys
    at_once: int = PAGE  # rows in memory

    @property
    def page(self) -> str:
        """The query for the rows after a key."""
        key = ", ".join(self.key)
        return f"""SELECT {", ".join(self.columns)} FROM {self.name} WHERE {self.belongs}
            AND ({key}) > ({marks(self.key)}) ORDER BY {key} LIMIT {self.at_once}"""  # noqa: S608 -- constants

    @property
    def insertion(self) -> str:
        """The statement that adds a row."""
        return insert(self.name, self.columns)


SWEEPS = Table("sweeps", Sweep._fields, belongs="id = ?", key=("id",), start=("",))
AGENTS = Table(
    "agents",
    Agent._fields,
    belongs="""id IN (
        WITH theirs AS (SELECT id, agent_id FROM runs WHERE sweep_id = ?)
        SELECT agent_id FROM theirs WHERE agent_id IS NOT NULL
        UNION SELECT attempts.agent_id FROM attempts JOIN theirs ON theirs.id = run_id)""",
    key=("id",),
    start=("",),
)
RUNS = Table(
    "runs",
    (*Run._fields, "retry_from"),
    belongs="sweep_id = ?",
    key=("number",),
    start=(0,),
)
ATTEMPTS = Table(
    "attempts",
    tuple(name for name in Attempt._fields if name != "host"),  # which is its agent's
    belongs="run_id = ?",
    key=("attempt",),
    start=(0,),
)
HISTORY = Table(
    "history",
    ("run_id", "attempt", "line", "step", "timestamp", "row"),
    belongs="run_id = ?",
    key=("attempt", "line"),
    start=(0, -1),
)
SNAPSHOTS = Table(
    "snapshots",
    ("sweep_id", "part", "content"),
    belongs="sweep_id = ?",
    key=("part",),
    start=(-1,),
    at_once=1,  # a row is large
)
OF_A_RUN = (ATTEMPTS, HISTORY)
TABLES = (SWEEPS, SNAPSHOTS, AGENTS, RUNS, *OF_A_RUN)
AT_WORK = "SELECT 1 FROM runs WHERE sweep_id = ? AND state = 'running' LIMIT 1"


class Amount(NamedTuple):
    """How much was copied."""

    runs: int
    rows: int  # of history


def copy_sweep(
    source: Store, target: Store, sweep: Sweep, *, also: Callable[[], None] = nothing
) -> Amount | None:
    """Copy a sweep, in the state that `sweep` has, in one transaction of the target.

    None if the target has a sweep with its id. Agents are copied as ended: those that are
    running use the source alone. Raises WrongState if an agent is running one of its runs.
    `also` may add to the target in the same transaction.
    """
    here, there = source.database, target.database
    with there.transaction():
        if target.has_sweep(sweep.id):
            return None
        with here.snapshot():
            for row in _rows(here, SWEEPS, sweep.id):
                values = dict(zip(SWEEPS.columns, row, strict=True))
                there.change(SWEEPS.insertion, tuple({**values, "state": sweep.state}.values()))
            for row in _rows(here, SNAPSHOTS, sweep.id):
                there.change(SNAPSHOTS.insertion, row)
            _add(there, f"{AGENTS.insertion} ON CONFLICT (id) DO NOTHING", _agents(here, sweep.id))
            copied = _copy_runs(here, there, sweep.id)
        also()
        # Where claims do not wait for each other, one may have begun before the sweep was paused.
        if here.rows(AT_WORK, (sweep.id,)):
            raise WrongState(
                f"an agent has claimed a run of {sweep.path} in the meantime; copy it again"
            )
        return copied


def fill_in(
    source: Store, target: Store, sweep_id: str, lost: Callable[[str, object], None]
) -> Amount:
    """Copy the runs of a sweep that the target lacks: one whose id, number and key are new there.

    Each is copied in a transaction. `lost` is called with the id of one that cannot be, and why.
    """
    here, there = source.database, target.database
    known = there.rows("SELECT id, number, key FROM runs WHERE sweep_id = ?", (sweep_id,))
    taken = {value for row in known for value in zip(("id", "number", "key"), row, strict=True)}
    agents = {row[0]: row for row in _agents(here, sweep_id)}
    runs = rows = 0
    for row in _rows(here, RUNS, sweep_id):
        values = dict(zip(RUNS.columns, row, strict=True))
        if any((name, values[name]) in taken for name in ("id", "number", "key")):
            continue
        try:
            run_of(row[: len(Run._fields)])
            with there.transaction():
                rows += _fill_in_run(here, there, row, agents)
        except (StoreError, TypeError, ValueError) as error:
            lost(values["id"], error)
        else:
            runs += 1
    return Amount(runs, rows)


def _fill_in_run(
    here: Database, there: Database, row: tuple[JSON, ...], agents: dict[str, tuple[JSON, ...]]
) -> int:
    """Copy a run with its agents, attempts and history; return how many rows of history."""
    run_id = row[0]
    attempts = list(_rows(here, ATTEMPTS, run_id))
    theirs = {row[RUNS.columns.index("agent_id")]}
    theirs |= {attempt[ATTEMPTS.columns.index("agent_id")] for attempt in attempts}
    _add(there, f"{AGENTS.insertion} ON CONFLICT (id) DO NOTHING", [agents[a] for a in theirs if a])
    there.change(RUNS.insertion, row)
    _add(there, ATTEMPTS.insertion, attempts)
    history = (line for line in _rows(here, HISTORY, run_id) if row_of(line[2:]))
    return _add(there, HISTORY.insertion, history)


def _agents(source: Database, sweep_id: str) -> Iterator[tuple[JSON, ...]]:
    for row in _rows(source, AGENTS, sweep_id):
        values = dict(zip(AGENTS.columns, row, strict=True))
        if values["ended_at"] is None:
            values["ended_at"] = values["heartbeat_at"]
        yield tuple(values.values())


def _copy_runs(source: Database, target: Database, sweep_id: str) -> Amount:
    runs = rows = 0
    for page in _batches(_rows(source, RUNS, sweep_id)):
        runs += _add(target, RUNS.insertion, page)
        started = [row[0] for row in page if row[RUNS.columns.index("attempt")]]
        for table in OF_A_RUN:
            found = (row for run_id in started for row in _rows(source, table, run_id))
            added = _add(target, table.insertion, found)
            rows += added if table is HISTORY else 0
    return Amount(runs, rows)


def _rows(source: Database, table: Table, owner: str) -> Iterator[tuple[JSON, ...]]:
    """Yield the rows of a sweep or a run, a page in memory at a time."""
    places = [table.columns.index(name) for name in table.key]
    last = table.start
    while page := source.rows(table.page, (owner, *last)):
        yield from page
        if len(page) < table.at_once:
            return
        last = tuple(page[-1][place] for place in places)


def _add(target: Database, sql: str, rows: Iterable[tuple[JSON, ...]]) -> int:
    """Add rows, a batch at a time; return how many."""
    count = 0
    for batch in _batches(rows):
        target.change_many(sql, batch)
        count += len(batch)
    return count


def _batches(rows: Iterable[tuple[JSON, ...]]) -> Iterator[list[tuple[JSON, ...]]]:
    left = iter(rows)
    while batch := list(islice(left, PAGE)):
        yield batch
