"""The form that PostgreSQL gets of SQL that is written for all databases."""

from __future__ import annotations

import pytest

from sweepcli.stores import sql
from sweepcli.stores.postgres_sql import STEPS, is_of_rows, marked, of_rows


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("SELECT runs.id FROM runs", "SELECT runs.id FROM sweepcli.runs"),
        ("FROM runs\n JOIN agents ON agents.id = agent_id", "JOIN sweepcli.agents ON agents.id"),
        ("FROM (SELECT id FROM\n    runs) AS runs", "(SELECT id FROM sweepcli.runs) AS runs"),
        (
            "UPDATE runs SET state = ? WHERE key LIKE 'a%'",
            "runs SET state = %s WHERE key LIKE 'a%%",
        ),
        ("FOR UPDATE SKIP LOCKED", "FOR UPDATE SKIP LOCKED"),
        ("INSERT INTO runs VALUES (?) ON CONFLICT DO UPDATE SET a = 1", "DO UPDATE SET a = 1"),
        ("x TEXT REFERENCES agents (id)", "x TEXT REFERENCES sweepcli.agents (id)"),
        ("CREATE INDEX runs_to_claim ON runs (id)", "INDEX runs_to_claim ON sweepcli.runs (id)"),
        ("DROP INDEX runs_to_claim", "DROP INDEX sweepcli.runs_to_claim"),
        ("CREATE TABLE IF NOT EXISTS migrations (a)", "IF NOT EXISTS sweepcli.migrations (a)"),
        ("WHERE NOT EXISTS (SELECT 1 FROM turns)", "EXISTS (SELECT 1 FROM sweepcli.turns)"),
    ],
)
def test_names_of_ours_have_their_schema_before_them(text: str, ours: str) -> None:
    assert ours in marked(text)


def test_a_step_of_the_schema_makes_nothing_outside_of_ours() -> None:
    made = [text for step in STEPS.values() for text in step if "CREATE TABLE" in text]
    assert len(made) >= 5
    assert all("CREATE TABLE sweepcli." in marked(text) for text in made)


def test_rows_of_values_are_one_statement() -> None:
    assert is_of_rows(sql.ADD_ROW)
    assert not is_of_rows(sql.SUGGEST)
    found = of_rows("INSERT INTO runs (a, b) VALUES (?, ?) ON CONFLICT DO NOTHING", 2)
    assert (
        found == "INSERT INTO sweepcli.runs (a, b) VALUES (%s, %s), (%s, %s) ON CONFLICT DO NOTHING"
    )
