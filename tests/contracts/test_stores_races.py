"""What every store must do when many processes use it at once."""

from __future__ import annotations

import pytest

from store_clients import claim_all, create, in_processes, suggest
from support import RANDOM, a_sweep, suggestions
from sweepcli import stores
from sweepcli.records import RunState
from sweepcli.stores import Store


@pytest.mark.slow
def test_eight_processes_create_the_store_at_the_same_instant(address: str) -> None:
    assert in_processes(8, create, address) == [[f"s{i}" for i in range(8)]] * 8


def test_eight_processes_claim_each_of_200_runs_once(address: str, empty: Store) -> None:
    empty.add_sweep(a_sweep())
    empty.suggest("s1", suggestions(200), run_cap=None, now=1.0)

    found = in_processes(8, claim_all, address)

    ids = [run_id for of_one in found for run_id in of_one]
    assert sorted(ids) == sorted(f"r{i}" for i in range(200))
    assert empty.counts("s1") == {RunState.FINISHED: 200}
    assert {run.attempt for run in empty.runs("s1")} == {1}


@pytest.mark.slow
def test_none_of_eight_processes_starves(address: str, empty: Store) -> None:
    empty.add_sweep(a_sweep())
    empty.suggest("s1", suggestions(1600), run_cap=None, now=1.0)

    found = in_processes(8, claim_all, address)

    shares = [len(ids) for ids in found]
    assert sum(shares) == 1600
    assert min(shares) > 0, shares


@pytest.mark.slow
def test_the_cap_and_the_keys_hold_when_six_processes_suggest(address: str, empty: Store) -> None:
    empty.add_sweep(a_sweep())

    in_processes(6, suggest, address)

    runs = empty.runs("s1")
    assert [run.number for run in runs] == list(range(1, 51))
    assert len({run.key for run in runs}) == 50


def test_a_config_that_is_replaced_is_seen_by_all_at_once(address: str, empty: Store) -> None:
    empty.add_sweep(a_sweep())
    empty.suggest("s1", suggestions(3), run_cap=None, now=1.0)
    other = stores.open_store(address)
    assert other.number_of_runs("s1") == 3

    empty.replace_config("s1", RANDOM, None)

    assert other.sweep("s1").raw == RANDOM
    assert other.runs("s1") == []
    other.close()
