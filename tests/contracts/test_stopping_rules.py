"""What every rule of early termination must keep, run over the registry."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweepcli import stopping
from sweepcli.records import JSON, Goal
from sweepcli.stopping.curve import Curve
from sweepcli.sweep_config import schema

SETTINGS: dict[str, list[dict[str, JSON]]] = {
    "hyperband": [{"min_iter": 1, "eta": 2}, {"max_iter": 9, "s": 2, "strict": False}],
    "asha": [{}, {"min_iter": 2, "eta": 2.5, "max_iter": 20}],
    "median": [{}, {"min_iter": 1, "min_runs": 1}],
    "nan": [{}, {"patience": 2, "worse_than": 3}],
}
Values = Sequence[Sequence[float]]
number = st.one_of(st.integers(-3, 3).map(float), st.sampled_from([math.nan, math.inf, -math.inf]))
histories = st.lists(st.lists(number, max_size=12), min_size=1, max_size=8)
RULES: list[dict[str, JSON]] = [
    {"type": name, **more} for name in stopping.RULES for more in SETTINGS[name]
]
every_rule = pytest.mark.parametrize("rule", RULES, ids=str)
# Making the histories takes longest, so each of them is for all rules.
sixty = settings(max_examples=60, deadline=None)


def curves_of(runs: Values, goal: Goal = Goal.MINIMIZE) -> dict[str, Curve]:
    curves = {str(name): Curve(goal) for name in range(len(runs))}
    for curve, values in zip(curves.values(), runs, strict=True):
        for step, value in enumerate(values):
            curve.add(1, step, value)
    return curves


def stopped(rule: dict[str, JSON], curves: dict[str, Curve], running: Sequence[str]) -> set[str]:
    return {stop.run_id for stop in stopping.decide(rule, curves, running)}


def test_the_rules_are_those_of_the_schema() -> None:
    allowed = schema.schema()["$defs"]["early_terminate"]["properties"]["type"]["enum"]
    assert list(stopping.RULES) == allowed == list(SETTINGS)
    assert all(not schema.violations(name, more) for name in SETTINGS for more in SETTINGS[name])


@sixty
@given(runs=histories)
def test_only_running_runs_are_stopped_each_for_a_reason(runs: Values) -> None:
    for rule in RULES:
        curves = curves_of(runs)
        running = [name for name in curves if int(name) % 2 == 0]

        stops = stopping.decide(rule, curves, [*running, "not heard of yet"])

        assert {stop.run_id for stop in stops} <= set(running)
        assert all(re.match(r"stopped: \S+ at step|stopped at step", stop.reason) for stop in stops)


@sixty
@given(runs=histories)
def test_who_is_judged_does_not_matter_to_the_others(runs: Values) -> None:
    for rule in RULES:
        curves = curves_of(runs)
        together = stopped(rule, curves, list(curves))
        assert together == {name for name in curves if stopped(rule, curves, [name])}


@sixty
@given(runs=histories)
def test_the_goal_only_turns_the_numbers(runs: Values) -> None:
    for rule in RULES:
        turned = [[-value for value in values] for values in runs]
        mirrored = {**rule, **({"worse_than": -rule["worse_than"]} if "worse_than" in rule else {})}
        up, down = curves_of(turned, Goal.MAXIMIZE), curves_of(runs)

        assert stopped(rule, down, list(down)) == stopped(mirrored, up, list(up))


@sixty
@given(values=st.lists(st.integers(-3, 3).map(float), max_size=12))
def test_a_run_alone_and_a_run_ahead_of_all_go_on(values: list[float]) -> None:
    for rule in RULES:
        others = [[value + 10 for value in values] for _ in range(5)]
        assert stopped(rule, curves_of([values]), ["0"]) == set()
        assert stopped(rule, curves_of([values, *others]), ["0"]) == set()


@sixty
@given(runs=histories)
def test_who_has_finished_spares_only_those_who_have_come_as_far(runs: Values) -> None:
    for rule in RULES:
        most = max(map(len, runs))
        whole = [[0.0] * most] * 3
        curves = curves_of([*whole, *runs])
        shorter = [name for name, curve in curves.items() if len(curve.losses) < most]
        finished = ["0", "1", "2"]

        stops = stopping.decide(rule, curves, shorter, finished)
        assert stops == stopping.decide(rule, curves, shorter)
        assert stopping.decide(rule, curves, [], finished) == []


@every_rule
def test_a_rule_that_spares_runs_of_some_length_ends_none_once_that_is_known(
    rule: dict[str, JSON],
) -> None:
    for count in range(1, 12):
        if stopping.spares(rule, count):
            curves = curves_of([*[[0.0] * count] * 9, [9.0] * count])
            assert stopping.decide(rule, curves, ["9"], list(curves)[:9]) == []
    assert not stopping.spares(rule, stopping.first_check(rule) + 1)


@every_rule
def test_a_run_with_too_few_values_is_not_judged(rule: dict[str, JSON]) -> None:
    few = [9.0] * (stopping.first_check(rule) - 1)
    others = [[0.0] * 30 for _ in range(9)]

    assert stopped(rule, curves_of([few, *others]), ["0"]) == set()
    assert stopped(rule, curves_of([[*few, math.nan], *others]), ["0"]) <= (
        {"0"} if rule["type"] == "nan" else set()
    )
