"""What every cluster must do with an order, run over the registry.

A new cluster needs a line in FAKES if it calls what is not ours: what this puts in its place
starts the agents that it is asked for, here and now.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from support import a_sweep, grid, shell
from sweepcli.agents import clusters
from sweepcli.agents.clusters.order import Order
from sweepcli.records import RunState
from sweepcli.stores import open_store
from sweepcli.stores.location import Location

SBATCH = """#!/bin/sh
cat > job.sh
for task in $(seq 0 "$(sed -n 's/.*--array=0-//p' job.sh)"); do bash job.sh > /dev/null; done
echo 4711"""


def slurm(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    (folder / "sbatch").write_text(SBATCH)
    (folder / "sbatch").chmod(0o700)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return {}


def ray(_folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    def remote(**_resources: object) -> Callable[[Callable[..., Any]], object]:
        return lambda task: SimpleNamespace(options=lambda **_: SimpleNamespace(remote=task))

    module = ModuleType("ray")
    node = {"NodeID": "n", "NodeManagerAddress": "", "Alive": True, "Resources": {"CPU": 1}}
    exceptions = {"TaskCancelledError": ChildProcessError, "RayError": RuntimeError}
    vars(module).update(
        init=lambda _address, **_: None,
        shutdown=lambda: None,
        nodes=lambda: [node],
        remote=remote,
        wait=lambda tasks, **_: (tasks, []),
        get=lambda ended: ended,
        exceptions=SimpleNamespace(**exceptions),
    )
    monkeypatch.setitem(sys.modules, "ray", module)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setenv("RAY_DEDUP_LOGS", "0")  # which it would set for good
    return {"address": "auto", "resources": {}, "retries": 0}


FAKES: dict[str, Callable[[Path, pytest.MonkeyPatch], dict[str, object]]] = {
    "slurm": slurm,
    "ray": ray,
    "local": lambda _folder, _monkeypatch: {},
}
every_cluster = pytest.mark.parametrize("cluster", clusters.CLUSTERS)


def launched(
    cluster: str, script: str, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> tuple[int, list[RunState]]:
    """Let two agents work on a sweep of three runs; return the exit code and what became of them.

    The database is one that the order alone names.
    """
    folder = Path.cwd()
    location = Location(str(folder / "results"), str(folder / "database"))
    store = open_store(location.database)
    store.add_sweep(a_sweep(grid(3, shell(script))))
    settings = FAKES[cluster](folder, monkeypatch)
    code = clusters.load(cluster).run(Order(store.sweep("s1"), location, 2, arguments), **settings)
    states = [run.state for run in store.runs("s1")]
    store.close()
    return code, states


@every_cluster
def test_each_agent_gets_the_options_and_the_store_of_the_order(
    cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, states = launched(cluster, "true", ("--count", "1"), monkeypatch)
    assert (code, states) == (0, [RunState.FINISHED] * 2)


@every_cluster
def test_the_exit_code_is_that_of_the_agents_where_they_are_waited_for(
    cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, states = launched(cluster, "exit 1", ("--count", "1", "--strict"), monkeypatch)
    assert (code, states) == (0 if cluster == "slurm" else 1, [RunState.FAILED] * 2)
