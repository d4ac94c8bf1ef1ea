from __future__ import annotations

import numpy as np
import pytest

from sweepcli.records import Goal, Metric, Run, RunState
from sweepcli.search import observations
from sweepcli.search.importance import sample
from sweepcli.search.observations import observe, warped

F, X, C, K, S = (
    *(RunState.FINISHED, RunState.FAILED, RunState.CRASHED),
    *(RunState.KILLED, RunState.STOPPED),
)
LOSS = Metric("loss")


def run(state: RunState, value: float | None = None, **more: float) -> Run:
    return Run("r", "s", 1, "0", state, {}, value=value, **more)  # type: ignore[arg-type]  # floats


def values(runs: list[Run], metric: Metric = LOSS) -> list[float]:
    return [float(value) for value in observe(runs, metric).values]


@pytest.mark.parametrize("state", [F, X, C, K, S])
def test_a_run_with_a_value_counts_with_it_however_it_ended(state: RunState) -> None:
    assert values([run(F, 1.0), run(state, 0.5)]) == [1.0, 0.5]


@pytest.mark.parametrize(("state", "counts"), [(F, True), (X, True), (S, True), (C, False)])
def test_without_a_value_the_worst_of_the_others_counts_or_nothing(
    state: RunState, *, counts: bool
) -> None:
    runs = [run(F, 1.0, worst=50.0), run(F, 3.0, worst=1e9), run(state)]
    assert values(runs) == ([1.0, 3.0, 3.0] if counts else [1.0, 3.0])


def test_maximising_turns_the_values() -> None:
    runs = [run(F, 0.9), run(F, 0.2), run(X)]
    assert values(runs, Metric("acc", Goal.MAXIMIZE)) == [-0.9, -0.2, -0.2]


@pytest.mark.parametrize("state", [X, C, K])
@pytest.mark.parametrize(("impute", "value"), [("worst", 50.0), ("best", 0.5), ("latest", 2.0)])
def test_impute_means_what_it_means_for_wandb(state: RunState, impute: str, value: float) -> None:
    runs = [run(F, 1.0, worst=50.0), run(state, 0.5, worst=9.0, latest=2.0), run(S, 0.7)]
    assert values(runs, Metric("loss", impute=impute)) == [1.0, value, 0.7]


@pytest.mark.parametrize("impute", ["worst", "best", "latest"])
def test_impute_without_any_value_counts_as_the_worst_of_the_others(impute: str) -> None:
    assert values([run(F, -4.0), run(X)], Metric("loss", impute=impute)) == [-4.0, -4.0]


def test_runs_at_work_are_in_flight_unless_they_count_already() -> None:
    early = [run(RunState.RUNNING, 0.4, latest=0.6), run(RunState.RUNNING)]
    runs = [run(F, 1.0), *early, run(RunState.PENDING), run(RunState.PREEMPTED, 0.3)]

    by_default = observe(runs, LOSS)
    counted = observe(runs, Metric("loss", impute_while_running="latest"))

    assert (by_default.values.tolist(), by_default.in_flight) == ([1.0], runs[1:])
    assert (counted.values.tolist(), counted.in_flight) == ([1.0, 0.4, 1.0], runs[3:])


def test_one_catastrophe_does_not_flatten_the_rest() -> None:
    calm = warped(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    wild = warped(np.array([1.0, 2.0, 3.0, 4.0, 1e30]))

    assert wild.z == pytest.approx(calm.z)
    assert np.diff(wild.z).min() > 0.2


def test_the_better_half_keeps_its_shape_and_equal_values_stay_equal() -> None:
    found = warped(np.array([7.0, 1.0, 2.0, 4.0, 7.0, 7.0]))

    assert (found.z[3] - found.z[2]) == pytest.approx(2 * (found.z[2] - found.z[1]))
    assert found.z[0] == found.z[4] == found.z[5]
    assert found.value(found.z[1]) == pytest.approx(1.0)
    assert warped(np.array([3.0, 3.0])).z.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("least", [-1e200, -1e308, -1.7e308])
def test_a_value_whose_square_is_infinite_is_a_value_like_others(least: float) -> None:
    found = warped(np.array([1.0, least, 0.5, 1.7e308, 1.0]))

    assert np.isfinite([*found.z, found.unit]).all()
    assert np.argsort(found.z, kind="stable").tolist() == [1, 2, 0, 4, 3]
    assert np.isfinite(sample.evened(np.array([1.0, least, 0.5, 1.7e308, 1.0]))).all()


def test_a_subset_holds_the_best_and_the_latest_in_order() -> None:
    found = observations.subset(np.arange(1000.0), 100, np.random.default_rng(0)).tolist()

    assert found == sorted(set(found))
    assert len(found) == 100
    assert {*range(40), *range(980, 1000)} <= set(found)


def test_the_worst_is_a_value_of_a_run_where_not_the_best_counts() -> None:
    runs = [run(F, 1.0, worst=50.0), run(F, 3.0, worst=1e9), run(X, worst=4.0)]
    assert values(runs, Metric("loss", value="last", impute="worst")) == [1.0, 3.0, 3.0]
    assert values(runs, Metric("loss", impute="worst")) == [1.0, 3.0, 1e9]
