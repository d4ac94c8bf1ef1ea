"""Agents that meet in a PostgreSQL database: a server that dies, hosts that die, passwords."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path

import psycopg
import pytest

from flaky_line import FlakyLine
from launching import created
from needed import lacking
from pooler import SESSION, TRANSACTION, left_by_us, pooling
from postgres_server import LOCKED, Server, running
from support import PATIENCE_S, WAITS, go_on, grid, has_started, shell, until
from sweepcli import stores
from sweepcli.records import JSON, RunState

SECRET = "s3cr3tw0rd"  # noqa: S105 -- of nobody
LOGS_FIVE = (
    'for i in 1 2 3 4 5; do echo "{\\"loss\\": $i}" >> "$SWEEPCLI_EVENTS"; sleep 0.02; done; '
)
QUICK = {"SWEEPCLI_HEARTBEAT": "0.3", "SWEEPCLI_LEASE": "2"}


def environment(url: str) -> dict[str, str]:
    return {**os.environ, **QUICK, "SWEEPCLI_STORE": url}


def ours(*words: str, url: str) -> str:
    """Run a command of ours; return its answer."""
    command = [sys.executable, "-m", "sweepcli", *words]
    done = subprocess.run(
        command, env=environment(url), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def new_sweep(config: dict[str, JSON], url: str) -> str:
    """Create a sweep of a config; return its path."""
    return created(json.dumps(config), store=url)


@contextmanager
def agents(
    path: str, *options: str, url: str, number: int = 1, within: Sequence[str] = ()
) -> Iterator[list[subprocess.Popen[str]]]:
    """Start agents of which none outlives the test; their words go to a file, agents.log."""
    command = [*within, sys.executable, "-m", "sweepcli", "agent", *options, path]
    with open("agents.log", "a", encoding="utf-8") as log:
        started = [
            subprocess.Popen(
                command,
                env=environment(url),
                text=True,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
            for _ in range(number)
        ]
    try:
        yield started
    finally:
        for each in started:
            each.kill()
            each.wait()


def log() -> str:
    return Path("agents.log").read_text("utf-8")


def ran() -> list[str]:
    return Path("ran").read_text("ascii").split() if os.path.exists("ran") else []


def has_run(enough: int) -> bool:
    return len(ran()) >= enough


@pytest.mark.slow
def test_a_server_killed_in_the_middle_of_a_sweep_loses_nothing_and_doubles_nothing() -> None:
    script = shell(LOGS_FIVE + "echo $SWEEPCLI_PARAM_x >> ran")
    with running() as server:
        url = server.new_database()
        path = new_sweep(grid(60, script, metric={"name": "loss"}), url)

        with agents(path, url=url, number=4) as started:
            for enough in (8, 20, 32):
                until(partial(has_run, enough))
                server.kill()
                server.start()
            codes = [each.wait(PATIENCE_S) for each in started]

        assert codes == [0] * 4, log()
        assert Counter(ran()) == Counter(str(x) for x in range(1, 61)), log()
        with closing(stores.open_existing(url)) as store:
            runs = store.runs(path.rpartition("/")[2])
            assert [run.state for run in runs] == [RunState.FINISHED] * 60
            assert {len(store.history(run.id, run.attempt)) for run in runs} == {5}
            finished = [
                [each.state for each in store.attempts(run.id)].count(RunState.FINISHED)
                for run in runs
            ]
            assert finished == [1] * 60


@pytest.mark.slow
@pytest.mark.parametrize("mode", [TRANSACTION, SESSION])
def test_a_pooler_killed_in_the_middle_of_a_sweep_loses_nothing_and_keeps_nothing(
    postgres: Server, mode: str
) -> None:
    script = shell(LOGS_FIVE + "echo $SWEEPCLI_PARAM_x >> ran")
    with pooling(postgres, mode) as pooler, pooler.new_database() as url:
        path = new_sweep(grid(40, script, metric={"name": "loss"}), url)

        with agents(path, url=url, number=4) as started:
            for enough in (8, 20):
                until(partial(has_run, enough))
                pooler.kill()
                pooler.start()
            codes = [each.wait(PATIENCE_S) for each in started]

        assert codes == [0] * 4, log()
        assert Counter(ran()) == Counter(str(x) for x in range(1, 41)), log()
        assert left_by_us(url) == []


def test_an_agent_whose_claim_was_not_answered_runs_everything_once(postgres: Server) -> None:
    url = postgres.new_database()
    path = new_sweep(grid(3, shell("echo $SWEEPCLI_PARAM_x >> ran")), url)

    with FlakyLine.to(postgres.port) as line:
        line.lose_answer_to(
            b"UPDATE sweepcli.runs SET state = 'running'", after=1
        )  # which found none
        through = url.replace(str(postgres.port), str(line.port))
        with agents(path, url=through) as [agent]:
            assert agent.wait(PATIENCE_S) == 0, log()

    assert (line.lost, sorted(ran())) == (1, ["1", "2", "3"])
    with closing(stores.open_existing(url)) as store:
        runs = store.runs(path.rpartition("/")[2])
        assert [(run.state, run.attempt) for run in runs] == [
            *((RunState.FINISHED, 2), (RunState.FINISHED, 1), (RunState.FINISHED, 1))
        ]


def test_an_agent_that_starts_while_the_server_is_away_waits_for_it() -> None:
    with running() as server:
        url = server.new_database()
        path = new_sweep(grid(2, ["/bin/true"]), url)
        server.kill()

        with agents(path, url=url) as [agent]:
            until(lambda: "Trying again for 300 s" in log())
            server.start()

            assert agent.wait(PATIENCE_S) == 0, log()
        with closing(stores.open_existing(url)) as store:
            assert {run.state for run in store.runs(path.rpartition("/")[2])} == {RunState.FINISHED}


def logged() -> int:
    files = Path("sweep-results").rglob("events.jsonl")
    return sum(len(file.read_text("utf-8").splitlines()) for file in files)


def test_a_run_goes_on_while_the_server_is_away_and_what_it_logs_arrives_later() -> None:
    script = shell(WAITS + LOGS_FIVE)
    with running() as server:
        url = server.new_database()
        path = new_sweep(grid(2, script, metric={"name": "loss"}, run_cap=1), url)

        with agents(path, url=url) as [agent]:
            until(has_started)
            server.kill()
            go_on()
            until(lambda: logged() == 5)
            server.start()
            assert agent.wait(PATIENCE_S) == 0, log()

        with closing(stores.open_existing(url)) as store:
            [run] = store.runs(path.rpartition("/")[2])
            assert (run.state, run.attempt, run.value) == (RunState.FINISHED, 1, 1.0)
            assert len(store.history(run.id, 1)) == 5


def test_an_agent_needs_no_connection_while_its_run_trains(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.new_database()
    count = (
        "SELECT COUNT(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'sweepcli'"
    )
    path = new_sweep(grid(2, shell(WAITS), run_cap=1), url)

    def connections() -> int:
        with psycopg.connect(url) as connection:
            [(found,)] = connection.execute(count).fetchall()
            return int(found)

    monkeypatch.setitem(QUICK, "SWEEPCLI_HEARTBEAT", "5")
    monkeypatch.setitem(QUICK, "SWEEPCLI_LEASE", "60")
    with agents(path, url=url) as [agent]:
        until(has_started)
        until(lambda: connections() == 0)
        go_on()
        assert agent.wait(PATIENCE_S) == 0, log()


def test_the_run_of_a_dead_host_is_taken_over_after_the_lease(postgres: Server) -> None:
    if os.getuid() != 0 or shutil.which("unshare") is None:
        lacking("another host name needs root and unshare")
    url = postgres.new_database()
    path = new_sweep(grid(2, shell(WAITS)), url)
    elsewhere = ["unshare", "--uts", "sh", "-c", 'hostname far-away; exec "$@"', "sh"]

    with agents(path, url=url, within=elsewhere) as [far]:
        until(has_started)
        far.send_signal(signal.SIGKILL)
        with agents(path, url=url) as [here]:
            until(lambda: has_started(2))  # not yet the other one's
            go_on()
            assert here.wait(PATIENCE_S) == 0, log()
        with agents(path, "--wait", url=url) as [later]:
            assert later.wait(PATIENCE_S) == 0, log()

    with closing(stores.open_existing(url)) as store:
        first, second = store.runs(path.rpartition("/")[2])
        hosts = [(each.host, str(each.state)) for each in store.attempts(first.id)]
        assert hosts == [("far-away", "crashed"), (os.uname().nodename, "finished")]
        assert (second.attempt, second.state) == (1, RunState.FINISHED)


@pytest.mark.slow
def test_a_password_is_nowhere_to_be_seen(postgres: Server) -> None:
    url = postgres.new_database()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {LOCKED} LOGIN PASSWORD '{SECRET}' SUPERUSER".encode())
    secret_url = url.replace("sweep@", f"{LOCKED}:{SECRET}@")
    try:
        Path("sweep.json").write_text(json.dumps(grid(2, shell(WAITS + "false"))))
        path = ours("sweep", "sweep.json", url=secret_url)
        with agents(path, "-v", url=secret_url) as [agent]:
            until(has_started)
            lines = command_lines()
            told = "".join(
                ours("sweep", *words, url=secret_url)  # and `where` tells the store
                for words in (["show", path], ["show", path, "--json"], ["where", "--json"], ["ls"])
            )
            go_on()
            assert agent.wait(PATIENCE_S) == 1, log()  # both runs failed
        files = [file.read_bytes() for file in Path().rglob("*") if file.is_file()]
        dump = b"".join(b"".join(copy) for copy in _tables(url))
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"REASSIGN OWNED BY {LOCKED} TO sweep; DROP ROLE {LOCKED}".encode())

    assert b"sh" in b"".join(lines)
    assert path.encode() in b"".join(files)
    assert b"exit code 1" in dump
    assert [SECRET.encode() in b"".join(each) for each in (lines, files, [dump])] == [False] * 3
    assert SECRET not in told


def command_lines() -> list[bytes]:
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has just ended
            found.append(file.read_bytes())
    return found


def _tables(url: str) -> Iterator[list[bytes]]:
    with psycopg.connect(url) as connection:
        for table in ("sweeps", "runs", "agents", "attempts", "history"):
            with connection.cursor().copy(f"COPY sweepcli.{table} TO STDOUT".encode()) as copy:
                yield [bytes(part) for part in copy]
