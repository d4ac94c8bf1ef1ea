from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Never

import pytest

from support import claimed, end, grid, suggestions
from sweepcli.records import JSON, Progress, SweepConfig
from sweepcli.stores import Store
from sweepcli.sweep_config import parse
from sweepcli.sweeps import controller

UNIFORM = {"x": {"distribution": "uniform", "min": 0, "max": 1}}


def config(cells: int = 5, **more: JSON) -> SweepConfig:
    return parse.parse(grid(cells, **more))


def is_used_up(store: Store, config: SweepConfig) -> bool:
    return controller.is_used_up(store, store.sweep("s1")._replace(config=config))


def top_up(store: Store, config: SweepConfig, wanted: int) -> bool:
    sweep = store.sweep("s1")._replace(config=config)
    return controller.top_up(store, sweep, wanted=wanted, now=1.0)


def test_a_step_adds_what_is_wanted_and_says_when_there_is_no_more(store: Store) -> None:
    assert [top_up(store, config(), 2) for _ in range(4)] == [True, True, True, False]
    assert [run.params["x"] for run in store.runs("s1")] == [1, 2, 3, 4, 5]


def test_the_run_cap_counts_all_runs_whatever_became_of_them(store: Store) -> None:
    capped = config(run_cap=3)
    top_up(store, capped, 2)
    claimed(store)

    assert [top_up(store, capped, 9) for _ in range(2)] == [True, False]

    assert store.number_of_runs("s1") == 3


def test_agents_that_want_differently_many_make_the_same_runs(store: Store) -> None:
    for wanted in (1, 32, 2, 5):
        top_up(store, config(9), wanted)

    assert [(run.key, run.params["x"]) for run in store.runs("s1")] == [
        (str(i), i + 1) for i in range(9)
    ]


def test_a_huge_grid_starts_at_once(store: Store) -> None:
    assert top_up(store, config(10**12), 3)
    assert store.number_of_runs("s1") == 3


@pytest.mark.parametrize(
    ("more", "total", "words"),
    [
        ({}, 5, "all 5 runs of the grid search are claimed"),
        ({"run_cap": 3}, 3, "the run_cap of 3 is reached"),
        ({"run_cap": 5}, 5, "the run_cap of 5 is reached"),
        ({"run_cap": 9}, 5, "all 5 runs of the grid search are claimed"),
        ({"method": "random"}, 5, "all 5 runs of the random search are claimed"),
        (
            {"method": "random", "parameters": UNIFORM, "run_cap": 9},
            9,
            "the run_cap of 9 is reached",
        ),
    ],
)
def test_the_lower_of_search_and_cap_is_the_total(
    store: Store, more: dict[str, JSON], total: int, words: str
) -> None:
    limited = config(**more)
    assert controller.total(limited) == total
    assert controller.limit_reached(limited) == words

    assert not is_used_up(store, limited)
    while top_up(store, limited, 2):
        pass
    assert is_used_up(store, limited)
    assert store.number_of_runs("s1") == total


def test_a_search_without_end_has_no_total(store: Store) -> None:
    endless = config(method="random", parameters=UNIFORM)

    assert controller.total(endless) is None
    assert top_up(store, endless, 40)
    assert not is_used_up(store, endless)


def test_runs_are_a_sequence_of_those_that_were_there(store: Store) -> None:
    top_up(store, config(), 3)
    runs = controller.Runs(store, "s1", 2)
    assert len(runs) == 2

    assert [run.key for run in runs] == ["0", "1"]
    assert runs[-1].key == "1"
    assert [run.key for run in runs[:1]] == ["0"]


def test_what_another_agent_has_suggested_meanwhile_is_not_searched_for_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def others_come_first(sweep_id: str) -> Iterator[None]:
        store.suggest(sweep_id, suggestions(1, "other"), run_cap=None, now=1.0)
        yield

    def must_not_search(*_arguments: object) -> Never:
        pytest.fail("searched in vain")

    monkeypatch.setattr(store.database, "turn", others_come_first)
    monkeypatch.setattr("sweepcli.search.method", lambda _: must_not_search)

    assert top_up(store, config(), 1)
    assert [run.id for run in store.runs("s1")] == ["other0"]


def test_who_finds_the_suggestions_of_others_taken_searches_in_the_same_turn(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def others_come_first(sweep_id: str) -> Iterator[None]:
        store.suggest(sweep_id, suggestions(1, "other"), run_cap=None, now=1.0)
        claimed(store)
        yield

    monkeypatch.setattr(store.database, "turn", others_come_first)

    assert top_up(store, config(), 1)
    assert [run.key for run in store.runs("s1")] == ["0", "1"]


@pytest.mark.parametrize(
    ("metric", "is_reached"),
    [
        ({"name": "loss"}, True),
        ({"name": "loss.min"}, True),
        ({"name": "loss", "value": "last"}, False),
        ({"name": "loss", "over": {"inits": "mean"}}, False),
        ({"name": "loss.mean"}, False),
        ({"name": "loss.max"}, False),
    ],
)
def test_a_running_run_whose_value_may_become_worse_has_not_reached_the_target(
    store: Store, metric: dict[str, JSON], tmp_path: Path, *, is_reached: bool
) -> None:
    sweep = store.sweep("s1")._replace(config=config(metric={**metric, "target": 1.0}))
    top_up(store, config(), 1)
    run = claimed(store)
    store.save_progress(run, [], Progress({}, 0.5))
    assert (controller.finish_at_target(store, sweep, str(tmp_path)) is not None) == is_reached

    end(store, run, progress=Progress({}, 0.5))

    assert controller.finish_at_target(store, sweep, str(tmp_path)) is not None
