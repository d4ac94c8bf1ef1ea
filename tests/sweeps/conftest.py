"""What tests of sweeps share."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from support import a_sweep, an_agent
from sweepcli.stores import Store, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with a sweep and an agent."""
    with closing(open_store(str(tmp_path))) as opened:
        opened.add_sweep(a_sweep())
        opened.add_agent(an_agent())
        yield opened
