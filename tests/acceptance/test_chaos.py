from __future__ import annotations

from pathlib import Path

import pytest

from chaos import Chaos
from postgres_server import running


@pytest.mark.slow
def test_whatever_is_killed_every_configuration_is_finished_once(tmp_path: Path) -> None:
    figures = Chaos(tmp_path, seed=1, agents=6, cells=60, kills=25).play()

    assert figures.faults == []
    assert figures.kills.total() >= 25
    assert figures.kills["agent"] >= 5


@pytest.mark.slow
def test_it_is_so_too_where_agents_meet_at_a_server_that_is_killed_as_well(tmp_path: Path) -> None:
    with running() as server:
        figures = Chaos(tmp_path, seed=2, agents=4, cells=45, kills=20, server=server).play()

    assert figures.faults == []
    assert figures.kills["server"] == 2
    assert figures.kills.total() >= 20
