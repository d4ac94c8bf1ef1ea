from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from postgres_server import Server
from sweepcli import stores
from sweepcli.stores import Store


@pytest.fixture(params=stores.STORES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return where there is no store of a kind yet."""
    if request.param == stores.DIRECTORY:
        return str(tmp_path)
    server: Server = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def empty(address: str) -> Iterator[Store]:
    store = stores.open_store(address)
    yield store
    store.close()
