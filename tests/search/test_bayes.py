from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from sweepcli.records import (
    JSON,
    Goal,
    Metric,
    Params,
    PriorRun,
    Run,
    RunState,
    Suggestion,
    SweepConfig,
)
from sweepcli.search import bayes, gaussian_process, random
from sweepcli.sweep_config import parameters

LINES: dict[str, JSON] = {
    "lr": {"distribution": "log_uniform_values", "min": 1e-5, "max": 1.0},
    "drop": {"min": 0.0, "max": 0.8},
    "opt": {"values": ["sgd", "adam", None, False]},
}
GRID: dict[str, JSON] = {"a": {"min": 0, "max": 59}, "b": {"min": 0, "max": 59}}
METRIC = Metric("loss")


def config(raw: dict[str, JSON], **more: JSON) -> SweepConfig:
    return SweepConfig("bayes", parameters.flatten(raw), **{"metric": METRIC, "seed": 3, **more})


def loss(params: Params) -> float:
    distance = (np.log10(params["lr"]) + 3) ** 2 + 9 * (params["drop"] - 0.3) ** 2
    return float(distance) + (0.0 if params["opt"] is False else 2.0)


def run(number: int, params: Params, value: float | None = None, **more: JSON) -> Run:
    more = {"state": RunState.FINISHED, **more}
    return Run(f"r{number}", "s", number, str(number - 1), params=params, value=value, **more)


def searched(
    sweep: SweepConfig,
    n: int,
    objective: Callable[[Params], float] = loss,
    suggest: Callable[[SweepConfig, Sequence[Run], int], list[Suggestion]] = bayes.suggest,
) -> list[Run]:
    runs: list[Run] = []
    while len(runs) < n and (made := suggest(sweep, runs, 1)):
        runs.append(run(len(runs) + 1, made[0].params, objective(made[0].params)))
    return runs


def elsewhere(n: int, **environ: str) -> JSON:
    """Return the params of `n` runs and two suggestions more, as another process makes them."""
    code = (
        "import sys; sys.path[:0] = [sys.argv[1]]\n"
        "import test_bayes as t\n"
        "print(t.json.dumps(t.suggested(int(sys.argv[2]))))"
    )
    there = subprocess.run(
        [sys.executable, "-c", code, os.path.dirname(__file__), str(n)],
        capture_output=True,
        check=True,
        env={**os.environ, **environ},
    )
    return json.loads(there.stdout)


def suggested(n: int) -> tuple[list[Params], list[Suggestion]]:
    done = searched(config(LINES), n)
    return [run.params for run in done], bayes.suggest(config(LINES), done, 2)


def best(runs: Sequence[Run]) -> float:
    return min(run.value for run in runs if run.value is not None)


def test_it_finds_what_random_search_does_not() -> None:
    sweep = config(LINES)
    ours, theirs = searched(sweep, 40), searched(sweep, 400, suggest=random.suggest)
    assert best(ours) < 1e-4 < best(theirs)


def test_several_suggestions_are_those_made_one_by_one_with_runs_in_flight() -> None:
    sweep = config(LINES)
    done = searched(sweep, 14)

    together = bayes.suggest(sweep, done, 3)

    runs = list(done)
    for suggestion in together:
        assert bayes.suggest(sweep, runs, 1) == [suggestion]
        runs.append(run(len(runs) + 1, suggestion.params, state=RunState.RUNNING))


@pytest.mark.parametrize("agents", [8, 64])
def test_many_agents_get_points_that_are_far_from_each_other(agents: int) -> None:
    raw: dict[str, JSON] = {"x": {"min": 0.0, "max": 1.0}, "y": {"min": 0.0, "max": 1.0}}
    sweep = config(raw)
    done = searched(sweep, 10, lambda p: float((p["x"] - 0.5) ** 2 + (p["y"] - 0.5) ** 2))

    made = np.array([[*s.params.values()] for s in bayes.suggest(sweep, done, agents)])

    distances = np.linalg.norm(made[:, None] - made, axis=2) + np.eye(agents)
    assert distances.min() > 0.9 * bayes.NEAR_IN_FLIGHT
    assert made.std(axis=0).min() > 0.05


def test_another_process_makes_the_same_suggestion() -> None:
    done, made = json.loads(json.dumps(suggested(12)))

    there, made_there = elsewhere(12, PYTHONHASHSEED="1", OPENBLAS_NUM_THREADS="2")

    assert there == done
    for (key, params, info), expected in zip(made_there, made, strict=True):
        lengths = info.pop("length_scales")
        assert [key, params, lengths] == [*expected[:2], expected[2].pop("length_scales")]
        assert info == pytest.approx(expected[2], rel=1e-5)


def test_another_machine_makes_the_same_suggestions() -> None:
    here, _ = suggested(30)

    # Sums in another order: those of the oldest processor that OpenBLAS knows, if it is there.
    there, _ = elsewhere(30, OPENBLAS_CORETYPE="Prescott")

    assert there == here
    assert here[27] == {"drop": 0.8, "lr": 1.0, "opt": "sgd"}
    later = {"drop": pytest.approx(0.3018016), "lr": pytest.approx(0.001002917), "opt": False}
    assert here[28] == later


