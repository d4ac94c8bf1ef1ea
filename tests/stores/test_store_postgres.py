"""What is PostgreSQL's own: connections that come and go, answers that are lost, passwords."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from flaky_line import FlakyLine
from postgres_server import Server, running
from postgres_server import tell as ask
from store_clients import create, in_processes, look
from support import PATIENCE_S, a_sweep, begin, claimed, end, suggestions, until
from sweepcli import stores
from sweepcli.agents.recovery import Recovery
from sweepcli.errors import StoreError, StoreUnavailable, UsageError
from sweepcli.records import Progress, Row, RunState
from sweepcli.stores import Store
from sweepcli.stores import postgres as module

SECRET = "s3cr3t/w@rd"  # noqa: S105 -- of nobody
QUOTED = "s3cr3t%2Fw%40rd"


@pytest.fixture
def url(postgres: Server) -> str:
    return postgres.new_database()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A store with sweep s1, agent a1 and three runs to take."""
    with closing(stores.open_store(url, patience_s=20.0)) as found:
        begin(found)
        yield found


def connections(url: str) -> int:
    """Return how many connections to the database there are, this one apart."""
    [(count,)] = ask(
        url,
        "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
    )
    assert isinstance(count, int)
    return count


# Set-up


@pytest.mark.slow
def test_sixteen_agents_set_up_an_empty_database_at_once(url: str) -> None:
    assert in_processes(16, create, url) == [sorted(f"s{index}" for index in range(16))] * 16


def test_our_tables_leave_others_of_the_same_names_alone(url: str) -> None:
    ask(url, "INSERT INTO public.runs VALUES (7)")

    with closing(stores.open_store(url)) as store:
        store.add_sweep(a_sweep())

    assert ask(url, "SELECT theirs FROM public.runs") == [(7,)]
    assert ask(url, "SELECT id FROM sweepcli.sweeps") == [("s1",)]


def test_looking_for_a_store_makes_none(url: str) -> None:
    assert stores.open_if_there(url) is None
    assert ask(url, "SELECT 1 FROM pg_namespace WHERE nspname = 'sweepcli'") == []


def test_a_store_of_a_newer_version_is_refused(url: str) -> None:
    stores.open_store(url).close()
    ask(url, "INSERT INTO sweepcli.migrations VALUES ('999_from_the_future', 1.0)")

    with pytest.raises(StoreError, match=r"newer version.*999_from_the_future.*upgrade"):
        stores.open_store(url)


def test_who_may_only_read_can_look(url: str, store: Store) -> None:
    ask(url, "CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA sweepcli TO reader")
    ask(url, "GRANT SELECT ON ALL TABLES IN SCHEMA sweepcli TO reader")
    as_reader = url.replace("sweep@", "reader@")

    try:
        with closing(stores.open_existing(as_reader)) as other:
            assert other.runs("s1") == store.runs("s1")
            with pytest.raises(StoreError, match="permission denied"):
                other.claim_run("s1", "a1", 2.0)
    finally:
        ask(url, "DROP OWNED BY reader; DROP ROLE reader")


def test_text_with_a_zero_byte_is_kept_without_it(store: Store) -> None:
    run = claimed(store)

    assert end(store, run, rows=[Row(0, 0, None, {"a\0": "b\0"})], progress=Progress({"a\0": 1}))

    assert store.history(run.id, 1) == [Row(0, 0, None, {"a\0": "b\0"})]  # JSON has its own sign
    assert store.run(run.id).summary == {"a\0": 1}


# Waiting for each other


def test_a_turn_is_waited_for_but_not_for_ever(url: str, store: Store) -> None:
    with closing(stores.open_existing(url)) as other, store.database.turn("s1"):
        begin = time.monotonic()
        with other.database.turn("s2", wait_s=PATIENCE_S):
            took = time.monotonic() - begin
        with other.database.turn("s1", wait_s=1.0):
            waited = time.monotonic() - begin - took

    assert (took < PATIENCE_S / 2, waited >= 0.9) == (True, True)
    begin = time.monotonic()
    with closing(stores.open_existing(url)) as other, other.database.turn("s1", wait_s=PATIENCE_S):
        assert time.monotonic() - begin < PATIENCE_S / 2  # it was given back


