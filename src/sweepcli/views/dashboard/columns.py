"""Runs as columns: for the page, which draws thousands of them, the shortest JSON there is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sweepcli import values as dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sweepcli.records import JSON, Run
    from sweepcli.views.dashboard.changes import Changed

FIELDS = (
    *("number", "id", "state", "attempt", "created_at", "started_at", "ended_at", "exit_code"),
    *("reason", "value", "latest"),
)
LONGEST_TEXT = 300  # characters of a value; the page of a run has the rest


def payload(changed: Changed) -> dict[str, JSON]:
    """Return what has changed as the page reads it."""
    return {
        "cursor": changed.cursor,
        "full": changed.is_full,
        "columns": of_runs(changed.runs),
    }


def of_runs(runs: Sequence[Run]) -> dict[str, JSON]:
    """Return runs as columns of equal length: fields, and by name their params and summaries."""
    return {
        **{name: [getattr(run, name) for run in runs] for name in FIELDS},
        "step": [run.value_step for run in runs],
        "params": _named(len(runs), (dotted.leaves(run.params) for run in runs)),
        "summary": _named(len(runs), (run.summary.items() for run in runs)),
    }


def _named(count: int, rows: Iterable[Iterable[tuple[str, JSON]]]) -> Mapping[str, list[JSON]]:
    columns: dict[str, list[JSON]] = {}
    for place, row in enumerate(rows):
        for name, value in row:
            column = columns.get(name)
            if column is None:
                column = columns[name] = [None] * count
            column[place] = _short(value)
    return columns


def _short(value: JSON) -> JSON:
    if isinstance(value, (dict, list)):
        value = json.dumps(value)
    return value[:LONGEST_TEXT] if isinstance(value, str) else value
