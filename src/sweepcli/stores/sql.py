"""Records and SQL: the columns of records, how values are stored, and the longer statements.

A record's fields are its columns, in their order. Every statement is written once for all
databases: with `?` for a value, RETURNING and ON CONFLICT. Values are never inside the text.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.errors import ConfigError
from sweepcli.records import (
    Agent,
    Attempt,
    CodeSeen,
    Ending,
    Progress,
    Row,
    Run,
    RunState,
    Sweep,
    SweepState,
)
from sweepcli.sweep_config.parse import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
    from typing import NoReturn

    from sweepcli.records import JSON, SweepConfig


def marks(values: Sized) -> str:
    """Return a question mark for each of some values."""
    return ", ".join("?" * len(values))


def insert(table: str, columns: Sequence[str]) -> str:
    """Return the statement that adds a row to a table."""
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks(columns)})"  # noqa: S608 -- constants


RUN_COLUMNS = ", ".join(Run._fields)
AGENT_COLUMNS = ", ".join(Agent._fields)
ROW_COLUMNS = "line, step, timestamp, row"
RUN = f"SELECT {RUN_COLUMNS} FROM runs"  # noqa: S608 -- constants
SWEEP = f"SELECT {', '.join(Sweep._fields)} FROM sweeps"  # noqa: S608 -- constants
SEEN = ", ".join(f"{name} = ?" for name in CodeSeen._fields)
# First what was taken from its agent, then what is new, then what failed and is tried again:
# later, and by another agent if there is one, a retry has the better chance. The braces are for
# how a database skips the rows that others have locked.
CLAIM = f"""
    UPDATE runs SET state = 'running', attempt = attempt + 1, agent_id = ?, started_at = ?,
        ended_at = NULL, exit_code = NULL, reason = NULL, {SEEN}
    WHERE id = COALESCE(
            (SELECT id FROM runs WHERE sweep_id = ? AND state = 'preempted'
             ORDER BY number LIMIT 1 {{skip_locked}}),
            (SELECT id FROM runs WHERE sweep_id = ? AND state = 'pending' AND attempt = 0
             ORDER BY number LIMIT 1 {{skip_locked}}),
            (SELECT id FROM runs WHERE sweep_id = ? AND state = 'pending' AND attempt > 0
             ORDER BY number LIMIT 1 {{skip_locked}}))
        AND state IN ('preempted', 'pending')
        AND EXISTS (SELECT 1 FROM sweeps WHERE id = ? AND state IN ('pending', 'running'))
    RETURNING {RUN_COLUMNS}"""  # noqa: S608 -- constants
# The number is the next one; a key that is taken, or a full cap, adds nothing. MAX has a scalar
# subquery of its own: one look at the index, where a join would read every run.
SUGGEST = """
    INSERT INTO runs (id, sweep_id, number, key, state, params, search_info, created_at)
    SELECT ?, ?, last + 1, ?, 'pending', ?, ?, ?
    FROM (SELECT (SELECT COALESCE(MAX(number), 0) FROM runs WHERE sweep_id = ?) AS last) AS numbers
    WHERE last < ?
    ON CONFLICT (sweep_id, key) DO NOTHING"""
ADD_ROW = f"""
    INSERT INTO history (run_id, attempt, {ROW_COLUMNS})
    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"""  # noqa: S608 -- constants
# Both change a run only while this attempt has it.
SHOWN = ", ".join(f"{name} = ?" for name in Progress._fields)
PROGRESS = f"UPDATE runs SET {SHOWN} WHERE id = ? AND attempt = ? AND state = 'running'"  # noqa: S608 -- constants
END_RUN = f"""
    UPDATE runs SET state = ?, ended_at = ?, exit_code = ?, reason = ?, {SHOWN}, {SEEN}
    WHERE id = ? AND attempt = ? AND state = 'running'"""  # noqa: S608 -- constants
# An attempt has a row of its own once it has ended, and keeps the first end that is reported.
# Earlier versions made the row at the start.
END_ATTEMPT = f"""
    INSERT INTO attempts (run_id, attempt, agent_id, started_at, state, ended_at, exit_code,
        reason, output, {", ".join(CodeSeen._fields)})
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, {marks(CodeSeen._fields)})
    ON CONFLICT (run_id, attempt) DO UPDATE SET state = excluded.state,
        ended_at = excluded.ended_at, exit_code = excluded.exit_code, reason = excluded.reason,
        output = excluded.output
    WHERE attempts.state = 'running'"""  # noqa: S608 -- constants
RETRY = """
    UPDATE runs SET state = 'pending', retry_from = attempt WHERE id = ? AND state = ?"""
# A run that has failed under another agent too has itself to blame, and stays as it is.
GIVE_BACK = """
    UPDATE runs SET state = 'pending'
    WHERE id = ? AND attempt = ? AND state IN ('failed', 'crashed')
        AND NOT EXISTS (SELECT 1 FROM attempts WHERE run_id = runs.id
                        AND agent_id <> runs.agent_id AND state IN ('failed', 'crashed'))
        AND EXISTS (SELECT 1 FROM sweeps WHERE id = runs.sweep_id
                    AND state IN ('pending', 'running', 'paused'))"""
# An attempt that has not ended is known by its run alone; earlier versions had a row of it, too.
ATTEMPTS = """
    SELECT run_id, attempt, agent_id, state, attempts.started_at, attempts.ended_at, exit_code,
        reason, output, code, code_after, environment, host
    FROM attempts JOIN agents ON agents.id = agent_id WHERE run_id = ?
    UNION ALL
    SELECT runs.id, attempt, agent_id, state, runs.started_at, NULL, NULL, NULL, NULL,
        code, code_after, environment, host
    FROM runs JOIN agents ON agents.id = agent_id
    WHERE runs.id = ? AND state = 'running' AND NOT EXISTS (
        SELECT 1 FROM attempts WHERE run_id = runs.id AND attempts.attempt = runs.attempt)
    ORDER BY attempt"""
RUNNING = f"""
    SELECT runs.*, agent.* FROM ({RUN} WHERE sweep_id = ? AND state = 'running') AS runs
    JOIN (SELECT {AGENT_COLUMNS} FROM agents) AS agent ON agent.id = runs.agent_id
    ORDER BY runs.number"""  # noqa: S608 -- constants


AS_JSON = (dict, tuple)  # kinds of fields that columns have as text
NO_TAGS = "[]"  # of most runs


def encoded(values: Iterable[JSON]) -> list[JSON]:
    """Return values of a record as columns have them."""
    return [_text_of(value) if isinstance(value, AS_JSON) else value for value in values]


def _text_of(value: JSON) -> str:
    return NO_TAGS if value == () else json.dumps(value)


# Which types the columns of a field have, by its annotation. Another type is damage, of which
# SQLite, whose columns take values of any type, knows nothing.
TYPES: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (float, int)}
TEXT: tuple[type, ...] = (str,)  # for all that is stored as text: states, JSON
LATEST = 2.5e11  # seconds since the epoch, before the year 10,000: what a date can show
MOST = 10**12  # runs, or lines
# By the ends of names: what a value is below, for it is counted up to, or shown as a date.
LIMITS = {"_at": LATEST, "number": MOST, "line": MOST, "attempt": 100_000}


def types_of(annotations: Mapping[str, object]) -> list[frozenset[type]]:
    """Return for each field of a record the types that its column may have."""
    found = []
    for annotation in annotations.values():
        kind, _, none = getattr(annotation, "__forward_arg__", str(annotation)).partition(" | ")
        found.append(frozenset((*TYPES.get(kind, TEXT), *([type(None)] if none else []))))
    return found


class _Columns:
    """The columns of a kind of record; a row that cannot be one is a ValueError."""

    def __init__(self, record: type[NamedTuple]) -> None:
        self._names = record._fields
        self._types = types_of(record.__annotations__)
        self._limits = [
            (place, limit)
            for place, name in enumerate(record._fields)
            for end, limit in LIMITS.items()
            if name.endswith(end)
        ]
        self._sound: set[tuple[type, ...]] = set()  # known to be

    def check(self, row: Sequence[JSON]) -> None:
        kinds = tuple(map(type, row))
        if kinds not in self._sound:
            for name, kind, allowed in zip(self._names, kinds, self._types, strict=False):
                if kind not in allowed:
                    raise ValueError(f"{name} is {kind.__name__}")
            self._sound.add(kinds)
        for place, limit in self._limits:
            if row[place] is not None and not 0 <= row[place] < limit:
                raise ValueError(f"{self._names[place]} is {row[place]}")


_RUN, _ROW, _SWEEP, _AGENT, _ATTEMPT, _ENDING = map(
    _Columns, (Run, Row, Sweep, Agent, Attempt, Ending)
)


def mapping_of(text: JSON) -> dict[str, JSON]:
    """Return the mapping that a column has as text."""
    found = json.loads(text)
    if not isinstance(found, dict):
        raise TypeError(f"{text[:40]!r} is no mapping")
    return found


def _maybe_mapping_of(text: JSON) -> dict[str, JSON] | None:
    return mapping_of(text) if text else None


def _tags_of(text: JSON) -> tuple[str, ...]:
    if text == NO_TAGS:
        return ()
    found = json.loads(text)
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise TypeError(f"{text[:40]!r} is no list of tags")
    return tuple(found)


# The fields of a run that its columns do not have as they are.
_DECODE: dict[str, Callable[[JSON], JSON]] = {
    "state": RunState,
    "params": mapping_of,
    "summary": mapping_of,
    "search_info": _maybe_mapping_of,
    "tags": _tags_of,
    "about": _maybe_mapping_of,
}
_DECODED = [(Run._fields.index(name), decode) for name, decode in _DECODE.items()]


def run_of(row: Iterable[JSON]) -> Run:
    """Return the run of a row of RUN_COLUMNS."""
    values = list(row)
    _RUN.check(values)
    for place, decode in _DECODED:
        values[place] = decode(values[place])
    run = Run._make(values)
    if not run.about:
        return run
    from sweepcli import about  # noqa: PLC0415 -- not for agents, unless people name runs

    return about.overruled(run)


def row_of(row: Sequence[JSON]) -> Row:
    """Return what was logged, of a row of ROW_COLUMNS."""
    _ROW.check(row)
    line, step, at, values = row
    return Row(line, step, at, mapping_of(values))


def agent_of(row: Sequence[JSON]) -> Agent:
    """Return the agent of a row of AGENT_COLUMNS."""
    _AGENT.check(row)
    return Agent._make(row)


def attempt_of(row: Sequence[JSON]) -> Attempt:
    """Return the attempt of a row of ATTEMPTS."""
    _ATTEMPT.check(row)
    attempt = Attempt._make(row)
    return attempt._replace(state=RunState(attempt.state))


def failure_of(row: Sequence[JSON]) -> tuple[str, dict[str, JSON], Ending]:
    """Return a run's id and params, and how its attempt ended."""
    run_id, params, *ended = row
    _ENDING.check(ended)
    ending = Ending._make(ended)
    return run_id, mapping_of(params), ending._replace(state=RunState(ending.state))


