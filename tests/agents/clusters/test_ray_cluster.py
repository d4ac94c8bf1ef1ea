"""What needs no cluster: addresses, errors, exit codes, and agents that are tied to a worker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support import a_sweep, grid, shell, until
from sweepcli import env
from sweepcli.agents.clusters import ray_cluster, ray_task, tied
from sweepcli.agents.clusters.order import Order
from sweepcli.errors import LaunchError, NotSupported, UsageError
from sweepcli.records import RunState
from sweepcli.runs import process_table
from sweepcli.stores import Store, open_store
from sweepcli.stores.location import Location

# What Ray does to a worker: it interrupts its task, ends it by SIGTERM, kills it, or kills its
# children and then ends it.
WORKER = """
import signal, sys
from sweepcli.agents.clusters import ray_task
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
ended = ray_task.run_agent(sys.argv[3:], {"SWEEPCLI_STORE": sys.argv[1]}, sys.argv[2])
sys.exit(ended.exit_code)
"""
PATIENT = "trap 'sleep 0.3; echo saved; exit' TERM; echo begun; sleep 1000 & wait"


def an_order(folder: Path, *, gpus: int | None = None) -> Order:
    place = Location(str(folder / "sweep-results"), str(folder / "database"))
    return Order(a_sweep(), place, 2, gpus=gpus)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Keep sweeps in a database that only the environment names."""
    opened = open_store(str(tmp_path / "database"))
    yield opened
    opened.close()


@contextmanager
def a_worker(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start what has an agent beside it as a worker of Ray does."""
    order = an_order(folder)
    with open(folder / "worker.log", "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(folder / "database"), str(folder), *order.words],
            stdout=log,
            stderr=log,
        )
    with process:
        try:
            yield process
        finally:
            process.kill()
            process_table.kill_marked({env.STORE: str(folder / "database")})


def begun(folder: Path) -> bool:
    outputs = list(folder.glob("sweep-results/**/output.log"))
    return bool(outputs) and "begun" in outputs[0].read_text("utf-8")


def child_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()[0])


# To the cluster


@pytest.mark.parametrize(
    "address", ["", "local", "10.0.0.1", "ray://head", "head:99999", "k8s://head:1", "a:b:c"]
)
def test_what_is_no_address_of_a_cluster_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(UsageError, match="is not a Ray cluster; write auto, HOST:6379"):
        ray_cluster.run(an_order(tmp_path), address=address, resources={}, retries=0)


def test_auto_is_the_cluster_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "local")
    with pytest.raises(UsageError, match="'local' is not a Ray cluster"):
        ray_cluster.run(an_order(tmp_path), address="auto", resources={}, retries=0)


@pytest.mark.parametrize("scheme", ["", "ray://"])
def test_an_address_where_nobody_listens_is_told_at_once(tmp_path: Path, scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"{scheme}127.0.0.1:{server.getsockname()[1]}"
    before = time.monotonic()

    with pytest.raises(LaunchError, match=r"no Ray cluster can be reached at .*refused"):
        ray_cluster.run(an_order(tmp_path), address=address, resources={}, retries=0)

    assert time.monotonic() - before < ray_cluster.REACH_S


def test_without_ray_it_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setenv("RAY_DEDUP_LOGS", "0")  # which it would set for good

    with pytest.raises(NotSupported, match=r"pip install 'sweepcli\[ray\]'"):
        ray_cluster.run(an_order(tmp_path), address="auto", resources={}, retries=0)


# How agents ended


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        (set[int](), 0),
        ({0}, 0),
        ({0, 75}, 75),
        ({0, 3, 75}, 3),
        ({3, 1}, 1),
        ({0, 137}, 1),
        ({2, 75}, 1),
    ],
)
def test_the_exit_code_is_that_of_the_worst_agent(codes: set[int], code: int) -> None:
    assert ray_cluster.exit_code(codes) == code


# On a node


def test_an_agent_has_the_words_and_the_environment_of_its_order(
    tmp_path: Path, store: Store
) -> None:
    store.add_sweep(a_sweep(grid(2)))
    order = an_order(tmp_path)

    ended = ray_task.run_agent(order.words, order.environment, str(tmp_path))

    assert ended == (os.uname().nodename, 0)
    assert [run.state for run in store.runs("s1")] == [RunState.FINISHED] * 2


def test_an_agent_that_can_do_nothing_says_so_by_its_exit_code(tmp_path: Path) -> None:
    order = an_order(tmp_path)
    assert ray_task.run_agent(order.words, order.environment, str(tmp_path)).exit_code == 1


def test_a_node_without_the_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match=f"{os.uname().nodename} has no folder /nowhere"):
        ray_task.run_agent(an_order(tmp_path).words, {}, "/nowhere")


@pytest.mark.skipif(sys.platform != "linux", reason="processes are tied on Linux alone")
@pytest.mark.parametrize("how", ["interrupted", "ended", "killed", "its child is killed"])
def test_an_agent_gives_its_runs_back_once_its_worker_is(
    tmp_path: Path, store: Store, how: str
) -> None:
    store.add_sweep(a_sweep(grid(2, shell(PATIENT))))

    with a_worker(tmp_path) as worker:
        until(lambda: begun(tmp_path))
        agent = child_of(child_of(worker.pid))
        if how == "its child is killed":
            os.kill(child_of(worker.pid), signal.SIGKILL)
        worker.send_signal({"interrupted": signal.SIGINT, "ended": signal.SIGTERM}.get(how, 9))
        until(lambda: not process_table.is_alive(agent))

    [attempt] = store.attempts(store.runs("s1")[0].id)
    assert attempt.state is RunState.PREEMPTED
    # Once, that is: a second SIGTERM would have killed it.
    assert attempt.output == "begun\nsaved"


def test_an_interrupted_task_waits_for_its_agent(tmp_path: Path, store: Store) -> None:
    store.add_sweep(a_sweep(grid(2, shell(PATIENT))))

    with a_worker(tmp_path) as worker:
        until(lambda: begun(tmp_path))
        worker.send_signal(signal.SIGINT)
        worker.wait()
        attempts = store.attempts(store.runs("s1")[0].id)

    assert [attempt.state for attempt in attempts] == [RunState.PREEMPTED]


# Tied processes


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
def test_the_exit_code_of_a_tied_program_comes_through(script: str, code: int) -> None:
    done = subprocess.run(tied.argv(shell(script), os.getpid()), check=False)
    assert done.returncode == code


def test_a_program_whose_parent_is_gone_is_not_started(tmp_path: Path) -> None:
    nobody = 2**22 + 1  # above all pids

    done = subprocess.run(tied.argv(["/bin/mkdir", f"{tmp_path}/begun"], nobody), check=False)

    assert done.returncode == tied.TOO_LATE
    assert not (tmp_path / "begun").exists()


def test_a_tied_program_hears_the_signals_that_its_parent_does_not() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    try:
        done = subprocess.run(tied.argv(shell("kill -USR1 $$"), os.getpid()), check=False)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    assert done.returncode == 128 + signal.SIGUSR1
