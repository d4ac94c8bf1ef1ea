"""From rows of the database to records: the columns that are read, and in which order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sweepcli.records import Row, Run, RunState, Sweep, SweepState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON

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
    return Sweep(sweep_id, entity, project, SweepState(state), json.loads(config), created_at, name)


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
