"""From rows of the database to records: the columns that are read, and in which order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sweepcli.errors import ConfigError
from sweepcli.records import Row, Run, RunState, Sweep, SweepState
from sweepcli.sweep_config.parse import parse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

    from sweepcli.records import JSON, SweepConfig

SWEEP = "SELECT id, entity, project, state, config, created_at, name FROM sweeps"
RUN_COLUMNS = """id, sweep_id, number, key, state, params, attempt, agent_id, created_at,
    started_at, ended_at, exit_code, reason, summary, value, value_step,
    worst, latest, search_info"""
RUN = f"SELECT {RUN_COLUMNS} FROM runs"  # noqa: S608 -- constants
RUN_WIDTH = 19
LOGGED_COLUMNS = "line, step, timestamp, row"
AGENT_COLUMNS = "id, host, pid, started_at, heartbeat_at, ended_at, pid_started, place"


def sweep_of(row: tuple[JSON, ...]) -> Sweep:
    """Return the sweep of a row of SWEEP."""
    sweep_id, entity, project, state, config, created_at, name = row
    path = f"{entity}/{project}/{sweep_id}"
    return Sweep(
        *(sweep_id, entity, project, SweepState(state)),
        *(_config_of(json.loads(config), path), created_at, name),
    )


def _config_of(raw: dict[str, JSON], path: str) -> SweepConfig:
    """Parse a stored config, which takes microseconds.

    One that this version cannot read does not get in the way of listing sweeps, of copying
    this one, or of a change of its state.
    """
    try:
        return parse(raw)
    except (ConfigError, LookupError, TypeError, ValueError) as error:
        return UnreadableConfig(raw, path, error)  # type: ignore[return-value]  # stands in for one


class UnreadableConfig:
    """Stands in for a stored config that cannot be read: raises where its meaning is asked for."""

    def __init__(self, raw: dict[str, JSON], path: str, error: Exception) -> None:
        self.raw = raw
        self._error = ConfigError(
            f"sweep {path}: this version of sweepcli cannot read its config ({error}); upgrade"
        )

    def __getattr__(self, name: str) -> NoReturn:
        raise self._error


def run_of(row: tuple[JSON, ...]) -> Run:
    """Return the run of a row of RUN_COLUMNS."""
    values = list(row)
    values[4] = RunState(row[4])
    values[5] = json.loads(row[5])
    values[13] = json.loads(row[13])
    values[18] = row[18] and json.loads(row[18])
    return Run(*values)


def logged_of(row: Sequence[JSON]) -> Row:
    """Return the logged row of a row of LOGGED_COLUMNS."""
    line, step, at, values = row
    return Row(line, step, at, json.loads(values))
