"""The sample sweeps run as their comments say, with the installed commands."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from launching import environment, runs
from support import until

SAMPLES = Path(__file__).parents[2] / "sample_configs"


def run(command: str, *args: str) -> str:
    """Run one of the installed commands, and return what it answers."""
    done = subprocess.run(
        [command, *args],
        env=environment(),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_sample_runs_and_logs_what_it_optimises(sample: Path, tmp_path: Path) -> None:
    if sample.stem == "perl" and not shutil.which("perl"):
        pytest.skip("no perl on this machine")
    shutil.copytree(SAMPLES, tmp_path / "sample_configs")

    path = run("sweep", f"sample_configs/{sample.name}").strip()
    run("agent", "--quiet", "--count", "2", path)

    begun = [each for each in runs(path) if each.attempt]
    # What is found of the two may be ended early, where the sample asks for that.
    states = ["finished", "stopped"] if sample.stem == "bayes" else ["finished", "finished"]
    assert {each.state for each in begun} <= {*states}
    assert all(isinstance(each.value, float) for each in begun)


def test_the_sample_that_makes_its_own_sweep_runs(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES, tmp_path / "sample_configs")
    done = subprocess.run(
        [sys.executable, "sample_configs/own_sweep.py"], check=True, capture_output=True, text=True
    )

    assert float(done.stdout.split()[1]) > 9


def test_the_resumable_sample_goes_on_where_it_was(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES, tmp_path / "sample_configs")
    config = tmp_path / "sample_configs" / "resumable.yaml"
    config.write_text(f"{config.read_text()}  epochs: {{value: 400}}\n")
    path = run("sweep", str(config)).strip()

    with subprocess.Popen(["agent", "--quiet", path], env=environment()) as agent:
        until(lambda: list(tmp_path.glob(f"sweep-results/{path}/runs/*/checkpoints/last.json")))
        agent.terminate()
    run("agent", "--quiet", "--count", "1", path)

    assert agent.returncode == 75
    [first, *_] = json.loads(run("sweep", "runs", path, "--json"))
    attempts = json.loads(run("sweep", "show", first["id"], "--json"))["attempts"]
    assert [attempt["state"] for attempt in attempts] == ["preempted", "finished"]
    # An epoch that was logged and not saved any more is trained twice.
    assert 400 <= sum(attempt["rows"] for attempt in attempts) <= 401
