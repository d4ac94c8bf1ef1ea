"""The word and the sentence that every view has for how a sweep stands."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from support import a_sweep, an_agent, begin, claimed, end, grid
from sweepcli.agents.recovery import this_agent
from sweepcli.records import JSON, RunState, SweepState
from sweepcli.stores import Store, open_store
from sweepcli.views import status, sweep_state, sweep_view, top_view

R, P, F, S, BAD, K = (
    *(RunState.RUNNING, RunState.PENDING, RunState.FINISHED, RunState.STOPPED),
    *(RunState.FAILED, RunState.KILLED),
)
CAPPED: dict[str, JSON] = grid(9, run_cap=4)


@pytest.mark.parametrize(
    ("state", "counts", "word"),
    [
        ("finished", {F: 2, R: 1}, "stopping"),
        ("canceled", {K: 2, R: 1}, "canceling"),
        ("running", {F: 2, R: 2}, "stopping"),  # its run_cap of 4 is reached
        ("running", {F: 1, P: 1, R: 2}, "running"),
        ("running", {F: 1, R: 2}, "running"),
        ("paused", {F: 2, R: 2}, "paused"),
        ("finished", {F: 1, BAD: 3}, "finished"),
        ("finished", {S: 1, BAD: 3}, "finished"),
        ("finished", {BAD: 3, K: 1}, "failed"),
        ("finished", {RunState.CRASHED: 1}, "failed"),
        ("finished", {}, "finished"),
        ("canceled", {BAD: 3}, "canceled"),
    ],
)
def test_a_sweep_is_not_said_to_be_over_or_well_where_it_is_not(
    state: str, counts: dict[RunState, int], word: str
) -> None:
    sweep = a_sweep(CAPPED)._replace(state=SweepState(state))
    assert sweep_state.word(sweep, counts) == word


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A sweep of three runs, which this process as an agent works on."""
    with closing(open_store(str(tmp_path))) as found:
        begin(found)
        found.add_agent(this_agent("mine", [found.sweep("s1")]))
        found.end_agent("a1", 1.0)
        yield found


def put(store: Store, state: SweepState) -> None:
    store.set_state("s1", state, allowed=tuple(SweepState))


def shown(store: Store) -> sweep_state.ShownState:
    return status.brief(store, store.sweep("s1")).shown_state


def test_every_view_says_that_runs_go_on_after_a_stop(store: Store) -> None:
    claimed(store, "mine")
    put(store, SweepState.FINISHED)

    found = status.of(store, store.sweep("s1"))
    record = found.record("")
    assert (record["state"], record["status"], record["idle"]) == ("finished", "stopping", False)
    assert sweep_view.row(found)[2] == "stopping"
    says = "state     stopping: no new runs start, 1 running run may finish"
    assert says in "\n".join(sweep_view.lines(found, None, 80))
    assert says in "\n".join(top_view.of(store, found.sweep, 5).lines(None, 80))


def test_a_sweep_that_nobody_works_on_is_idle_as_long_as_work_is_left(store: Store) -> None:
    end(store, claimed(store, "mine"))
    seen = [shown(store).is_idle]
    store.end_agent("mine", time.time(), 0, "its time of 60 s is over")
    seen.append(shown(store).is_idle)
    found = shown(store)
    put(store, SweepState.FINISHED)
    seen.append(shown(store).is_idle)

    assert seen == [False, True, False]
    assert found.line == (
        "idle: no agent works on it; `agent someone/things/s1` goes on; "
        "its last agent ended: its time of 60 s is over"
    )


def test_an_agent_that_waits_and_has_had_no_run_is_at_work(store: Store) -> None:
    assert not shown(store).is_idle
    put(store, SweepState.PAUSED)
    assert not shown(store).is_idle
    store.end_agent("mine", 2.0)
    assert shown(store).line.startswith("paused: no agent works on it; `sweep resume ")


def test_a_sweep_whose_agent_gave_up_says_so(store: Store) -> None:
    claimed(store, "mine")
    store.end_agent("mine", 2.0, 3, "10 runs failed in a row")
    assert shown(store).note.endswith("; its last agent gave up: 10 runs failed in a row")


def test_a_sweep_whose_agent_was_killed_is_idle_and_says_so(store: Store) -> None:
    store.end_agent("mine", 2.0, 0, "its count of 1 is reached")
    store.add_agent(this_agent("dead", [store.sweep("s1")])._replace(pid_started=1))
    claimed(store, "dead")
    assert (shown(store).is_idle, shown(store).note[-19:]) == (True, "its last agent died")


def test_running_runs_of_a_stopped_sweep_whose_agents_died_will_not_finish(store: Store) -> None:
    store.end_agent("mine", 2.0)
    store.add_agent(an_agent("dead"))
    claimed(store, "dead")
    put(store, SweepState.FINISHED)
    says = "stopping: 1 running run, whose agents died; `sweep cancel someone/things/s1` records"
    assert shown(store).line == f"{says} that"


def test_a_sweep_at_its_cap_whose_agents_died_is_idle(tmp_path: Path) -> None:
    with closing(open_store(str(tmp_path))) as store:
        begin(store, 1, grid(9, run_cap=1))
        claimed(store)
        assert shown(store).word == "idle"


def test_a_run_of_a_person_s_own_launcher_is_work(store: Store) -> None:
    store.end_agent("mine", 2.0)
    store.add_agent(an_agent("by hand", pid=0))
    claimed(store, "by hand")
    assert not shown(store).is_idle


def test_a_paused_sweep_with_nothing_left_is_not_idle(store: Store) -> None:
    store.end_agent("mine", 2.0)
    for _ in range(3):
        end(store, claimed(store))
    put(store, SweepState.PAUSED)
    assert not shown(store).is_idle
