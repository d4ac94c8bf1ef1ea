from __future__ import annotations

import json
import math
from collections.abc import Callable

import pytest

import landscapes
from landscapes import ALL, KNOWN, UNIT, config, draws, played, runs
from parameter_examples import EVERY, raw
from sweepcli.records import JSON, Params, RunState
from sweepcli.search import importance
from sweepcli.search.importance import Importance
from sweepcli.search.unit_space import Space


def shares(found: Importance) -> dict[str, float]:
    return {each.name: each.share for each in found.parameters}


def correlations(found: Importance) -> dict[str, float | None]:
    return {each.name: each.correlation for each in found.parameters}


def told(
    parameters: dict[str, dict[str, JSON]],
    loss: Callable[[Params], float],
    count: int = 300,
    *,
    noise: float = 0.0,
) -> Importance:
    space = config(parameters)
    return importance.of(space, played(space, loss, count, noise=noise))


# The shares of functions that are known


@pytest.mark.parametrize(
    ("name", "count", "within"),
    [
        ("additive", 100, 0.05),
        ("additive", 1_000, 0.03),
        ("ishigami", 1_000, 0.08),
        ("g", 1_000, 0.12),
        ("bowl", 1_000, 0.06),
    ],
)
def test_shares_are_those_that_can_be_computed(name: str, count: int, within: float) -> None:
    known = KNOWN[name]
    assert known.shares is not None

    found = told(known.parameters, known.loss, count)

    assert shares(found) == pytest.approx(known.shares, abs=within)
    assert found.interactions == pytest.approx(1 - sum(known.shares.values()), abs=1.5 * within)
    assert found.explained is not None
    assert found.explained > 0.8
    assert (found.runs, found.reason) == (count, None)


def test_noise_lowers_what_is_explained_and_leaves_the_shares() -> None:
    known = KNOWN["additive"]
    assert known.shares is not None

    found = told(known.parameters, known.loss, 1_000, noise=1.3)  # as much as the function varies

    assert shares(found) == pytest.approx(known.shares, abs=0.1)
    assert found.interactions is not None
    assert found.explained is not None
    assert found.interactions < 0.15
    assert 0.3 < found.explained < 0.5


def test_shares_and_interactions_are_the_whole() -> None:
    for landscape in ALL.values():
        found = told(landscape.parameters, landscape.loss, 100)

        assert found.interactions is not None
        assert sum(shares(found).values()) + found.interactions == pytest.approx(1.0)
        assert min(shares(found).values(), default=0.0) >= 0.0
        assert found.interactions >= 0.0


def test_what_two_parameters_do_together_only_is_interactions() -> None:
    found = told(dict.fromkeys("ab", UNIT), lambda x: (x["a"] - 0.5) * (x["b"] - 0.5))
    assert found.interactions is not None
    assert found.interactions > 0.9


def test_a_parameter_without_effect_has_next_to_no_share() -> None:
    found = told(dict.fromkeys("abcdef", UNIT), lambda x: math.sin(5 * x["a"]) + x["b"])
    assert max(shares(found)[name] for name in "cdef") < 0.01


@pytest.mark.parametrize("count", [12, 20, 100, 500])
@pytest.mark.parametrize("names", ["a", "abcd"])
def test_noise_alone_has_no_shares(count: int, names: str) -> None:
    found = told(dict.fromkeys(names, UNIT), lambda _: 0.0, count, noise=1.0)

    assert (found.parameters, found.interactions, found.runs) == ((), None, count)
    assert found.explained is not None
    assert found.explained < max(0.1, count**-0.5)
    assert found.reason is not None
    assert found.reason.startswith(
        f"nothing explained: the parameters predict {found.explained:.0%}"
    )


@pytest.mark.parametrize("count", [20, 100, 500])
def test_a_signal_in_noise_has_shares(count: int) -> None:
    found = told(dict.fromkeys("abcd", UNIT), lambda x: 4 * x["a"], count, noise=0.5)

    assert found.reason is None
    assert found.parameters[0].name == "a"
    assert found.explained is not None
    assert found.explained > 0.4


# Kinds of parameters


def test_a_choice_has_a_share_by_how_likely_its_values_are() -> None:
    kind = {"values": ["x", "y", "z"], "probabilities": [0.8, 0.1, 0.1]}
    effect = {"x": 0.0, "y": 0.0, "z": 1.0}  # variance 0.1 · 0.9; that of the other one is 1/12

    found = told({"kind": kind, "a": UNIT}, lambda x: effect[x["kind"]] + x["a"], 1_000)

    assert shares(found) == pytest.approx({"kind": 0.52, "a": 0.48}, abs=0.05)
    assert correlations(found)["kind"] is None


