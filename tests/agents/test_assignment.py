from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support import Place, an_agent, claimed, end, grid, place
from sweepcli.agents.assignment import Assignment, Nothing
from sweepcli.agents.options import AgentOptions
from sweepcli.agents.recovery import Recovery
from sweepcli.records import Run, RunState, SweepState
from sweepcli.sweeps import controller


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path, grid(2)) as made:
        for name in ("a1", "a2"):
            made.store.add_agent(an_agent(name)._replace(pid=0))
        yield made


def assignment(here: Place, *, waits: bool = False) -> Assignment:
    return Assignment(
        *(here.store, here.store.sweep("s1"), Recovery(60.0), AgentOptions(waits=waits)),
        results=here.results,
        note=here.told.note,
    )


def test_runs_are_suggested_when_there_are_none(here: Place) -> None:
    work = assignment(here)

    *taken, nothing = [work.take("a1", 1) for _ in range(3)]

    assert [run.params for run in taken if isinstance(run, Run)] == [{"x": 1}, {"x": 2}]
    assert nothing == Nothing(
        "nothing is left: all 2 runs of the grid search are claimed; other agents still run some"
    )


def test_runs_that_another_agent_suggests_meanwhile_are_taken(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, original = assignment(here), controller.top_up

    def after_another(*_args: object, **_options: object) -> bool:
        monkeypatch.setattr(controller, "top_up", original)
        assert isinstance(assignment(here).take("a2", 2), Run)
        return work._top_up(2)

    monkeypatch.setattr(controller, "top_up", after_another)

    run = work.take("a1", 2)

    assert isinstance(run, Run)
    assert (run.params, run.agent_id) == ({"x": 2}, "a1")


@pytest.mark.parametrize("waits", [False, True])
def test_runs_of_others_may_come_back_to_one_who_waits(here: Place, *, waits: bool) -> None:
    work = assignment(here, waits=waits)
    first = work.take("a1", 2)
    claimed(here.store, "a2")

    nothing = work.take("a1", 2)
    assert isinstance(nothing, Nothing)
    assert nothing.may_come is waits

    assert isinstance(first, Run)
    end(here.store, first, then=RunState.PREEMPTED)
    assert isinstance(work.take("a1", 2), Run)


def test_a_paused_sweep_may_have_more_and_one_that_is_over_has_not(here: Place) -> None:
    found = []
    for state in (SweepState.PAUSED, SweepState.FINISHED):
        here.store.set_state("s1", state, allowed=list(SweepState))
        work = assignment(here)
        found.append(work.take("a1", 2))

    assert found == [
        Nothing("the sweep is paused", may_come=True),
        Nothing("the sweep is finished", may_come=False),
    ]


def test_the_last_run_finishes_the_sweep(here: Place) -> None:
    work = assignment(here)
    for _ in range(2):
        run = work.take("a1", 2)
        assert isinstance(run, Run)
        end(here.store, run)

    work.finish()

    assert here.store.sweep("s1").state is SweepState.FINISHED
