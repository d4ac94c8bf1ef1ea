from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chaos import Chaos

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_whatever_is_killed_every_configuration_is_finished_once(tmp_path: Path) -> None:
    figures = Chaos(tmp_path, seed=1, agents=6, cells=60, kills=25).play()

    assert figures.faults == []
    assert figures.kills.total() >= 25
    assert figures.kills["agent"] >= 5
