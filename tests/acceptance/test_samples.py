"""The sample sweeps run as their comments say, with the installed commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[2] / "sample_configs"
COMMANDS = Path(sys.executable).parent


def run(command: str, *args: str) -> str:
    """Run one of the installed commands, and return what it answers."""
    environ = {**os.environ, "PATH": f"{COMMANDS}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [COMMANDS / command, *args], env=environ, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_sample_runs_and_logs_what_it_optimises(sample: Path, tmp_path: Path) -> None:
    if sample.stem == "perl" and not shutil.which("perl"):
        pytest.skip("no perl on this machine")
    shutil.copytree(SAMPLES, tmp_path / "sample_configs")

    path = run("sweep", f"sample_configs/{sample.name}").strip()
    run("agent", "--quiet", "--count", "2", path)

    runs = json.loads(run("sweep", "runs", path, "--json"))
    assert [each["state"] for each in runs] == ["finished", "finished"]
    assert all(isinstance(each["value"], float) for each in runs)
