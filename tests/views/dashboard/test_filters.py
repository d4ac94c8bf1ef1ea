"""Filters of runs on the server and in an exported page: one table of cases is run on both."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sweepcli.errors import UsageError
from sweepcli.records import JSON, Run, RunState
from sweepcli.views import columns

TABLE = json.loads((Path(__file__).parent / "filters.json").read_text("utf-8"))


def number(value: JSON) -> JSON:
    """Return a number that JSON has no other word for."""
    return float(value) if value in ("NaN", "Infinity", "-Infinity") else value


def run_of(row: dict[str, JSON]) -> Run:
    fields = {name: value for name, value in row.items() if name in Run._fields}
    said = ("name", "notes", "code", "code_after", "environment")
    fields |= {name: row[f"run.{name}"] for name in said}
    fields["tags"] = tuple(row["run.tags"] or ())
    summary = {name: number(value) for name, value in row["summary"].items()}
    own = {"sweep_id": "s1", "key": str(row["number"]), "value_step": row["step"]}
    return Run(**{**fields, **own, "summary": summary, "state": RunState(row["state"])})


RUNS = [run_of(row) for row in TABLE["runs"]]
NAMES = columns.names_of(RUNS)
NAMES.params.update(dict.fromkeys(TABLE["parameters"]))
NAMES.summary.update(dict.fromkeys(TABLE["metrics"]))


@pytest.mark.parametrize(("text", "expected"), TABLE["cases"], ids=[c[0] for c in TABLE["cases"]])
def test_a_filter_matches_or_says_why_not(text: str, expected: list[int] | str) -> None:
    if isinstance(expected, str):
        with pytest.raises(UsageError) as caught:
            columns.condition(text, NAMES)
        assert expected in str(caught.value)
    else:
        holds = columns.condition(text, NAMES)
        assert [run.number for run in RUNS if holds(run)] == expected
