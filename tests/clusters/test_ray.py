"""Agents on a real Ray cluster, which is alone in a network namespace.

Ray listens at all addresses of a machine. `make clusters` installs it in an environment of its own.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from needed import lacking
from sweepcli import folders
from sweepcli.records import JSON, RunState
from sweepcli.stores import Store, open_existing

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

TESTS = Path(__file__).parents[1]
SCENARIO = Path(__file__).with_name("ray_scenario.py")
PYTHON = Path(os.environ.get("RAY_PYTHON", Path(sys.prefix) / "ray/bin/python"))
# A network with nothing but loopback, and processes that all end with the first one.
ALONE = ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
INSIDE = ["sh", "-c", 'ip link set lo up && "$@"; exit $?', "sh"]


class Seen(NamedTuple):
    """What the scenario has told, its store, and its folder."""

    told: dict[str, JSON]
    store: Store
    folder: Path

    def log(self, sweep_id: str) -> str:
        return (self.folder / f"{sweep_id}.log").read_text("utf-8")

    def output(self, sweep_id: str, run_id: str, attempt: int) -> str:
        sweep = self.store.sweep(sweep_id)
        results = str(self.folder / "sweep-results")
        return Path(
            folders.attempt_folder(results, sweep, run_id, attempt), "output.log"
        ).read_text("utf-8")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """Go through the scenario once."""
    why = missing()
    if why:
        lacking(why)
    folder = tmp_path_factory.mktemp("ray")
    ours = ("SWEEPCLI_", "WANDB_", "RAY_")
    with tempfile.TemporaryDirectory(prefix="ray-") as short:  # paths of sockets are limited
        environment = {
            **{name: text for name, text in os.environ.items() if not name.startswith(ours)},
            "PYTHONPATH": str(TESTS),
            "RAY_TMPDIR": short,
            "RAY_USAGE_STATS_ENABLED": "0",
        }
        done = subprocess.run(
            [*ALONE, *INSIDE, str(PYTHON), str(SCENARIO), str(folder)],
            check=False,
            capture_output=True,
            text=True,
            env=environment,
            timeout=200,
        )
    logs = "\n".join(path.read_text("utf-8") for path in folder.glob("*.log"))
    assert done.returncode == 0, done.stderr + logs
    with closing(open_existing(str(folder / "hunter2"))) as store:
        yield Seen(json.loads(done.stdout.splitlines()[-1]), store, folder)


def missing() -> str:
    """Return what is not there for these tests."""
    if not PYTHON.exists():
        return f"no Ray: {PYTHON} is missing; `make clusters` puts it there"
    if not all(map(shutil.which, ("unshare", "ip"))):
        return "no `unshare` or `ip`: Ray cannot be kept from the network"
    if subprocess.run([*ALONE, "true"], check=False, capture_output=True).returncode:
        return "no right to make a network namespace (root has it): Ray would be open to all"
    return ""


def test_each_cell_is_finished_exactly_once_although_a_node_is_lost(seen: Seen) -> None:
    runs = seen.store.runs("lost-node")

    attempts = [each for run in runs for each in seen.store.attempts(run.id)]
    assert seen.told["lost node"] == 0, seen.log("lost-node")
    assert sorted(int(run.params["x"]) for run in runs) == list(range(1, 25))
    finished = [each.run_id for each in attempts if each.state is RunState.FINISHED]
    assert sorted(finished) == sorted(run.id for run in runs)
    assert len(attempts) == 24 + 2, "two runs were on the node that died"


def test_agents_of_a_lost_node_are_started_on_another(seen: Seen) -> None:
    runs = seen.store.runs("lost-node")

    nodes = {seen.output("lost-node", run.id, run.attempt).split()[0] for run in runs}
    assert len(nodes) == 3
    assert "is lost; agents that were on it are started again up to 2 times" in seen.log(
        "lost-node"
    )


def test_no_two_agents_share_a_gpu(seen: Seen) -> None:
    runs = seen.store.runs("lost-node")
    by_gpu = dict[str, list[tuple[float, float]]]()

    for run in runs:
        for each in seen.store.attempts(run.id):
            gpu = seen.output("lost-node", run.id, each.attempt).strip()
            if each.state is RunState.FINISHED and each.ended_at:
                by_gpu.setdefault(gpu, []).append((each.started_at, each.ended_at))

    assert {gpu.split()[1] for gpu in by_gpu} == {"0", "1"}
    for times in map(sorted, by_gpu.values()):
        assert all(end <= start for (_, end), (start, _) in itertools.pairwise(times))


def test_the_database_is_shown_to_nobody(seen: Seen) -> None:
    assert seen.told["shown"] == []


@pytest.mark.parametrize("sweep_id", ["interrupted", "killed"])
def test_runs_are_given_back_when_the_launch_ends(seen: Seen, sweep_id: str) -> None:
    runs = seen.store.runs(sweep_id)

    endings = [each for run in runs for each in seen.store.attempts(run.id)]
    assert seen.told["interrupted"] == 130, seen.log("interrupted")
    assert [each.state for each in endings] == [RunState.PREEMPTED] * 2
    assert {each.reason for each in endings} == {"its agent was interrupted by SIGTERM"}
    # SIGTERM came to them, and came once: twice, it would have killed them.
    assert [each.output for each in endings] == ["begun\nsaved"] * 2


@pytest.mark.parametrize("part", ["lost node", "interrupted"])
def test_no_process_is_left(seen: Seen, part: str) -> None:
    assert seen.told[f"left by {part}"] == []


def test_a_launch_from_a_machine_outside_of_the_cluster_ends_with_one_clear_error(
    seen: Seen,
) -> None:
    told = str(seen.told["from elsewhere"])
    assert told.startswith("1: sweepcli: ERROR this machine is not a node of a Ray cluster at "), (
        told
    )
    assert len(told.splitlines()) == 1
