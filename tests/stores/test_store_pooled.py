"""PostgreSQL behind a pooler, which lends a connection to one program after the other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from pooler import CONNECTIONS, SESSION, TRANSACTION, Pooler, left_by_us, pooling
from postgres_server import Server
from store_clients import claim_all, in_processes
from support import PATIENCE_S, a_sweep, begin, claimed, end, suggestions
from sweepcli import stores
from sweepcli.records import Row, RunState
from sweepcli.stores.database import TURN_S


@pytest.fixture(scope="module", params=[TRANSACTION, pytest.param(SESSION, marks=pytest.mark.slow)])
def pooler(request: pytest.FixtureRequest, postgres: Server) -> Iterator[Pooler]:
    with pooling(postgres, request.param) as found:
        yield found


@pytest.fixture
def url(pooler: Pooler) -> Iterator[str]:
    with pooler.new_database() as found:
        yield found


def test_agents_at_once_claim_each_run_once_and_leave_nothing_in_the_connections(url: str) -> None:
    with closing(stores.open_store(url)) as store:
        store.add_sweep(a_sweep())
        store.suggest("s1", suggestions(60), run_cap=None, now=1.0)
        found = in_processes(4, claim_all, url)
        counts = store.counts("s1")

    assert sorted(run_id for ids in found for run_id in ids) == sorted(f"r{i}" for i in range(60))
    assert counts == {RunState.FINISHED: 60}
    assert [left_by_us(url) for _ in range(max(CONNECTIONS.values()))] == [[]] * 40


def test_a_search_in_its_turn_keeps_no_connection_from_others(url: str) -> None:
    """As many search as there are connections, of which none would be left for their runs."""
    number = CONNECTIONS[TRANSACTION]
    with ExitStack() as all_of_them:
        for name in (f"s{i}" for i in range(number)):
            store = all_of_them.enter_context(closing(stores.open_store(url)))
            store.add_sweep(a_sweep(sweep_id=name))
            all_of_them.enter_context(store.database.turn(name))
            store.suggest(name, suggestions(3, name), run_cap=None, now=1.0)

        assert left_by_us(url) == []
        with closing(stores.open_existing(url)) as other:
            begun = time.monotonic()
            with other.database.turn("s0", wait_s=0.2):
                assert time.monotonic() - begun >= 0.2


def test_settings_and_locks_of_a_change_that_fails_end_with_it(url: str) -> None:
    with closing(stores.open_store(url)) as store:
        store.add_sweep(a_sweep())
        with pytest.raises(ZeroDivisionError), store.database.transaction(alone="s1"):
            raise ZeroDivisionError
        with store.database.snapshot():
            assert store.has_sweep("s1")

        assert left_by_us(url) == []


def test_a_pooler_that_is_killed_is_waited_for(url: str, pooler: Pooler) -> None:
    with closing(stores.open_store(url, patience_s=PATIENCE_S)) as store:
        begin(store)
        run = claimed(store)
        pooler.kill()
        again = threading.Timer(0.3, pooler.start)
        again.start()

        assert end(store, run, rows=[Row(0, 0, None, {"a": 1})])
        again.join()

        assert [each.state for each in store.attempts(run.id)] == [RunState.FINISHED]


HOLD = """
import sys, signal
from sweepcli import stores
with stores.open_existing(sys.argv[1]).database.turn("s1"):
    print("has it", flush=True)
    signal.pause()
"""


def test_a_turn_of_a_process_that_was_killed_is_not_waited_for_longer(url: str) -> None:
    with closing(stores.open_store(url)) as store:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, url], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "has it\n"
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()

        with store.database.turn("s1", wait_s=PATIENCE_S):
            began = time.monotonic()
            with closing(stores.open_existing(url)) as other, other.database.turn("s1", wait_s=0.1):
                waited = time.monotonic() - began  # the turn is one that others respect

    assert 0.1 <= waited < TURN_S