def test_many_values_without_an_order_are_told_apart() -> None:
    names = [f"v{i}" for i in range(12)]
    found = told(
        {"kind": {"values": names}, "a": UNIT},
        lambda x: float(names.index(x["kind"]) * 7 % 12 >= 6) + 0.5 * x["a"],
        600,
    )

    assert shares(found) == pytest.approx({"kind": 12 / 13, "a": 1 / 13}, abs=0.05)


def test_a_log_scale_counts_evenly_over_its_decades() -> None:
    rate = {"distribution": "log_uniform_values", "min": 1e-5, "max": 1e-1}
    found = told({"rate": rate, "a": UNIT}, lambda x: math.log10(x["rate"]) + 4 * x["a"])
    assert shares(found) == pytest.approx({"rate": 0.5, "a": 0.5}, abs=0.05)


def test_steps_nested_names_and_constants() -> None:
    model = {"parameters": {"depth": {"min": 1, "max": 4}, "kind": {"value": "mlp"}}}
    found = told({"model": model, "a": UNIT}, lambda x: float(x["model"]["depth"]) + x["a"])
    assert shares(found) == pytest.approx({"model.depth": 15 / 16, "a": 1 / 16}, abs=0.04)


@pytest.mark.parametrize("distribution", [each for each in EVERY if each != "constant"])
def test_every_distribution_has_its_share(distribution: str) -> None:
    space = config({"p": raw(distribution), "a": UNIT})
    params = draws(space, 200)
    (axis,) = (each for each in Space(space.parameters).axes if each.path == ("p",))
    places = [axis.place(each["p"]) for each in params]

    found = importance.of(space, runs(params, [math.sin(3 * (at or 0.0)) for at in places]))

    assert None not in places
    assert found.runs == 200
    assert shares(found)["p"] > 0.9


def test_one_parameter_that_varies_explains_all() -> None:
    found = told({"a": UNIT, "b": {"value": 3}}, lambda x: (x["a"] - 0.5) ** 2)
    assert [(each.name, each.share) for each in found.parameters] == [("a", 1.0)]
    assert found.interactions == 0.0


def test_a_parameter_that_was_never_changed_has_no_share_and_no_correlation() -> None:
    space = config({"a": UNIT, "b": UNIT})
    params = [{**each, "b": 0.5} for each in draws(space, 50)]

    found = importance.of(space, runs(params, [x["a"] for x in params]))

    assert shares(found) == pytest.approx({"a": 1.0, "b": 0.0}, abs=1e-9)
    assert correlations(found) == {"a": pytest.approx(1.0), "b": None}


def test_a_correlation_has_the_sign_of_the_metric_as_it_was_logged() -> None:
    numbers = {"values": [64, 16, 32]}
    flag = {"values": [True, False]}

    found = told(
        {"up": UNIT, "down": UNIT, "size": numbers, "flag": flag, "name": {"values": ["p", "q"]}},
        lambda x: x["up"] ** 3 - x["down"] + x["size"] / 64 + x["flag"] - (x["name"] == "q"),
    )

    signs = {name: value is not None and value > 0 for name, value in correlations(found).items()}
    assert signs == {"up": True, "down": False, "size": True, "flag": True, "name": False}


# What must not matter


def test_the_same_runs_give_the_same_figures() -> None:
    training = ALL["training"]
    assert told(*training[:2]) == told(*training[:2])


def test_maximising_the_opposite_is_the_same() -> None:
    space = config(dict.fromkeys("abc", UNIT))
    done = played(space, lambda x: math.exp(3 * x["a"]) + x["b"], 100)
    turned = [run._replace(value=-run.value) for run in done if run.value is not None]
    opposite = config(dict.fromkeys("abc", UNIT), metric={"name": "score", "goal": "maximize"})

    found, same = importance.of(space, done), importance.of(opposite, turned)

    assert shares(same) == pytest.approx(shares(found))
    assert [-(each.correlation or 0) for each in same.parameters] == pytest.approx(
        [each.correlation for each in found.parameters]
    )


def test_the_metrics_unit_does_not_matter() -> None:
    space = config(dict.fromkeys("abc", UNIT))
    done = played(space, lambda x: x["a"] * x["b"] + x["c"], 100)
    scaled = [run._replace(value=1e6 * run.value - 3) for run in done if run.value is not None]

    assert shares(importance.of(space, scaled)) == pytest.approx(
        shares(importance.of(space, done)), abs=0.01
    )


def test_the_order_of_parameters_does_not_matter() -> None:
    forth = told(dict.fromkeys("abcd", UNIT), landscapes.additive, 500)
    space = config(dict.fromkeys("wxyz", UNIT))
    names = dict(zip("wxyz", "dcba", strict=True))
    back = importance.of(
        space,
        played(space, lambda x: landscapes.additive({names[k]: v for k, v in x.items()}), 500),
    )

    renamed = {names[name]: share for name, share in shares(back).items()}
    assert renamed == pytest.approx(shares(forth), abs=0.05)


