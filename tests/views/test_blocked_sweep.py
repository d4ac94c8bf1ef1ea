"""What is said where no run of a sweep can start."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from support import an_ending, begin, claimed, end, grid
from sweepcli.records import JSON, Progress, RunState, SweepState
from sweepcli.stores import Store, open_store
from sweepcli.views import blocked_sweep
from sweepcli.views.blocked_sweep import BlockedSweep

TARGET = {"name": "loss", "goal": "minimize", "target": 1}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(str(tmp_path))) as found:
        yield found


def stuck(store: Store) -> BlockedSweep | None:
    return blocked_sweep.of(store, store.sweep("s1"))


@pytest.mark.parametrize(
    ("config", "why", "how"),
    [
        (grid(9, run_cap=1), "the run_cap of 1 is reached", "a higher `run_cap`"),
        (grid(1), "all 1 runs of the grid search are claimed", "more values of its parameters"),
        (
            grid(9, metric=TARGET),
            "run r0 reached the target: loss 0.5",
            "another `target` of its metric",
        ),
        (
            grid(9, run_cap=1, method="bayes"),
            "the run_cap of 1 is reached",
            "a higher `run_cap`; `--prior_run RUN` lets it learn from runs of this one",
        ),
    ],
)
def test_what_ended_a_sweep_is_what_a_new_one_needs_more_of(
    store: Store, config: dict[str, JSON], why: str, how: str
) -> None:
    begin(store, 1, config)
    assert stuck(store) is None
    run = claimed(store)
    assert stuck(store) is None
    end(store, run, progress=Progress(value=0.5))
    assert stuck(store) == (why, f"for more runs create a new sweep with {how}")


def test_runs_that_did_not_finish_can_be_tried_again(store: Store) -> None:
    begin(store, 1, grid(1))
    end(store, claimed(store), an_ending(RunState.FAILED, 1))
    found = stuck(store)
    assert found is not None
    assert found.how.endswith(
        "`sweep retry someone/things/s1` tries those again that did not finish"
    )


def test_a_sweep_that_a_person_ended_can_be_resumed(store: Store) -> None:
    begin(store, 1)
    store.set_state("s1", SweepState.FINISHED, allowed=tuple(SweepState))
    assert stuck(store) == ("", "`sweep resume someone/things/s1` lets agents claim runs again")
