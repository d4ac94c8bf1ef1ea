"""What views read, of every kind of store."""

from __future__ import annotations

import math
from contextlib import closing

import pytest

from support import an_agent, begin, claimed, end, suggestions
from sweepcli import stores
from sweepcli.records import JSON, Agent, Progress, Row, Run
from sweepcli.stores import Store, runs
from sweepcli.stores.runs import ORDERS
from sweepcli.stores.sql import run_of


@pytest.fixture
def store(empty: Store) -> Store:
    """A store with five runs to take."""
    begin(empty, 5)
    return empty


def give_values(store: Store, *values: float | None) -> None:
    """End the next runs with these values."""
    for value in values:
        end(store, claimed(store), progress=Progress(value=value))


def test_a_page_is_in_the_order_asked_for_and_what_has_no_value_comes_last(store: Store) -> None:
    give_values(store, 2.0, None, 3.0, 1.0)

    rising = store.page("s1", order="value")
    falling = store.page("s1", order="value", descending=True, most=2)

    assert [run.value for run in rising] == [1.0, 2.0, 3.0, None]
    assert [run.value for run in falling] == [3.0, 2.0]


def test_a_page_leaves_out_what_no_agent_has_taken_unless_asked(store: Store) -> None:
    claimed(store)

    assert [run.number for run in store.page("s1")] == [1]
    assert [run.number for run in store.page("s1", taken=False)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("order", ORDERS)
def test_a_page_in_any_order_is_the_start_of_all_runs_in_it(store: Store, order: str) -> None:
    give_values(store, 2.0, None, 2.0)
    claimed(store)

    for descending in (False, True):
        every = store.page("s1", order=order, descending=descending, taken=False)
        assert sorted(run.number for run in every) == [1, 2, 3, 4, 5]
        for most in range(6):
            page = store.page("s1", order=order, descending=descending, taken=False, most=most)
            assert page == every[:most]


def test_what_finished_without_a_metric_is_found_but_not_what_logged_nan(store: Store) -> None:
    for summary in ({}, {"a_b": math.nan}, {"axb": 1}, {"x": 1, "a_b": "text"}):
        end(store, claimed(store), progress=Progress(summary))
    newest_first = [(run.id, 1) for run in (store.runs("s1")[2], store.runs("s1")[0])]

    assert store.finished_without("s1", "a_b", 5) == newest_first
    assert store.finished_without("s1", "a_b", 3) == newest_first[:1]


def test_an_order_of_a_caller_s_own_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="not in"):
        store.page("s1", order="value; DROP TABLE runs")


def test_a_snapshot_shows_nothing_that_is_added_meanwhile(address: str, store: Store) -> None:
    with (
        closing(stores.open_existing(address)) as other,
        other.database.snapshot(),
    ):
        assert other.number_of_runs("s1") == 5
        store.suggest("s1", suggestions(9), run_cap=None, now=1.0)
        assert other.number_of_runs("s1") == 5

    assert store.number_of_runs("s1") == 9


def test_runs_are_found_by_their_numbers_however_many(empty: Store) -> None:
    begin(empty, 1_200)
    found = empty.numbered("s1", [*range(1, 1_200, 2), 9_999])
    assert [run.number for run in found] == [*range(1, 1_200, 2)]


def test_a_sample_of_values_is_drawn_from_the_runs_that_have_one(empty: Store) -> None:
    begin(empty, 60)
    give_values(empty, *[None] * 10, *map(float, range(11, 51)))

    for most in (8, 20):  # where all are looked through, and where they are not
        sample = [run.number for run in empty.sample_of_values("s1", most)]
        assert sample == sorted(set(sample))
        assert len(sample) == most
        assert set(sample) <= {*range(11, 51)}
        assert sample == [run.number for run in empty.sample_of_values("s1", most)]
    assert [run.number for run in empty.sample_of_values("s1", 1_000)] == [*range(11, 51)]


