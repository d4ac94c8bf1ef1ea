"""Each rule, by examples; what all of them keep stands in `contracts/`."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from sweepcli import stopping
from sweepcli.records import JSON, Goal
from sweepcli.stopping import asha, hyperband
from sweepcli.stopping.curve import Curve

NAN, INF = float("nan"), float("inf")


def curve(*values: float, goal: Goal = Goal.MINIMIZE) -> Curve:
    made = Curve(goal)
    for step, value in enumerate(values):
        made.add(1, step, value)
    return made


def reasons(
    rule: dict[str, JSON], runs: Sequence[Curve], finished: Sequence[int] = ()
) -> dict[int, str]:
    """Return why which of the runs, all others running, would be stopped."""
    curves = {str(number): made for number, made in enumerate(runs)}
    ids = [str(number) for number in finished]
    stops = stopping.decide(rule, curves, [each for each in curves if each not in ids], ids)
    return {int(stop.run_id): stop.reason for stop in stops}


# hyperband


@pytest.mark.parametrize(
    ("settings", "bands"),
    [
        ({"min_iter": 3}, [3, 9, 27, 81, 243]),
        ({"min_iter": 1, "eta": 2.5}, [1, 2, 6, 15, 39]),
        ({"max_iter": 27, "s": 2}, [3, 9]),
        ({"max_iter": 27, "s": 9, "eta": 2, "min_iter": 5}, [1, 3, 6, 13]),
        ({"max_iter": 100, "s": 1, "eta": 4}, [25]),
        ({"min_iter": 5, "eta": 1e300}, [5]),
        ({"max_iter": 10**400, "s": 1, "eta": 1e12}, [1]),
        ({"min_iter": 10**400}, [10**12]),
    ],
)
def test_bands_are_counts_of_values(settings: dict[str, JSON], bands: list[int]) -> None:
    assert hyperband.bands(settings)[:5] == bands
    assert hyperband.first_check(settings) == bands[0]


def test_hyperband_says_what_was_worse_than_what() -> None:
    runs = [curve(9, 9, 0.33), curve(9, 9, 0.35), curve(9, 9, 0.41, 0.1)]

    assert reasons({"type": "hyperband", "min_iter": 3}, runs[:2]) == {
        1: "stopped: 0.35 at step 2 (value 3) is worse than 0.33, the best third after 3 values"
    }
    assert reasons({"type": "hyperband", "min_iter": 3}, runs)[2] == (
        "stopped: 0.41 at step 2 (value 3) is worse than 0.35, the best third after 3 values"
    )


def test_without_strict_what_came_after_the_band_counts_too() -> None:
    runs = [curve(1, 1), curve(2, 0.5)]
    assert list(reasons({"type": "hyperband", "min_iter": 1}, runs)) == [1]
    assert reasons({"type": "hyperband", "min_iter": 1, "strict": False}, runs) == {}


def test_values_that_differ_only_late_are_told_in_full() -> None:
    runs = [curve(0.12345678), curve(0.12345679)]

    assert reasons({"type": "hyperband", "min_iter": 1}, runs)[1].startswith(
        "stopped: 0.12345679 at step 0 (value 1) is worse than 0.12345678, "
    )


def test_a_goal_of_more_is_told_in_its_own_numbers() -> None:
    runs = [curve(0.9, goal=Goal.MAXIMIZE), curve(0.8, goal=Goal.MAXIMIZE)]

    assert reasons({"type": "hyperband", "min_iter": 1, "eta": 2}, [*runs, runs[0]])[1] == (
        "stopped: 0.8 at step 0 (value 1) is worse than 0.9, the best half after 1 value"
    )


# asha


@pytest.mark.parametrize(
    ("settings", "count", "rung"),
    [
        ({}, 0, 0),
        ({}, 1, 1),
        ({}, 3, 1),
        ({}, 4, 4),
        ({}, 63, 16),
        ({"min_iter": 5, "eta": 3}, 4, 0),
        ({"min_iter": 5, "eta": 3}, 44, 15),
        ({"min_iter": 5, "eta": 3}, 45, 45),
        ({"min_iter": 5, "eta": 3, "max_iter": 20}, 400, 15),
        ({"eta": 10}, 999, 100),
        ({"eta": 10}, 1000, 1000),
        ({"eta": 1e300}, 7, 1),
        ({"min_iter": 100, "eta": 1.0000000001}, 10**6, 10**6),
    ],
)
def test_a_rung_is_met_exactly(settings: dict[str, JSON], count: int, rung: int) -> None:
    assert asha.last_rung(count, settings) == rung


def test_asha_keeps_the_best_quarter_rounded_down_and_always_the_best() -> None:
    runs = [curve(value) for value in (5, 4, 3, 2, 1)]

    stopped = reasons({"type": "asha"}, runs)

    assert list(stopped) == [0, 1, 2, 3]
    assert stopped[3] == (
        "stopped: 2 at step 0 (value 1) is worse than 1, the best quarter after 1 value"
    )


def test_asha_counts_the_best_value_up_to_the_rung() -> None:
    assert list(reasons({"type": "asha", "min_iter": 2}, [curve(1, 9, 9), curve(3, 2, 0)])) == [1]


# median


def test_median_compares_the_best_with_the_others_means() -> None:
    others = [curve(4, 4), curve(2, 2), curve(1, 1)]
    rule = {"type": "median", "min_iter": 2}

    assert reasons(rule, [*others, curve(9, 3)])[3] == (
        "stopped: 3 at step 1 (the best of 2 values) is worse than 2, the median of 3 runs "
        "after 2 values"
    )
    assert 3 not in reasons(rule, [*others, curve(9, 2)])
    assert 3 not in reasons(rule, [*others, curve(9)])


def test_median_waits_for_enough_others() -> None:
    runs = [curve(1, 1), curve(1, 1), curve(9, 9)]
    assert reasons({"type": "median", "min_iter": 2}, runs) == {}
    assert list(reasons({"type": "median", "min_iter": 2, "min_runs": 2}, runs)) == [2]


# What was judged, and where it stood


@pytest.mark.parametrize(
    ("rule", "judged"),
    [
        ({"type": "hyperband", "min_iter": 2}, "7 at step 3 (value 2)"),
        (
            {"type": "hyperband", "min_iter": 2, "strict": False},
            "6 at step 5 (the best of 3 values)",
        ),
        ({"type": "asha", "min_iter": 2}, "7 at step 3 (the best of 2 values)"),
        ({"type": "median", "min_iter": 2, "min_runs": 1}, "6 at step 5 (the best of 3 values)"),
    ],
)
def test_a_reason_names_the_figure_that_was_judged_at_the_step_where_it_stood(
    rule: dict[str, JSON], judged: str
) -> None:
    made = Curve(Goal.MINIMIZE)
    for step, value in ((0, 9), (1, NAN), (2, INF), (3, 7), (5, 6)):
        made.add(1, step, value)

    assert reasons(rule, [made, curve(1, 1, 1)])[0].startswith(f"stopped: {judged} is worse than 1")


# Runs that are complete


@pytest.mark.parametrize(
    ("rule", "last"),
    [
        ({"type": "hyperband", "max_iter": 27, "s": 2}, "9 at step 2 (value 3)"),
        ({"type": "asha", "min_iter": 3, "eta": 3}, "9 at step 0 (the best of 3 values)"),
        ({"type": "median"}, "9 at step 0 (the best of 8 values)"),
    ],
)
def test_a_run_that_has_shown_all_values_is_not_ended_by_a_band_before(
    rule: dict[str, JSON], last: str
) -> None:
    whole = [curve(*range(10, 1, -1)) for _ in range(3)]

    stopped = reasons(rule, [*whole, curve(*[9] * 9), curve(*[9] * 8)], [0, 1, 2])

    assert list(stopped) == [4]
    assert stopped[4].startswith(f"stopped: {last} is worse than ")


@pytest.mark.parametrize(
    ("finished", "longer", "is_judged"), [(2, 3, True), (3, 3, False), (3, 4, True)]
)
def test_a_band_is_the_last_only_if_three_have_finished_there_and_none_went_further(
    finished: int, longer: int, *, is_judged: bool
) -> None:
    runs = [*[curve(1, 1, 1)] * 3, curve(1, 1, 1, *[1] * (longer - 3)), curve(9, 9, 9)]
    rule: dict[str, JSON] = {"type": "hyperband", "min_iter": 3}

    assert bool(reasons(rule, runs, range(finished))) == is_judged


# nan


@pytest.mark.parametrize(
    ("settings", "values", "reason"),
    [
        ({}, (1, NAN), "stopped at step 1: the metric is nan"),
        ({}, (NAN, 1), None),
        ({}, (1, -INF), "stopped at step 1: the metric is -inf"),
        ({"patience": 2}, (NAN,), None),
        ({"patience": 2}, (NAN, 1, NAN), None),
        ({"patience": 2}, (1, NAN, INF), "stopped at step 2: the metric is inf"),
        ({"worse_than": 10}, (1, 10), None),
        ({"worse_than": 10}, (1, 10.5), "stopped at step 1: the metric is 10.5, worse than 10"),
    ],
)
def test_nan_ends_what_has_diverged(
    settings: dict[str, JSON], values: tuple[float, ...], reason: str | None
) -> None:
    assert reasons({"type": "nan", **settings}, [curve(*values)]).get(0) == reason


def test_nan_knows_the_goal() -> None:
    rule = {"type": "nan", "worse_than": 0.2}
    assert list(reasons(rule, [curve(0.1, goal=Goal.MAXIMIZE)])) == [0]
    assert reasons(rule, [curve(0.3, goal=Goal.MAXIMIZE)]) == {}


# Curves


def test_a_curve_leaves_out_what_is_no_number() -> None:
    made = Curve(Goal.MINIMIZE)
    odd: list[JSON] = [None, "3", True, [1], {}, 10**400, 2]
    for step, value in enumerate(odd):
        made.add(1, step, value)

    assert (made.losses, [point.step for point in made.points]) == ([2], [6])


def test_a_second_value_of_a_step_replaces_the_first() -> None:
    made = Curve(Goal.MAXIMIZE)
    for step, value in ((0, 1.0), (1, NAN), (1, 2.0), (2, 3.0), (2, NAN)):
        made.add(1, step, value)

    assert made.losses == [-1, -2]
    assert [point.step for point in made.points] == [0, 1, 2]


@pytest.mark.parametrize(
    ("first_step", "losses"), [(0, [7, 8]), (2, [0, 1, 7, 8]), (3, [0, 1, 2, 7, 8])]
)
def test_a_later_attempt_goes_on_where_it_begins(first_step: int, losses: list[float]) -> None:
    made = curve(0, 1, 2)
    made.add(2, first_step, 7)
    made.add(2, first_step + 1, 8)

    assert made.losses == losses
