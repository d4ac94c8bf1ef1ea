"""Agents whose files are removed or moved: what becomes of their runs, and how they end."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path

import pytest

from support import WAITS, agents, at_work, go_on, grid, place, shell, until
from sweepcli.agents.loop import run_agent
from sweepcli.agents.options import AgentOptions
from sweepcli.errors import UnknownSweep
from sweepcli.records import RunState

LOGS = 'exec 9>>"$SWEEPCLI_EVENTS"; ' + WAITS + "echo '{\"loss\": 1}' >&9"


@pytest.fixture(autouse=True)
def beats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWEEPCLI_HEARTBEAT", "0.1")


def record(results: Path, run_id: str) -> dict[str, object]:
    folder = results / "someone" / "things" / "s1" / "runs" / run_id / "1"
    found: dict[str, object] = json.loads((folder / "command.json").read_text())
    return found


def test_the_end_of_a_run_without_its_database_is_recorded_beside_it(tmp_path: Path) -> None:
    with at_work(tmp_path, grid(3, shell(LOGS))) as (here, agent):
        run_id = here.store.runs("s1")[0].id
        Path(here.results, "sweeps.db").unlink()
        until(agent.log)
        go_on()

        assert agent.end() == 1
        assert "sweeps.db was removed" in agent.log()[0]
        assert "`sweep repair" in agent.log()[0]
        ended = record(Path(here.results), run_id)["ended"]
        assert isinstance(ended, dict)
        assert (ended["state"], ended["then"]) == ("finished", "finished")


@pytest.mark.parametrize("words", [("-j=2", "1"), ("-j=1",)])
def test_an_agent_that_was_to_end_well_does_not_hide_the_loss(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    with at_work(tmp_path, grid(3, shell(LOGS)), *words) as (here, agent):
        if words == ("-j=1",):
            agent.send(signal.SIGUSR2)
        Path(here.results, "sweeps.db").unlink()
        go_on()

        assert agent.end() == 1
        assert any("sweeps.db was removed" in line for line in agent.log())


def test_an_agent_that_waits_for_others_ends_too_when_the_database_is_gone(tmp_path: Path) -> None:
    with at_work(tmp_path, grid(1, shell(LOGS))) as (here, agent):
        with agents(here.results, "s1", "waits=true") as waiting:
            until(waiting.has_signed_on)
            Path(here.results, "sweeps.db").unlink()

            assert waiting.end() == 1
        go_on()
        assert agent.end() == 1


def test_a_run_is_read_where_its_directory_was_moved(tmp_path: Path) -> None:
    with at_work(tmp_path, grid(2, shell(LOGS))) as (here, agent):
        run_id = here.store.runs("s1")[0].id
        moved = Path(here.results).rename(tmp_path / "moved")
        until(agent.log)
        go_on()

        assert agent.end() == 1
        assert not os.path.exists(here.results)  # nothing is made anew there
        with agents(str(moved), "s1") as next_agent:
            assert next_agent.end() == 0
        assert here.states() == [RunState.FINISHED] * 2
        assert [row.values for row in here.store.history(run_id, 1)] == [{"loss": 1}]
        assert len(here.store.attempts(run_id)) == 1


def test_a_run_that_fails_since_its_directory_was_moved_is_tried_again(tmp_path: Path) -> None:
    script = WAITS + "echo '{}' >>$SWEEPCLI_EVENTS || exit 3"
    with at_work(tmp_path, grid(1, shell(script))) as (here, agent):
        moved = Path(here.results).rename(tmp_path / "moved")
        until(agent.log)
        go_on()

        assert agent.end() == 1
        with agents(str(moved), "s1") as next_agent:
            assert next_agent.end() == 0
        assert here.states() == [RunState.FINISHED]
        states = [each.state for each in here.store.attempts(here.store.runs("s1")[0].id)]
        assert states == [RunState.PREEMPTED, RunState.FINISHED]


def test_without_its_lock_an_agent_records_its_runs_and_takes_no_more(tmp_path: Path) -> None:
    with at_work(tmp_path, grid(2, shell(LOGS))) as (here, agent):
        Path(here.results, "sweeps.db.lock").unlink()
        until(agent.log)
        go_on()

        assert agent.end() == 1
        assert "sweeps.db.lock was removed; start the agent again" in agent.log()[0]
        assert here.states()[0] is RunState.FINISHED
        assert here.states()[1:] in ([], [RunState.PENDING])


def test_an_agent_whose_sweep_was_removed_says_so_and_brings_nothing_back(tmp_path: Path) -> None:
    """As on a server, where an agent that was silent for long may be thought dead."""
    with at_work(tmp_path, grid(3, shell(LOGS))) as (here, agent):
        here.store.remove_sweep("s1", also=lambda: None)
        shutil.rmtree(Path(here.results, "someone"))
        until(agent.log)
        go_on()

        assert agent.end() == 1
        assert "no sweep 's1'" in agent.log()[0] or "was removed (`sweep rm`)" in agent.log()[0]
        assert not Path(here.results, "someone").exists()


def test_a_sweep_that_is_removed_while_an_agent_starts_ends_it_with_one_message(
    tmp_path: Path,
) -> None:
    with place(tmp_path, grid(3)) as here:
        sweep = here.store.sweep("s1")
        here.store.remove_sweep("s1", also=lambda: None)

        with pytest.raises(UnknownSweep, match="no sweep 's1'"):
            run_agent(here.store, [sweep], AgentOptions(), here.told, results=here.results)

        assert here.told.notes == []
        assert not Path(here.results, "someone").exists()
