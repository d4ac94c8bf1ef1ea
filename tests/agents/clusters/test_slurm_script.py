from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from launching import created, runs, sweep
from support import a_sweep
from sweepcli.agents.clusters import slurm
from sweepcli.agents.clusters.order import Order, agent_program
from sweepcli.errors import UsageError
from sweepcli.records import RunState
from sweepcli.stores.location import Location

AGENT = shlex.join(agent_program())
SECRET = "postgresql://me:s3cret@db/sweeps"  # noqa: S105 -- made up
PLAIN = f"""\
#!/bin/bash
# Agents for the sweep someone/things/s1, as `sweep launch` asks SLURM for them.
#SBATCH --job-name=sweep-s1
#SBATCH --array=0-0
#SBATCH --ntasks=1
#SBATCH --output=/data/someone/things/s1/launches/%A_%a.out
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:USR1@90

cd /home/me || exit
exec {AGENT} --requeue --dir /data someone/things/s1
"""
FULL = """\
#!/bin/bash
# Agents for the sweep someone/things/s1, as `sweep launch` asks SLURM for them.
#SBATCH --job-name=sweep-s1
#SBATCH --array=0-9%4
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=8
#SBATCH --gres=gpu:2
#SBATCH --output="/my \\"100%%\\" data/someone/things/s1/launches/%A_%a.out"
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:USR1@90
#SBATCH --partition=gpu
#SBATCH --time=4:00:00

cd '/home/me/my runs' || exit
module load cuda
conda activate 'my env'
export SWEEPCLI_STORE=postgresql://me@db/sweeps
exec agent --requeue --dir '/my "100%" data' --gpus all --count 1 -j 2 someone/things/s1
"""


def script(store: str | None = None, sbatch: Sequence[str] = ()) -> str:
    """Return the script for one agent."""
    order = Order(a_sweep(), Location("/data", store), 1)
    return slurm.script(order, "/home/me", sbatch=sbatch)


def bash(text: str, environ: Mapping[str, str] = os.environ) -> subprocess.CompletedProcess[str]:
    """Run a script, which is neither in our folder nor knows of it."""
    return subprocess.run(
        ["/bin/bash"], cwd="/", env=environ, input=text, capture_output=True, text=True, check=False
    )


def test_a_script_is_short_where_little_is_asked_for() -> None:
    assert script() == PLAIN


def test_a_script_says_all_that_was_asked_for() -> None:
    location = Location('/my "100%" data', "postgresql://me@db/sweeps")
    order = Order(a_sweep(), location, 10, ("--count", "1", "-j", "2"), cpus=8, gpus=2)
    text = slurm.script(
        order,
        "/home/me/my runs",
        at_most=4,
        sbatch=("--partition=gpu", "--time=4:00:00"),
        setup=("module load cuda", "conda activate 'my env'"),
    )

    assert text == FULL


def test_a_password_is_not_in_the_script_which_says_where_it_comes_from() -> None:
    text = script(SECRET)
    assert "s3cret" not in text
    assert "# SWEEPCLI_STORE holds a password: it comes with the environment" in text


def test_a_script_without_the_password_that_it_needs_ends_at_once() -> None:
    line = f"{script(SECRET).splitlines()[-2]}\necho goes on"

    without = bash(line, {})
    with_it = bash(line, {"SWEEPCLI_STORE": SECRET})

    assert (without.returncode != 0, without.stdout) == (True, "")
    assert "SWEEPCLI_STORE: is not set: call sbatch with it" in without.stderr
    assert (with_it.returncode, with_it.stdout) == (0, "goes on\n")


@pytest.mark.parametrize("words", ["partition=gpu", "--time=1\nrm -rf x"])
def test_what_is_no_option_of_sbatch_is_refused(words: str) -> None:
    with pytest.raises(UsageError, match=r"--sbatch .*: write an option of sbatch"):
        script(sbatch=(words,))


def test_a_printed_script_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "my runs"
    folder.mkdir()
    monkeypatch.chdir(folder)
    path = created(
        "{method: grid, command: [test, -e, sweep.yaml], parameters: {x: {values: [1]}}}"
    )
    text = sweep("launch", path, "--on", "slurm", "--print").out

    done = bash(text)

    assert done.returncode == 0, done.stderr
    assert [run.state for run in runs(path, str(folder / "sweep-results"))] == [RunState.FINISHED]


def test_lines_of_setup_choose_the_agent(tmp_path: Path) -> None:
    path = created("{method: grid, command: [test], parameters: {x: {values: [1]}}}")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "agent").write_text("#!/bin/sh\necho another agent: $*\n")
    (tmp_path / "bin" / "agent").chmod(0o755)
    setup = f'PATH="{tmp_path}/bin:$PATH"'
    text = sweep("launch", path, "--on", "slurm", "--setup", setup, "--print").out

    done = bash(text)

    assert done.stdout == f"another agent: --requeue --dir {tmp_path}/sweep-results {path}\n"
