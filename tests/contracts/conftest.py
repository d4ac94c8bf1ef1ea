from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sweepcli import stores

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sweepcli.stores import Store


@pytest.fixture(params=stores.STORES)
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def empty(kind: str, tmp_path: Path) -> Iterator[Store]:
    store = stores.open_store(str(tmp_path), kind=kind)
    yield store
    store.close()