def test_a_sample_of_a_grid_has_every_value_of_its_last_parameter(empty: Store) -> None:
    begin(empty, 1_000)
    give_values(empty, *map(float, range(1, 1_001)))

    sample = empty.sample_of_values("s1", 100)

    assert len(sample) == 100
    assert {run.number % 10 for run in sample} == {*range(10)}


def test_of_a_sample_only_its_own_runs_are_made(
    empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(empty, 20)
    give_values(empty, *map(float, range(1, 21)))
    made: list[object] = []

    def counted(row: tuple[JSON, ...]) -> Run:
        made.append(row)
        return run_of(row)

    monkeypatch.setattr(runs, "run_of", counted)

    empty.sample_of_values("s1", 4)

    assert len(made) == 4


def test_a_sweep_without_values_has_an_empty_sample(store: Store) -> None:
    end(store, claimed(store))

    assert store.sample_of_values("s1", 10) == []
    assert store.sample_of_values("nowhere", 10) == []


def test_a_stamp_changes_when_a_run_is_taken_when_it_ends_and_when_it_is_read_again(
    empty: Store,
) -> None:
    begin(empty, 1)
    stamps = [empty.stamps("s1")]
    run = claimed(empty)
    stamps.append(empty.stamps("s1"))
    end(empty, run)
    stamps.append(empty.stamps("s1"))
    with empty.database.transaction():  # as `sweep reread` does
        empty.database.change("UPDATE runs SET value = 0.5")
    stamps.append(empty.stamps("s1"))

    assert [len(each) for each in stamps] == [1, 1, 1, 1]
    assert len({tuple(each) for each in stamps}) == 4


def test_agents_are_told_with_the_runs_that_they_have(store: Store) -> None:
    store.add_agent(an_agent("a2"))
    store.add_agent(an_agent("idle elsewhere"))
    end(store, claimed(store))
    claimed(store)
    claimed(store, "a2")
    store.end_agent("a2", 9.0)

    [(agent, at_work, had)] = store.agents("s1")

    assert isinstance(agent, Agent)
    assert (agent.id, at_work, had) == ("a1", 1, 2)


def test_an_agent_that_has_had_no_run_is_known_by_the_sweeps_that_it_works_on(store: Store) -> None:
    store.add_agent(an_agent("waits")._replace(sweeps=" s0 s1 "))
    store.add_agent(an_agent("elsewhere")._replace(sweeps=" s10 "))
    claimed(store)

    assert [agent.id for agent in store.alive("s1")] == ["a1", "waits"]
    assert [(each[0].id, *each[1:]) for each in store.agents("s1")] == [
        ("a1", 1, 1),
        ("waits", 0, 0),
    ]

    assert store.last_ended("s1") is None
    store.end_agent("waits", 9.0, 3, "10 runs failed in a row")
    ended = store.last_ended("s1")
    assert ended is not None
    assert (ended.id, ended.ended_code, ended.ended_why) == ("waits", 3, "10 runs failed in a row")
    assert [agent.id for agent in store.alive("s1")] == ["a1"]


def test_a_sample_of_history_is_spread_and_has_what_is_logged_rarely(store: Store) -> None:
    run = claimed(store)
    rows = [
        Row(line, line, None, {"loss": 1.0, **({"val": 1.0} if line % 10 == 9 else {})})
        for line in range(10_000)
    ]
    store.save_progress(run, rows, Progress())

    sample = store.history_sample(run.id, run.attempt, 1_000)

    assert 900 <= len(sample) <= 1_100
    assert sample[0].step == 0
    assert sample[-1].step == 9_999
    assert sum("val" in row.values for row in sample) >= 90


def test_a_short_history_is_sampled_whole(store: Store) -> None:
    run = claimed(store)
    rows = [Row(line, line, None, {"loss": 1.0}) for line in range(10)]
    store.save_progress(run, rows, Progress())

    assert store.history_sample(run.id, run.attempt, 10) == rows
    assert store.history_sample(run.id, 7, 10) == []
