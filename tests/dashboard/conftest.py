from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import filled_store as filled
from served_page import Served, serving

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a sweep of 100 runs."""
    results = str(tmp_path_factory.mktemp("served") / "results of mine")
    filled.fill(results, 100)
    with serving(results) as server:
        yield server
