"""The page of a database server."""

from __future__ import annotations

from pathlib import Path

import psycopg

import filled_store as filled
from postgres_server import Server
from served_page import serving
from support import until


def test_the_page_is_of_the_database_wherever_the_folders_are(
    tmp_path: Path, postgres: Server
) -> None:
    url = postgres.new_database()
    filled.fill(url, 100)

    with serving(str(tmp_path / "none"), "--store", url) as served:
        [sweep] = served.ask("/api/sweeps").json["sweeps"]
        runs = served.ask("/api/sweeps/s1/runs").json
        stopped = served.change("s1", "stop").json

    assert sweep["states"] == {"failed": 4, "finished": 96}
    assert len(runs["columns"]["number"]) == 100
    assert (stopped["before"], stopped["state"]) == ("running", "finished")


def test_the_page_keeps_few_connections_and_survives_their_end(
    tmp_path: Path, postgres: Server
) -> None:
    url = postgres.new_database()
    filled.fill(url, 10)

    with (
        serving(str(tmp_path / "none"), "--store", url) as served,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        others = (
            "FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        for _ in range(10):
            assert served.ask("/api/sweeps").status == 200
        [(count,)] = connection.execute(f"SELECT COUNT(*) {others}".encode()).fetchall()
        connection.execute(f"SELECT pg_terminate_backend(pid) {others}".encode())
        until(lambda: served.ask("/api/sweeps").status == 200)

    assert count == 1
