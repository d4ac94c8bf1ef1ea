from __future__ import annotations

import importlib
import os
from types import ModuleType
from typing import Any

import pytest

from command_lines import Call
from sweepcli.agents import clusters

every_cluster = pytest.mark.parametrize("cluster", clusters.CLUSTERS)
NEEDED = {"ray": "--address 10.0.0.1:6379"}
# What no agent would understand, wherever it runs.
WRONG_ANYWHERE = [
    ("-- --conut 1", "No such option"),
    ("-- --count 0", "'0' is not a whole number from 1"),
    ("another/sweep", "another/sweep: options of the agents go after `--`."),
    ("-- --count 1 me/demo/other", "me/demo/other: launched agents work on one sweep."),
    ("-- --next", "--next and --done start no agent."),
    ("-- --done r1", "--next and --done start no agent."),
    ("-n 0", "0 is not in the range x>=1"),
    ("--cpus 0", "0 is not in the range x>=1"),
    ("--gpus 0", "0 is not in the range x>=1"),
]


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Put a module in the place of the cluster for Ray, and return what it is asked."""
    asked = list[dict[str, Any]]()

    def run(order: object, **settings: object) -> int:
        asked.append({"order": order, **settings})
        return 42

    module = ModuleType("a_ray_of_the_tests")
    module.run = run  # type: ignore[attr-defined]  # a module's attribute
    monkeypatch.setitem(importlib.sys.modules, module.__name__, module)  # type: ignore[attr-defined]  # not re-exported
    monkeypatch.setitem(clusters.CLUSTERS, "ray", module.__name__)
    return asked


@every_cluster
@pytest.mark.parametrize("verb", ["stop", "cancel"])
def test_nothing_is_launched_for_a_sweep_that_is_over(
    cluster: str, verb: str, call: Call, path: str
) -> None:
    call(f"sweep --{verb} {path}")

    answer = call(f"sweep launch {path} --on {cluster} {NEEDED.get(cluster, '')}")

    state = {"stop": "finished", "cancel": "canceled"}[verb]
    assert (answer.code, answer.out) == (0, "")
    assert f"sweep {path} is {state}: nothing is launched" in answer.err


@every_cluster
def test_a_sweep_must_exist(cluster: str, call: Call, path: str) -> None:
    answer = call(f"sweep launch {path}x --on {cluster} {NEEDED.get(cluster, '')}")
    assert (answer.code, answer.out) == (1, "")
    assert "no sweep" in answer.err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        *(
            (f"--on {cluster} {NEEDED.get(cluster, '')} {words}", why)
            for cluster in clusters.CLUSTERS
            for words, why in WRONG_ANYWHERE
        ),
        ("--on local --at-most 2", "--at-most is for --on slurm, not for local."),
        ("--on local --sbatch --time=1", "--sbatch is for --on slurm, not for local."),
        ("--on local --setup x", "--setup is for --on slurm, not for local."),
        ("--on local --print", "--print is for --on slurm, not for local."),
        ("--on local --status", "--status is for --on slurm, not for local."),
        ("--on local --cancel", "--cancel is for --on slurm, not for local."),
        ("--on local --json", "--json is for --on slurm, not for local."),
        ("--on slurm --address x", "--address is for --on ray, not for slurm."),
        ("--on slurm --resources x=1", "--resources is for --on ray, not for slurm."),
        ("--on slurm --retries 1", "--retries is for --on ray, not for slurm."),
        ("--on slurm --status --cancel", "--status and --cancel: choose one of them."),
        ("--on slurm --print --cancel", "--print and --cancel: choose one of them."),
        ("--on slurm --at-most 0", "'0' is not a whole number from 1"),
        ("--on ray", "--on ray needs --address: that of a running cluster"),
        ("--on ray --address x --retries -1", "'-1' is not a whole number from 0"),
        ("--on ray --address x --resources slot", "'slot': write NAME=AMOUNT, or JSON"),
        ("--on ray --address x --resources =1", "'=1': write NAME=AMOUNT, or JSON"),
        ("--on ray --address x --resources slot=a", "'slot=a': write NAME=AMOUNT, or JSON"),
        ("--on ray --address x --resources {1}", "'{1}': write NAME=AMOUNT, or JSON"),
        ("", "Missing option '--on'"),
    ],
)
def test_what_makes_no_sense_is_refused_at_once(
    words: str, why: str, call: Call, path: str
) -> None:
    answer = call(f"sweep launch {path} {words}")
    assert (answer.code, answer.out) == (2, "")
    assert why in answer.err


def test_ray_is_given_its_settings(call: Call, path: str, ray: list[dict[str, Any]]) -> None:
    resources = '--resources slot=2 --resources \'{"disk": 0.5, "slot": 3}\''
    words = f"-n 4 --cpus 2 --gpus 1 --address auto {resources} --retries 1"

    code = call(f"sweep launch {path} --on ray {words} -- --count 2").code

    assert code == 42
    [asked] = ray
    order = asked.pop("order")
    assert asked == {"address": "auto", "resources": {"slot": 3.0, "disk": 0.5}, "retries": 1}
    assert (order.sweep.path, order.agents, order.cpus, order.gpus) == (path, 4, 2, 1)
    results = os.path.abspath("sweep-results")
    assert order.words == ["--dir", results, "--gpus", "all", "--count", "2", path]


def test_ray_is_given_one_agent_and_three_retries_by_default(
    call: Call, path: str, ray: list[dict[str, Any]]
) -> None:
    call(f"sweep launch {path} --on ray --address auto")
    [asked] = ray
    assert (asked["order"].agents, asked["resources"], asked["retries"]) == (1, {}, 3)


def test_hints_work_as_they_stand(call: Call, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkdir("bin")
    with open("bin/sbatch", "w", encoding="ascii") as file:
        file.write("#!/bin/sh\necho 5\n")
    os.chmod("bin/sbatch", 0o700)
    monkeypatch.setenv("PATH", f"{os.getcwd()}/bin:{os.environ['PATH']}")
    os.rename("sweep-results", "my results")

    answer = call(f"sweepcli sweep launch {path} --on slurm --dir 'my results' --json")

    assert answer.json["job"] == "5"
    again = f"launch {path} --on slurm --dir '{os.getcwd()}/my results'"
    assert f"See them with: sweepcli {again} --status\n" in answer.err
