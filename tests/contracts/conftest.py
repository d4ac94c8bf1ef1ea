from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pooler import TRANSACTION, Pooler, pooling
from postgres_server import Server
from sweepcli import stores
from sweepcli.stores import Store

POOLED = "pooled"  # PostgreSQL, behind a pooler


@pytest.fixture(scope="session")
def pooler(postgres: Server) -> Iterator[Pooler]:
    with pooling(postgres, TRANSACTION) as found:
        yield found


@pytest.fixture(params=[*stores.STORES, pytest.param(POOLED, marks=pytest.mark.slow)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return where there is no store of a kind yet."""
    if request.param == stores.DIRECTORY:
        yield str(tmp_path)
    elif request.param == POOLED:
        pooler: Pooler = request.getfixturevalue("pooler")
        with pooler.new_database() as url:
            yield url
    else:
        server: Server = request.getfixturevalue("postgres")
        yield server.new_database()


@pytest.fixture
def empty(address: str) -> Iterator[Store]:
    store = stores.open_store(address)
    yield store
    store.close()