def test_the_first_runs_are_spread_and_few_of_a_small_budget() -> None:
    assert [bayes.initial(axes, None) for axes in (1, 3, 20)] == [4, 6, 12]
    assert [bayes.initial(5, cap) for cap in (4, 20, 1000)] == [2, 5, 10]
    first = [s.params["x"] for s in bayes.suggest(config({"x": {"min": 0.0, "max": 1.0}}), [], 4)]
    assert sorted(int(4 * x) for x in first) == [0, 1, 2, 3]


def test_expectations_are_kept_with_a_suggestion() -> None:
    sweep = config(LINES)
    done = searched(sweep, 30)

    first, later = bayes.suggest(sweep, [], 1)[0], bayes.suggest(sweep, done, 1)[0]

    assert first.info is None
    assert later.info is not None
    assert later.info["predicted_value"] == pytest.approx(best(done), abs=0.5)
    assert later.info["predicted_value_std_dev"] > 0
    assert later.info["expected_improvement"] > 0
    assert set(later.info["length_scales"]) == set(LINES)


def test_maximising_is_minimising_the_other_way_round() -> None:
    low = searched(config(LINES), 20)
    upward = config(LINES, metric=Metric("m", Goal.MAXIMIZE))
    high = searched(upward, 20, lambda p: -loss(p))

    assert [run.params for run in low] == [run.params for run in high]
    found = bayes.suggest(upward, high, 1)[0].info
    assert found is not None
    assert found["predicted_value"] < 1


def test_failures_keep_the_search_away_and_are_not_the_end_of_it() -> None:
    sweep = config({"x": {"min": 0.0, "max": 1.0}})
    runs: list[Run] = []
    for number in range(1, 25):
        x = bayes.suggest(sweep, runs, 1)[0].params["x"]
        failed: dict[str, JSON] = {"state": RunState.FAILED} if x > 0.5 else {}
        runs.append(run(number, {"x": x}, None if failed else -x, **failed))

    assert sum(run.state is RunState.FAILED for run in runs[8:]) < 8
    assert best(runs) < -0.45


def test_runs_whose_params_do_not_fit_teach_nothing_and_do_no_harm() -> None:
    sweep = config(LINES)
    strange: list[Params] = [{}, {"lr": 7.0}, {"lr": 0.1, "drop": 0.1, "opt": "lion"}]
    odd = [run(number, params, -100.0) for number, params in enumerate(strange, 1)]
    done = searched(sweep, 20)

    made = bayes.suggest(sweep, [*done, *odd], 1)[0]

    assert made.info is not None
    assert made.info["predicted_value"] > -1


def test_what_was_known_before_is_as_good_as_runs() -> None:
    runs = searched(config(LINES), 20)
    prior = tuple(PriorRun(each.params, each.value or 0.0) for each in runs)
    odd = PriorRun({"lr": "fast"}, 0.0)

    [made] = bayes.suggest(config(LINES, prior_runs=(*prior, odd)), [], 1)

    assert (made.key, made.info is not None) == ("0", True)
    assert loss(made.params) < 2


def test_a_point_that_was_known_before_is_not_tried_again() -> None:
    space: dict[str, JSON] = {"x": {"values": [1, 2, 3]}}
    sweep = config(space, prior_runs=(PriorRun({"x": 2}, 0.5),))

    made = searched(sweep, 9, lambda params: float(params["x"]))

    assert sorted(each.params["x"] for each in made) == [1, 3]


def test_nothing_but_failures_still_brings_suggestions() -> None:
    sweep = config(LINES)
    runs = [
        run(number, made.params, state=RunState.FAILED)
        for number, made in enumerate(bayes.suggest(sweep, [], 20), 1)
    ]

    assert len(bayes.suggest(sweep, runs, 2)) == 2


def test_a_space_too_large_to_list_is_used_up_without_repetition() -> None:
    sweep = config(GRID)
    cells = [{"a": a, "b": b} for a in range(60) for b in range(60)]
    runs = [run(number, cell, float(number)) for number, cell in enumerate(cells[:-3], 1)]

    made = bayes.suggest(sweep, runs, 9)

    assert sorted(s.params["b"] for s in made) == [57, 58, 59]
    assert {s.params["a"] for s in made} == {59}
    assert bayes.size(sweep) == 3600


def test_no_point_of_a_finite_space_comes_twice() -> None:
    runs = searched(config(GRID), 80, lambda p: float((p["a"] - 20) ** 2 + (p["b"] - 41) ** 2))
    assert len({tuple(run.params.values()) for run in runs}) == 80
    assert best(runs) == 0


def test_a_model_rests_on_a_bounded_number_of_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = config(LINES)
    draws = random.suggest(sweep, [], 3000)
    runs = [run(number, made.params, loss(made.params)) for number, made in enumerate(draws, 1)]
    sizes = []
    for name in ("fit", "Posterior"):
        real = getattr(gaussian_process, name)

        def noted(x: JSON, *rest: JSON, _real: JSON = real) -> JSON:
            sizes.append(len(rest[0]))
            return _real(x, *rest)

        monkeypatch.setattr(gaussian_process, name, noted)

    assert len(bayes.suggest(sweep, runs, 2)) == 2

    assert max(sizes) <= bayes.MOST_POINTS + 2
    assert min(sizes) == bayes.MOST_FITTED
