from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from clusters import slurm_cluster
from clusters.slurm_cluster import Cluster
from launching import created, endings, runs, sweep
from postgres_server import Server
from support import until
from sweepcli import env
from sweepcli.records import JSON, RunState
from sweepcli.runs import process_table

# Runs that take half a second, and that can be counted: each start leaves a line.
SHORT = """\
method: grid
command: [sh, -c, 'sleep 0.5; echo ${x} >> done']
parameters: {x: {min: 1, max: 24}}
"""
# Runs that wait for leave to go on.
WAITING = """\
method: grid
command: [sh, -c, 'while [ ! -e go ]; do sleep 0.05; done']
parameters: {x: {min: 1, max: 4}}
"""
# Runs that tell where they are, and wait until all four do.
TELLING = """\
method: grid
command: [sh, -c, 'echo $SLURMD_NODENAME $CUDA_VISIBLE_DEVICES $SWEEPCLI_GPUS > place-${x};
  while [ $(ls place-* | wc -l) != 4 ]; do sleep 0.05; done']
parameters: {x: {min: 1, max: 4}}
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        monkeypatch.setenv(env.STORE, server.new_database())


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    with slurm_cluster.running() as found:
        for name, text in found.environ.items():
            monkeypatch.setenv(name, text)
        yield found


def launched(path: str, *words: str) -> str:
    """Launch agents with SLURM, and return the job's id."""
    answer = sweep("launch", path, "--on", "slurm", *words)
    assert answer.code == 0, answer.err
    return answer.out.strip()


def jobs(path: str, *words: str) -> list[dict[str, JSON]]:
    """Return the tasks of a sweep as `--status` tells of them."""
    answer = sweep("launch", path, "--on", "slurm", "--status", "--json", *words)
    assert answer.code == 0, answer.err
    found: list[dict[str, JSON]] = answer.json["jobs"]
    return found


def at_work(path: str, results: str = "sweep-results") -> int:
    return sum(run.state is RunState.RUNNING for run in runs(path, results))


def is_finished(path: str) -> bool:
    return bool(json.loads(sweep("show", path, "--json").out)["state"] == "finished")


def output(path: str, task: str, results: str = "sweep-results") -> str:
    """Return what a task has printed."""
    with open(f"{results}/{path}/launches/{task}.out", encoding="utf-8") as file:
        return file.read()


@pytest.mark.usefixtures("database")  # before the cluster, which ends all that knows it
def test_each_cell_is_finished_once_whatever_becomes_of_the_agents(cluster: Cluster) -> None:
    path = created(SHORT)
    job = launched(path, "-n", "4", "--cpus", "2")
    until(lambda: at_work(path) == 4)
    nodes = {str(each["id"]): each["node"] for each in jobs(path)}
    canceled, requeued = (task for task in nodes if nodes[task] == "n1")

    cluster.crash("n2")
    cluster.ask("scancel", canceled)
    cluster.ask("scancel", "--signal=USR1", "--batch", requeued)
    until(lambda: f"{requeued} is at its time limit and work is left" in output(path, requeued))
    until(lambda: [(each["id"], each["state"]) for each in jobs(path)].count((requeued, "PENDING")))
    # Not after two minutes; yet what SLURM has signed in this second is revoked.
    cluster.ask("scontrol", "update", f"JobId={requeued}", "StartTime=now+2")
    until(lambda: is_finished(path))

    assert set(nodes) == {f"{job}_{number}" for number in range(4)}
    everything = runs(path)
    assert len(everything) == 24
    assert {run.state for run in everything} == {RunState.FINISHED}
    assert all(endings(run)[RunState.FINISHED] == 1 for run in everything)
    assert any(RunState.CRASHED in endings(run) for run in everything)  # on n2
    assert any(RunState.PREEMPTED in endings(run) for run in everything)  # on n1
    assert process_table.kill_marked({env.SWEEP_ID: path.rpartition("/")[2]}) == 0


def test_each_agent_sees_the_gpus_of_its_own_task(cluster: Cluster) -> None:
    path = created(TELLING)

    launched(path, "-n", "4", "--gpus", "1", "--sbatch", "--time=1", "--", "--count", "1")
    until(lambda: not jobs(path))

    assert {run.state for run in runs(path)} == {RunState.FINISHED}
    places = {Path(f"place-{x}").read_text("ascii").strip() for x in range(1, 5)}
    assert places == {f"{node} {gpu} {gpu}" for node in slurm_cluster.NODES for gpu in "01"}
    assert "idle" in cluster.ask("sinfo", "-h")


@pytest.mark.usefixtures("cluster")
def test_agents_are_listed_and_canceled_and_their_runs_given_back() -> None:
    results = os.path.abspath('100% of "my" results')
    path = created(WAITING, results)
    launch = ("launch", path, "--dir", results, "--on", "slurm")

    job = launched(path, "--dir", results, "-n", "3", "--at-most", "2")
    until(lambda: at_work(path, results) == 2)
    table = sweep(*launch, "--status").out.splitlines()
    answer = sweep(*launch, "--cancel")
    until(lambda: not jobs(path, "--dir", results))

    assert [line.split()[:2] for line in table[1:]] == [
        *([f"{job}_2", "PENDING"], [f"{job}_0", "RUNNING"], [f"{job}_1", "RUNNING"])
    ]
    assert (answer.code, answer.out) == (0, "")
    assert f"3 agents of sweep {path} canceled" in answer.err
    assert [run.state for run in runs(path, results)].count(RunState.PREEMPTED) == 2
    assert "interrupted by SIGTERM" in output(path, f"{job}_0", results)
    assert "0 agents of" in sweep(*launch, "--cancel").err
    assert "SLURM has no agent of yours" in sweep(*launch, "--status").err
