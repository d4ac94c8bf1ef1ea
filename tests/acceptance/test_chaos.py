from __future__ import annotations

from pathlib import Path

import pytest

from chaos import WARDEN, Chaos
from postgres_server import running
from support import WAITS, at_work, go_on, grid, shell


def wardens_of(agent_pid: int) -> list[int]:
    """Return the wardens that an agent has started."""
    children = Path(f"/proc/{agent_pid}/task/{agent_pid}/children").read_text().split()
    return [int(pid) for pid in children if WARDEN in Path(f"/proc/{pid}/cmdline").read_bytes()]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are found in /proc")
def test_the_wardens_of_other_people_s_agents_are_neither_killed_nor_counted(
    tmp_path: Path,
) -> None:
    with at_work(tmp_path, grid(1, shell(WAITS))) as (_, agent):
        before = wardens_of(agent.process.pid)
        figures = Chaos(tmp_path, seed=1, agents=1, cells=3, kills=0).play()

        assert figures.faults == []
        assert len(before) == 1
        assert wardens_of(agent.process.pid) == before
        go_on()
        assert agent.end() == 0


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
