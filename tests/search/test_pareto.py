from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sweepcli.records import JSON, Goal, Metric, Run, RunState
from sweepcli.search import pareto

METRICS = (Metric("loss"), Metric("accuracy", Goal.MAXIMIZE))


def a_run(number: int, loss: JSON, accuracy: JSON) -> Run:
    summary = {"loss": loss, "accuracy": accuracy}
    return Run(f"r{number}", "s1", number, "", RunState.FINISHED, {}, summary=summary)


def test_the_front_is_what_no_run_beats() -> None:
    shown = [(1, 0.5), (2, 0.9), (1.5, 0.4), (3, 0.9), (1, 0.5), (0.5, 0.1)]
    runs = [a_run(number, *values) for number, values in enumerate(shown, 1)]

    front = pareto.front(runs, METRICS)

    assert [run.id for run in front] == ["r6", "r1", "r5", "r2"]


def test_a_run_that_lacks_a_number_is_left_out() -> None:
    odd: list[JSON] = [None, "0.5", float("nan"), True]
    runs = [a_run(number, 1.0, value) for number, value in enumerate(odd)]

    assert pareto.front(runs, METRICS) == []
    assert pareto.values(a_run(1, 1, 2), METRICS) == [1.0, 2.0]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12))
def test_it_is_what_comparing_all_with_all_finds(shown: list[tuple[int, int]]) -> None:
    runs = [a_run(number, *values) for number, values in enumerate(shown)]

    def is_beaten(run: Run) -> bool:
        loss, accuracy = run.summary["loss"], run.summary["accuracy"]
        return any(
            other.summary["loss"] <= loss
            and other.summary["accuracy"] >= accuracy
            and other.summary != run.summary
            for other in runs
        )

    found = {run.id for run in pareto.front(runs, METRICS)}

    assert found == {run.id for run in runs if not is_beaten(run)}