def count_of(row: Sequence[JSON]) -> tuple[RunState, int]:
    """Return a state of runs and how many there are, of a row with both."""
    return RunState(row[0]), int(row[1])


def sweep_of(row: Sequence[JSON]) -> Sweep:
    """Return the sweep of a row of SWEEP.

    Its config is parsed here and nowhere else, which takes microseconds. One that this version
    cannot read prevents neither a list of sweeps, nor a copy or a change of state of this one.
    """
    _SWEEP.check(row)
    sweep = Sweep._make(row)
    raw = mapping_of(sweep.config)
    config: SweepConfig
    try:
        config = parse(raw)
    except (ConfigError, LookupError, TypeError, ValueError) as error:
        config = UnreadableConfig(raw, sweep.path, error)  # type: ignore[assignment]  # acts as one
    said = _maybe_mapping_of(sweep.about)
    name = said["name"] if said and "name" in said else sweep.name
    return sweep._replace(state=SweepState(sweep.state), config=config, name=name, about=said)


def well_formed(value: JSON) -> JSON:
    """Return a value as any database takes it: half characters of its text are replaced."""
    if not isinstance(value, str) or value.isascii():
        return value
    return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


class UnreadableConfig:
    """Acts as a config that cannot be read: raises when anything but `raw` is asked for."""

    def __init__(self, raw: dict[str, JSON], path: str, error: Exception) -> None:
        self.raw = raw
        self._error = ConfigError(
            f"sweep {path}: this version of sweepcli cannot read its config ({error}); upgrade"
        )

    def __getattr__(self, name: str) -> NoReturn:
        raise self._error
