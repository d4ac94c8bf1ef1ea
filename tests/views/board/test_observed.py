from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from support import an_ending, begin, claimed, end, grid
from sweepcli.errors import StoreUnavailable
from sweepcli.records import JSON, Progress, Row, Run, RunState, SweepState
from sweepcli.runs.slots import Slot
from sweepcli.stores import Store, open_store
from sweepcli.views.board.observed import MOST_POINTS, Observed, SweepProgress, Trace
from sweepcli.views.pace import Pace

SLOTS = (Slot(0), Slot(1, ("3", "4")))
SHOWN = Progress({}, 0.25, 1, 0.5, 0.5)
ROWS = [Row(0, 0, None, {"loss": 0.5}), Row(1, 1, None, {"loss": 0.25}), Row(2, 2, None, {"b": 1})]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(os.path.join(tmp_path, "results"))
    begin(made, 4, grid(4, metric={"name": "loss"}))
    yield made
    made.close()


def observed(store: Store, run_limit: int | None = None) -> Observed:
    return Observed(store, [store.sweep("s1")], SLOTS, run_limit, clock=lambda: 2.0)


def sweep(seen: Observed) -> SweepProgress:
    return seen.board().sweeps[0]


def test_a_run_at_work_is_seen_with_what_it_logs(store: Store) -> None:
    seen, run = observed(store), claimed(store)

    seen.started(run, SLOTS[1])
    seen.logged(run, ROWS, SHOWN)
    [work] = seen.board().running

    assert (work.slot, work.step, work.run.latest, work.run.value) == ("GPU 3,4", 2, 0.5, 0.25)
    assert work.curve == [0.5, 0.25]
    assert sweep(seen).best == work.run


def test_a_value_that_becomes_worse_is_shown_as_it_is(store: Store) -> None:
    seen, run = observed(store), claimed(store)
    seen.started(run, SLOTS[0])

    for value in (0.25, 0.5):
        seen.logged(run, [], Progress({}, value, best=0.25, latest=value))

    best = sweep(seen).best
    assert best is not None
    assert (best.value, best.best, best.latest) == (0.5, 0.25, 0.5)


def test_what_an_agent_does_counts_before_the_store_is_asked_again(store: Store) -> None:
    seen = observed(store, run_limit=3)
    seen.read(1.0)
    run = claimed(store)

    seen.started(run, SLOTS[0])
    assert (seen.is_idle, sweep(seen).counts[RunState.RUNNING]) == (False, 1)
    seen.ended(run._replace(state=RunState.FINISHED, value=0.5))

    assert (seen.is_idle, sweep(seen).done, sweep(seen).asked) == (True, 1, (1, 3))
    assert sweep(seen).counts[RunState.PENDING] == 3
    assert sweep(seen).best is not None


def test_runs_of_other_agents_are_seen_in_the_store(store: Store) -> None:
    seen = observed(store)
    seen.read(1.0)
    end(store, claimed(store), an_ending(), progress=SHOWN)

    seen.read(1.5)
    assert sweep(seen).done == 0
    seen.read(10.0)

    assert (sweep(seen).done, sweep(seen).total) == (1, 4)


def test_a_sweep_that_was_stopped_and_has_runs_at_work_is_not_over(store: Store) -> None:
    seen, run = observed(store), claimed(store)
    store.set_state("s1", SweepState.FINISHED, allowed=tuple(SweepState))
    seen.started(run, SLOTS[0])
    seen.read(10.0)
    assert sweep(seen).state == "stopping"


def test_the_end_that_comes_first_is_the_one_to_go_to(store: Store) -> None:
    seen = observed(store, run_limit=2)
    first, second = claimed(store), claimed(store)
    for run in (first, second):
        seen.started(run, SLOTS[0])
    seen.ended(first._replace(state=RunState.FINISHED, ended_at=12.0))

    assert sweep(seen).pace == Pace(360.0, 10.0)  # and 30 s for the three that are left


def test_a_store_that_is_away_changes_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = observed(store)
    seen.read(1.0)

    def fail(_sweep_id: str) -> dict[RunState, int]:
        raise StoreUnavailable("the disk is full")

    monkeypatch.setattr(store, "counts", fail)
    seen.read(100.0)

    assert sweep(seen).counts == {RunState.PENDING: 4}


def test_a_worse_run_is_not_the_best(store: Store) -> None:
    seen = observed(store)

    for name, value in (("r0", 0.25), ("r1", 0.5)):
        seen.ended(Run(name, "s1", 1, "k", RunState.FINISHED, {}, value=value))

    best = sweep(seen).best
    assert best is not None
    assert best.id == "r0"


def trace_of(values: list[float]) -> list[float]:
    made = Trace()
    for value in values:
        made.add(value)
    return made.values


def test_a_short_curve_is_kept_as_it_is() -> None:
    assert trace_of([3.0, 1.0, 2.0]) == [3.0, 1.0, 2.0]


def test_a_long_curve_is_kept_as_means_of_equally_many_values() -> None:
    assert trace_of([float(n) for n in range(1024)])[:3] == [3.5, 11.5, 19.5]


def test_a_curve_without_end_stays_small() -> None:
    values = trace_of([float(n) for n in range(100_000)])
    assert MOST_POINTS / 2 <= len(values) <= MOST_POINTS
    assert values == sorted(values)


def test_what_is_no_number_spoils_no_mean() -> None:
    values = trace_of([math.nan, 1.0] * MOST_POINTS)
    assert set(values) == {1.0}
    assert math.isnan(trace_of([math.inf])[0])


def test_what_matters_comes_first_once_enough_runs_have_ended(tmp_path: Path) -> None:
    some: JSON = {"values": list(range(24))}
    config = grid(24, metric={"name": "loss"})
    config["parameters"] = {"a": some, "c": {"value": 1}, "x": some}
    with closing(open_store(os.path.join(tmp_path, "results"))) as store:
        begin(store, 24, config)
        seen, names = observed(store), []
        for now in (0.0, 1_000.0, 2_000.0):
            for _ in range(8):
                run = claimed(store)
                end(store, run, progress=Progress({}, float(run.params["x"])))
            seen.read(now)
            pairs = sweep(seen).order.differing({"a": 1, "c": 1, "x": 1})
            names.append([name for name, _ in pairs])

    assert names == [["a", "x"], ["x", "a"], ["x", "a"]]
