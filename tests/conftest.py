"""What every test may rely on: no variable that we read or set, and a directory of its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

import postgres_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

OTHERS = ("PYTHONUNBUFFERED", "COLUMNS", "LINES")  # the last two: of whoever runs the tests


@pytest.fixture(autouse=True)
def clean_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("SWEEPCLI_", "WANDB_", "PG")) or name in OTHERS:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgres_server.Server]:
    """A server for all tests, each of which makes databases of its own in it."""
    with postgres_server.running() as server:
        yield server
