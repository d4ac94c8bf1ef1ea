"""What tests of sweeps share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from support import a_sweep, an_agent
from sweepcli.stores import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with a sweep and an agent."""
    with closing(open_store(str(tmp_path))) as opened:
        opened.add_sweep(a_sweep())
        opened.add_agent(an_agent())
        yield opened
