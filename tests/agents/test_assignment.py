from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support import Place, an_agent, an_ending, claimed, end, grid, place
from sweepcli.agents.assignment import Assignment, Nothing
from sweepcli.agents.code_of_runs import CodeOfRuns
from sweepcli.agents.options import AgentOptions
from sweepcli.agents.recovery import Recovery
from sweepcli.records import Progress, Run, RunState, SweepState
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
        CodeOfRuns(here.store, "a1", here.told.note),
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


def put(here: Place, state: SweepState) -> None:
    here.store.set_state("s1", state, allowed=tuple(SweepState))


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (SweepState.CANCELED, "the sweep is canceled"),
        (SweepState.PAUSED, "the sweep is paused"),
        (SweepState.FINISHED, "nothing is left: all 2 runs of the grid search are claimed"),
    ],
)
def test_an_agent_that_waits_tells_what_is_true_in_the_end(
    here: Place, state: SweepState, why: str
) -> None:
    work = assignment(here, waits=True)
    taken = [work.take("a1", 1) for _ in range(2)]
    assert work.take("a2", 1) == Nothing(
        "nothing is left: all 2 runs of the grid search are claimed; other agents still run some",
        may_come=True,
    )
    put(here, state)
    for run in taken:
        assert isinstance(run, Run)
        end(here.store, run)

    assert work.take("a2", 1) == Nothing(why, may_come=state is SweepState.PAUSED)


def test_a_change_between_two_looks_at_the_sweep_is_the_reason_that_is_told(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = assignment(here)
    for _ in range(2):
        assert isinstance(work.take("a1", 1), Run)

    def cancels(*_args: object, **_options: object) -> bool:
        put(here, SweepState.CANCELED)
        return False

    monkeypatch.setattr(controller, "top_up", cancels)
    assert work.take("a2", 1) == Nothing("the sweep is canceled")


def test_a_sweep_that_was_canceled_after_its_target_was_reached_is_canceled(
    tmp_path: Path,
) -> None:
    metric = {"name": "loss", "goal": "minimize", "target": 1}
    with place(tmp_path, grid(2, metric=metric)) as here:
        here.store.add_agent(an_agent("a1")._replace(pid=0))
        work = assignment(here)
        run = work.take("a1", 1)
        assert isinstance(run, Run)
        end(here.store, run, progress=Progress(value=0.5))
        first = work.take("a1", 1)
        put(here, SweepState.CANCELED)

        assert first == Nothing(f"run {run.id} reached the target: loss 0.5")
        assert work.take("a1", 1) == Nothing("the sweep is canceled")


def test_a_reason_that_was_true_before_a_person_resumed_and_stopped_is_forgotten(
    here: Place,
) -> None:
    work = assignment(here)
    runs = [work.take("a1", 1) for _ in range(2)]
    for run in runs:
        assert isinstance(run, Run)
        end(here.store, run, an_ending(RunState.FAILED, 1))
    assert work.take("a1", 1) == Nothing(
        "nothing is left: all 2 runs of the grid search are claimed"
    )
    here.store.retry("s1", here.store.runs("s1"))
    put(here, SweepState.PAUSED)
    work.take("a1", 1)
    put(here, SweepState.FINISHED)

    assert work.take("a1", 1) == Nothing("the sweep is finished")