def test_who_is_suspended_inside_a_transaction_holds_nobody_up(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST_IDLE", "300ms")
    with (
        closing(stores.open_store(url)) as suspended,
        closing(stores.open_store(url, patience_s=0.5)) as other,
    ):
        suspended.add_sweep(a_sweep())
        with pytest.raises(StoreUnavailable):  # noqa: PT012, SIM117 -- only the last line raises
            with suspended.database.transaction(alone="s1"):
                suspended.database.change("UPDATE sweeps SET name = 'half' WHERE id = 's1'")
                assert other.suggest("s1", suggestions(1), run_cap=None, now=1.0) == 1
                suspended.database.change("UPDATE sweeps SET name = 'whole' WHERE id = 's1'")

        assert suspended.sweep("s1").name is None


# Connections


def test_the_connection_is_given_back_when_it_has_no_work_and_comes_back(
    url: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LINGER_S", 100.0)
    store.heartbeat("a1", 3.0)
    assert 0 < store.database.rest() <= module.QUIET_S
    assert connections(url) == 1

    until(lambda: store.database.rest() == float("inf"))

    until(lambda: connections(url) == 0)
    assert claimed(store).id == "r0"
    assert 99.0 < store.database.rest() <= 100.0  # it was needed again so soon that it is kept


def test_a_connection_that_the_server_ended_is_made_anew(url: str, store: Store) -> None:
    ask(
        url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )

    assert [run.id for run in store.runs("s1")] == ["r0", "r1", "r2"]
    assert claimed(store).id == "r0"


@pytest.mark.usefixtures("store")
def test_a_server_without_room_is_waited_for(url: str) -> None:
    grants = "GRANT USAGE ON SCHEMA sweepcli TO narrow"
    ask(url, f"CREATE ROLE narrow LOGIN CONNECTION LIMIT 1; {grants}")
    ask(url, "GRANT SELECT ON ALL TABLES IN SCHEMA sweepcli TO narrow")

    try:
        found = in_processes(4, look, url.replace("sweep@", "narrow@"))
    finally:
        ask(url, "DROP OWNED BY narrow; DROP ROLE narrow")

    assert found == [["s1"]] * 4


def test_a_server_that_is_killed_and_restarted_is_waited_for_outside_of_changes() -> None:
    with running() as server, closing(stores.open_store(server.new_database())) as store:
        store.add_sweep(a_sweep())
        server.kill()
        restarted = threading.Timer(0.5, server.start)
        restarted.start()

        found = [sweep.id for sweep in store.sweeps()]
        restarted.join()

        assert found == ["s1"]
        with pytest.raises(StoreUnavailable):  # noqa: PT012, SIM117 -- only the last line raises
            with store.database.transaction():
                store.database.change("UPDATE sweeps SET name = 'half'")
                server.kill()
                store.database.change("UPDATE sweeps SET name = 'whole'")
        server.start()
        assert store.sweep("s1").name is None


def test_where_no_server_answers_is_told_at_once() -> None:
    begin = time.monotonic()

    with pytest.raises(
        StoreError, match=r"postgresql://me@127\.0\.0\.1:1/there: cannot be opened: "
    ):
        stores.open_store(f"postgresql://me:{QUOTED}@127.0.0.1:1/there")

    assert time.monotonic() - begin < module.PATIENCE_S / 2


@contextmanager
def refusing(why: str) -> Iterator[int]:
    """Serve, at a port, one connection as a server does that takes none now."""
    fields = f"SFATAL\0C57P03\0M{why}\0\0".encode()

    def answer() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(1024)
            connection.sendall(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


@pytest.mark.parametrize(
    "why", ["starting up", "not yet accepting connections", "in recovery mode", "shutting down"]
)
def test_a_server_that_takes_no_connection_now_may_take_one_later(
    monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.0)  # to be told at once

    with refusing(f"the database system is {why}") as port, pytest.raises(StoreUnavailable):
        stores.open_store(f"postgresql://me@127.0.0.1:{port}/there?sslmode=disable")


# Answers that are lost


@pytest.fixture
def line(postgres: Server) -> Iterator[FlakyLine]:
    with FlakyLine.to(postgres.port) as found:
        yield found


def through(line: FlakyLine, url: str) -> Store:
    """Return the store as it is seen at the other end of a line."""
    port = url.rpartition(":")[2].partition("/")[0]
    return stores.open_existing(url.replace(port, str(line.port)), patience_s=5.0)


def test_a_run_whose_claim_was_not_answered_is_given_back(
    url: str, store: Store, line: FlakyLine, tmp_path: Path
) -> None:
    sweep = store.sweep("s1")
    with closing(through(line, url)) as far:
        line.lose_answer_to(b"UPDATE sweepcli.runs SET state = 'running'")
        run = claimed(far)  # another one, since it had to ask again
        recovery = Recovery(60.0, "a1", lambda: {run.id})

        lost = recovery.give_back_lost(far, sweep, str(tmp_path))

    assert (line.lost, run.id, [each.id for each in lost]) == (1, "r1", ["r0"])
    assert store.run("r0").state is RunState.PREEMPTED
    assert store.run("r1") == run
    assert claimed(store)._replace(started_at=None) == lost[0]._replace(
        attempt=2, state=RunState.RUNNING, started_at=None
    )


def test_an_end_that_was_not_answered_is_found_done(
    url: str, store: Store, line: FlakyLine
) -> None:
    run = claimed(store)
    with closing(through(line, url)) as far:
        line.lose_answer_to(b"COMMIT")
        with pytest.raises(StoreUnavailable):
            end(far, run, rows=[Row(0, 0, None, {"a": 1})])

        assert end(far, run, rows=[Row(0, 0, None, {"a": 1})])

    assert line.lost == 1
    assert [each.state for each in store.attempts(run.id)] == [RunState.FINISHED]
    assert len(store.history(run.id, 1)) == 1


def test_suggestions_that_were_not_answered_are_not_made_twice(
    url: str, store: Store, line: FlakyLine
) -> None:
    with closing(through(line, url)) as far:
        line.lose_answer_to(b"COMMIT")
        with pytest.raises(StoreUnavailable):
            far.suggest("s1", suggestions(5, "x"), run_cap=None, now=1.0)

        far.suggest("s1", suggestions(5, "y"), run_cap=None, now=1.0)

    assert [run.id for run in store.runs("s1")] == ["r0", "r1", "r2", "x3", "x4"]


# Passwords


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://locked:{QUOTED}@127.0.0.1:{{port}}/postgres",
        f"postgres://127.0.0.1:{{port}}/postgres?user=locked&password={QUOTED}",
    ],
)
def test_a_wrong_password_is_refused_without_being_told(postgres: Server, address: str) -> None:
    with pytest.raises(StoreError, match=r"password authentication failed") as told:
        stores.open_store(address.format(port=postgres.port))
    assert (SECRET in str(told.value), QUOTED in str(told.value)) == (False, False)


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://me:{SECRET}@host/name",  # the slash ends the host
        "postgresql://me:s3cr3tw@rd@host/name",
        f"postgresql://me:{QUOTED}@host:port/name",
        f"postgresql://me:{QUOTED}@host/name?color=blue",
    ],
)
def test_a_url_that_cannot_be_read_is_told_without_its_password(address: str) -> None:
    with pytest.raises(
        UsageError, match=r"is not the URL of a database; write postgresql://"
    ) as told:
        stores.open_store(address)

    assert ("s3cr3t" in str(told.value), "w@rd" in str(told.value)) == (False, False)


def test_a_store_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UsageError, match=r"'mysql://me@host/db' is not a store: write postgresql"):
        stores.open_store("mysql://me:secret@host/db")


def test_no_run_of_a_sweep_that_is_being_removed_is_claimed(store: Store, url: str) -> None:
    found: list[object] = []

    def claim() -> None:
        with closing(stores.open_store(url)) as other:
            found.append(other.claim_run("s1", "a1", 2.0))

    store.remove_sweep("s1", also=claim)

    assert found == [None]
    assert store.counts("s1") == {}
