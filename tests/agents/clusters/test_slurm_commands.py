from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from command_lines import Answer
from launching import created
from support import a_sweep
from sweepcli.agents.clusters import slurm
from sweepcli.agents.clusters.order import Order
from sweepcli.cli import program
from sweepcli.cli.sweep import sweep
from sweepcli.stores.location import Location

SECRET = "postgresql://me:s3cret@db/sweeps"  # noqa: S105 -- made up
# Keep how they are called, and answer.
SBATCH = 'echo "$@" > sbatch.words; cat > sbatch.script; env > sbatch.environ; echo 4711'
SQUEUE = """\
echo "$@" > squeue.words
echo '4711_0|RUNNING|n1|None'
echo '4711_1|COMPLETING|n1|None'
echo '4711_2|PENDING||Nodes required are DOWN, or reserved|for others'"""
SCANCEL = 'echo "$@" > scancel.words'

Launch = Callable[..., Answer]


class Fakes:
    """Programs that stand in for SLURM's, first on the PATH."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, script: str) -> None:
        """Add a program."""
        program = self._folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    folder = tmp_path / "fakes"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    found = Fakes(folder)
    for name, script in (("sbatch", SBATCH), ("squeue", SQUEUE), ("scancel", SCANCEL)):
        found.put(name, script)
    return found


@pytest.fixture
def path() -> str:
    return created("{method: grid, command: [test], parameters: {x: {values: [1]}}}")


@pytest.fixture
def launch(path: str, capfd: pytest.CaptureFixture[str]) -> Launch:
    """Call `sweep launch` for SLURM in this process."""

    def run(*words: str) -> Answer:
        capfd.readouterr()
        code = program.run(sweep, ["launch", path, "--on", "slurm", *words])
        return Answer(code, *capfd.readouterr())

    return run


def read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def launches(path: str) -> str:
    return f"{os.getcwd()}/sweep-results/{path}/launches"


def test_the_job_s_id_is_printed_and_its_script_kept(path: str, launch: Launch) -> None:
    answer = launch("-n", "3", "--", "--count", "1")

    assert (answer.code, answer.out) == (0, "4711\n")
    assert read("sbatch.words") == "--parsable\n"
    script = read("sbatch.script")
    assert "#SBATCH --array=0-2\n" in script
    assert script.endswith(f" --count 1 {path}\n")
    assert read(f"{launches(path)}/4711.sh") == script
    assert f"sweep launch {path} --on slurm --status" in answer.err
    assert f"sweep launch {path} --on slurm --cancel" in answer.err


def test_a_launch_is_told_in_json(path: str, launch: Launch) -> None:
    answer = launch("--json")
    script = f"{launches(path)}/4711.sh"
    assert answer.json == {"path": path, "job": "4711", "script": script}


def test_a_cluster_s_name_is_no_part_of_the_id(launch: Launch, fakes: Fakes) -> None:
    fakes.put("sbatch", "echo 'sbatch: a word from the site' >&2; echo '12;alpha'")

    answer = launch()

    assert (answer.code, answer.out) == (0, "12\n")
    assert "sweepcli: sbatch: a word from the site\n" in answer.err


def test_printing_submits_nothing(path: str, launch: Launch) -> None:
    answer = launch("--print")

    assert (answer.code, answer.out.partition("\n")[0]) == (0, "#!/bin/bash")
    assert not os.path.exists("sbatch.words")
    assert os.listdir(launches(path)) == []  # where the output goes if a person submits it


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo 'sbatch: error: no such partition' >&2; exit 1", "no such partition"),
        ("exit 3", "sbatch failed: exit code 3"),
        ("echo Hello", "sbatch should answer with the id of a job, but says 'Hello'"),
    ],
)
def test_a_refusal_is_told(script: str, why: str, path: str, launch: Launch, fakes: Fakes) -> None:
    fakes.put("sbatch", script)

    answer = launch()

    assert (answer.code, answer.out) == (1, "")
    assert why in answer.err
    assert os.listdir(launches(path)) == []


@pytest.mark.parametrize("flag", ["--json", "--status", "--cancel"])
def test_a_machine_without_slurm_is_told_what_it_can_do(
    flag: str, launch: Launch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    answer = launch(flag)
    assert answer.code == 1
    assert ": No such file or directory. Is this a login node of a SLURM cluster?" in answer.err


def test_nobody_sees_the_password_of_the_database(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    order = Order(a_sweep(), Location(str(tmp_path / "results"), SECRET), 1)

    assert slurm.run(order) == 0

    seen = capfd.readouterr()
    everywhere = [seen.out, seen.err, read("sbatch.words"), read("sbatch.script")]
    assert [text for text in everywhere if "s3cret" in text] == []
    assert f"SWEEPCLI_STORE={SECRET}\n" in read("sbatch.environ")
    assert "WARNING" not in seen.err


def test_a_database_in_a_file_is_warned_of(launch: Launch) -> None:
    error = launch().err
    assert "all nodes that SLURM chooses must be this one machine" in error
    assert "SWEEPCLI_STORE=postgresql://USER@HOST/NAME" in error


def test_the_status_is_a_table_of_tasks(path: str, launch: Launch) -> None:
    table = launch("--status")

    lines = [line.split(maxsplit=3) for line in table.out.splitlines()]
    assert lines[0] == ["id", "state", "node", "reason"]
    assert lines[1] == ["4711_0", "RUNNING", "n1"]
    assert "4711_2  PENDING           Nodes required are DOWN, or reserved|for others" in table.out
    sweep_id = path.rpartition("/")[2]
    assert read("squeue.words") == f"-h -r -u {os.getuid()} -n sweep-{sweep_id} -o %i|%T|%N|%r\n"


def test_the_status_is_told_in_json(path: str, launch: Launch) -> None:
    answer = launch("--status", "--json").json
    assert answer["path"] == path
    assert answer["jobs"][0] == {"id": "4711_0", "state": "RUNNING", "node": "n1", "reason": ""}


def test_canceling_tells_how_many(path: str, launch: Launch) -> None:
    answer = launch("--cancel", "--json")

    assert answer.code == 0
    assert answer.json == {"path": path, "canceled": 2}
    assert read("scancel.words") == f"-u {os.getuid()} -n sweep-{path.rpartition('/')[2]}\n"


def test_canceling_nothing_is_no_error(path: str, launch: Launch, fakes: Fakes) -> None:
    fakes.put("squeue", "exit 0")

    answer = launch("--cancel")

    assert (answer.code, answer.out) == (0, "")
    assert answer.err == f"sweepcli: 0 agents of sweep {path} canceled in SLURM\n"
    assert not os.path.exists("scancel.words")
