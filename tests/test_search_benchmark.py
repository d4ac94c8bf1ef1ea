"""The benchmark of the search engines is sound: its best values, its regrets, its ranks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest
from benchmarks.search import engines, play, real, report, tasks
from benchmarks.search.play import Game
from benchmarks.search.tasks import Task

from sweepcli.search import random
from sweepcli.sweep_config import load, parse

EVERY = {task.name: task for task in tasks.all_tasks()}


def draws(task: Task, count: int) -> Sequence[dict[str, Any]]:
    config = parse.parse({"method": "random", "parameters": task.parameters, "seed": 1})
    return [each.params for each in random.suggest(config, [], count)]


@pytest.mark.parametrize("task", EVERY.values(), ids=EVERY)
def test_nothing_is_better_than_the_best(task: Task) -> None:
    found = [task.truth(params) for params in draws(task, 300)]

    assert all(map(math.isfinite, found))
    assert min(found) >= task.best - 1e-6 * max(1.0, abs(task.best))
    assert not load.load_mapping(
        {"method": "bayes", "metric": {"name": "loss"}, "parameters": task.parameters}
    ).warnings


def test_about_half_of_every_kind_is_held_out() -> None:
    assert set(EVERY) >= tasks.HELD_OUT
    for kind in {task.kind for task in EVERY.values()}:
        held = [task.is_held_out for task in EVERY.values() if task.kind == kind]
        assert 0.4 <= sum(held) / len(held) <= 0.7, kind


def test_noise_is_the_same_for_every_engine_and_another_for_every_run() -> None:
    task = EVERY["branin, noisy"]
    params = draws(task, 1)[0]

    shown = [task.shown(params, seed=1, number=number) for number in (0, 0, 1)]

    assert shown[0] == shown[1] != shown[2]
    assert EVERY["branin"].shown(params, seed=1, number=0) == task.truth(params)


def test_a_table_is_exact_where_it_was_made_and_even_between() -> None:
    table = real.Table({"rate": [0.01, 0.1, 1.0], "kind": ["a", "b"]}, [1, 5, 3, 6, 2, 9])

    assert table.parameters["rate"] == {
        "distribution": "log_uniform_values",
        "min": 0.01,
        "max": 1.0,
    }
    assert table({"rate": 0.1, "kind": "b"}) == pytest.approx(6)
    assert table({"rate": 10**-1.5, "kind": "a"}) == pytest.approx(2)
    assert table.best == 1


class Listed:
    """An engine that goes through a list."""

    def __init__(self, values: Sequence[float]) -> None:
        self._values = iter(values)
        self.at_work: list[int] = []
        self.most = self._asked = 0

    def __call__(self, do: str, **more: int) -> dict[str, Any]:
        if do == "tell":
            self.at_work.remove(more["id"])
        if do != "ask":
            return {}
        value = next(self._values, None)
        if value is None:
            return {"params": None}
        self.at_work.append(self._asked)
        self._asked += 1
        self.most = max(self.most, len(self.at_work))
        return {"id": self._asked - 1, "params": {"x": value}}


@pytest.mark.parametrize(
    ("pending", "values", "found"),
    [
        (1, [9, 4, *[8] * 27, 3, 1, *[7] * 69], {"30": 3, "100": 1}),
        (8, [9, 4, *[8] * 27, 3, 1, *[7] * 69], {"30": 3, "100": 1}),
        (8, [9, 4], {"30": 4, "100": 4}),
    ],
)
def test_a_game_keeps_the_truth_of_what_looked_best(
    pending: int, values: list[float], found: dict[str, float]
) -> None:
    listed = Listed(values)
    task = tasks.Task("x", "smooth", {}, lambda params: float(params["x"]), 0.0)

    played = play.play(listed, task, seed=0, pending=pending, budget=100)

    assert played == found
    assert (listed.most, listed.at_work) == (min(pending, len(values)), [])


def test_regret_is_in_units_of_random_search() -> None:
    task = EVERY["branin"]
    games = [
        Game("random", task.name, 1, 0, {"30": task.best + 2}),
        Game("random", task.name, 1, 1, {"30": task.best + 4}),
        Game("ours", task.name, 8, 0, {"30": task.best + 1.5}),
    ]

    table = report.regrets(games, EVERY)

    assert table["random", 1, 30] == {"branin": pytest.approx(1)}
    assert table["ours", 8, 30] == {"branin": pytest.approx(0.5)}


def test_equal_engines_share_a_rank() -> None:
    found = report.ranks({"a": {"x": 0.1, "y": 0}, "b": {"x": 0.2, "y": 0}, "c": {"x": 1, "y": 1}})
    assert found == {"a": 1.25, "b": 1.75, "c": 3}


def test_an_interval_holds_its_mean() -> None:
    found = report.interval([0.1, 0.4, 0.2, 0.9])

    assert found.mean == pytest.approx(0.4)
    assert found.low < found.mean < found.high
    assert report.behind({"x": 1.0, "y": 2.0}, {"x": 0.5, "z": 9}).mean == 0.5


def test_our_engine_answers_over_its_pipes() -> None:
    talk = engines.Talk(engines.ENGINES[0])
    try:
        found = play.play(talk, EVERY["branin"], seed=0, pending=2, budget=30)
    finally:
        talk.close()

    assert EVERY["branin"].best <= found["30"] < 10