@pytest.mark.parametrize("share", [0.01, 0.1, 0.3])
def test_catastrophes_do_not_take_over(share: float) -> None:
    space = config(dict.fromkeys("abc", UNIT))
    done = played(space, landscapes.additive, 200)
    hit = [run._replace(value=1e30) if run.params["c"] < share else run for run in done]

    found = shares(importance.of(space, hit))

    assert found["a"] > 0.3
    assert found["a"] > found["b"]


# Which runs count


@pytest.mark.parametrize("count", [0, 1, 9])
def test_too_few_runs_are_said_to_be_too_few(count: int) -> None:
    assert told(dict.fromkeys("ab", UNIT), lambda x: x["a"], count) == importance.Importance(
        (), None, None, count, f"too few runs have a value: {count}, at least 10 are needed"
    )


def test_more_parameters_need_more_runs() -> None:
    found = told(dict.fromkeys("abcdefgh", UNIT), lambda x: x["a"], 15)
    assert found.reason == "too few runs have a value: 15, at least 16 are needed"
    assert told(dict.fromkeys("abcdefgh", UNIT), lambda x: x["a"], 16).reason is None


def test_runs_that_tell_nothing_are_left_out() -> None:
    space = config(dict.fromkeys("ab", UNIT))
    done = played(space, lambda x: x["a"] + 2 * x["b"], 40)
    strange = [
        done[0]._replace(state=RunState.FAILED, value=None),
        done[0]._replace(value=math.nan),
        done[0]._replace(value=math.inf),
        done[0]._replace(params={"a": 3.0, "b": 0.5}, value=9.0),
        done[0]._replace(params={"a": 0.5}, value=9.0),
        done[0]._replace(state=RunState.RUNNING, value=9.0),
    ]

    assert importance.of(space, [*strange, *done]) == importance.of(space, done)


@pytest.mark.parametrize("state", [RunState.STOPPED, RunState.KILLED, RunState.CRASHED])
def test_a_run_with_a_value_counts_however_it_ended(state: RunState) -> None:
    space = config({"a": UNIT})
    done = [run._replace(state=state) for run in played(space, lambda x: x["a"], 12)]
    assert importance.of(space, done).runs == 12


def test_no_more_than_the_most_runs_are_looked_at() -> None:
    found = told({"a": UNIT}, lambda x: x["a"], importance.MOST_RUNS + 500)
    assert found.runs == importance.MOST_RUNS


def test_equal_values_tell_nothing() -> None:
    found = told(dict.fromkeys("ab", UNIT), lambda _: 3.0, 20)
    assert (found.parameters, found.reason) == ((), "all 20 runs have the same value")


@pytest.mark.parametrize("largest", [1e300, 1.7e308])
def test_values_that_are_too_large_to_square_tell_as_much_as_others(largest: float) -> None:
    found = told({"x": UNIT}, lambda x: (x["x"] - 0.5) * 2 * largest, 20)
    assert ([share.share for share in found.parameters], found.reason) == ([1.0], None)


def test_runs_of_one_point_tell_nothing() -> None:
    space = config(dict.fromkeys("ab", UNIT))
    found = importance.of(space, runs([{"a": 0.5, "b": 0.5}] * 20, [float(i) for i in range(20)]))
    assert (found.parameters, found.reason) == ((), "the runs do not differ in their parameters")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"metric": None}, "there is no single metric: the config has none"),
        ({"parameters": {"a": {"value": 1}}}, "no parameter varies"),
    ],
)
def test_where_there_is_nothing_to_explain_the_reason_says_so(
    changed: dict[str, JSON], reason: str
) -> None:
    space = config({"a": UNIT})._replace(metric=None) if "metric" in changed else config(**changed)
    assert importance.of(space, []).reason == reason


def test_several_metrics_are_no_single_one() -> None:
    space = config({"a": UNIT})
    assert space.metric is not None
    several = space._replace(metrics=(space.metric, space.metric), metric=None)

    found = importance.of(several, played(space, lambda x: x["a"], 20))

    assert found.reason == "there is no single metric: the sweep optimises several"


def test_a_record_is_plain_json() -> None:
    found = told(dict.fromkeys("ab", UNIT), lambda x: x["a"], 20)

    record = json.loads(json.dumps(importance.record(found), allow_nan=False))

    assert set(record) == {"parameters", "interactions", "explained", "runs", "method", "reason"}
    assert record["parameters"][0] == {
        "name": "a",
        "share": found.parameters[0].share,
        "correlation": found.parameters[0].correlation,
    }
