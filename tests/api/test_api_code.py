"""What Python reads of the code that runs had, as W&B's public API has it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import filled_store
import sweepcli
import training_folder
from kept_code import COMMIT, FACTS, PATCH, REMOTE, A, keep_environment, keep_version
from sweepcli.api.reading import Run

TRAIN = """
import sys, sweepcli
run = sweepcli.init()
run.log({"loss": 1})
print("hello")
open("model.txt", "w").write("weights")
run.save("model.txt")
"""


@pytest.fixture(autouse=True)
def _outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from training_folder.outside(tmp_path, monkeypatch)


@pytest.fixture
def run() -> Run:
    """Return a run of a program whose code is not known."""
    Path("train.py").write_text(TRAIN)
    made = sweepcli.sweep(
        {
            "method": "grid",
            "program": "train.py",
            "command": [sys.executable, "${program}", "--fast", "${args}"],
            "parameters": {"x": {"values": [1]}},
            "code": "off",
        },
        project="demo",
    )
    sweepcli.agent(made, count=1)
    [found] = sweepcli.Api().sweep(made).runs
    return found


def known(run: Run) -> Run:
    """Return the run as it is with a version of the code and an environment."""
    results = os.path.dirname(run.dir).partition(f"{os.sep}me{os.sep}demo")[0]
    keep_version(results, A, patch=PATCH)
    environment = keep_environment(results)
    filled_store.change_runs(results, "attempt > 0", code=A, environment=environment)
    return sweepcli.Api().run(run.id)


def test_a_run_has_its_commit(run: Run) -> None:
    assert run.commit is None
    assert known(run).commit == COMMIT


def test_metadata_has_the_keys_of_wandb(run: Run) -> None:
    found = known(run).metadata

    assert found is not None
    assert found.pop("startedAt").endswith("Z")
    assert os.path.samefile(found.pop("root"), os.getcwd())
    assert found == {
        "os": FACTS["platform"],
        "python": "CPython 3.11.7",
        "host": "node-3",
        "executable": "/usr/bin/python",
        "gpu": "NVIDIA A100",
        "gpu_count": 3,
        "gpu_nvidia": [{"name": "NVIDIA A100"}, {"name": "NVIDIA A100"}, {"name": "NVIDIA T4"}],
        "args": ["--fast", "--x=1"],
        "program": "/repo/exp/train.py",
        "codePath": "exp/train.py",
        "codePathLocal": "train.py",
        "git": {"remote": REMOTE, "commit": COMMIT},
    }


def test_metadata_of_unknown_code_has_what_is_known(run: Run) -> None:
    assert run.metadata is not None
    assert {*run.metadata} == {"startedAt", "args", "program", "root"}


def test_the_files_of_a_run_are_found_and_copied(run: Run, tmp_path: Path) -> None:
    found = known(run)
    names = ["diff.patch", "model.txt", "output.log", "requirements.txt", "wandb-metadata.json"]
    assert [file.name for file in found.files()] == names
    assert [file.name for file in found.files(pattern="%.t_t")] == ["model.txt", "requirements.txt"]
    assert [file.name for file in found.files(["output.log", "x"])] == ["output.log"]

    patch = found.file("diff.patch")
    with patch.download(str(tmp_path / "to")) as file:
        assert (file.read(), patch.size) == (PATCH, len(PATCH))
    with found.file("requirements.txt").download(str(tmp_path / "to")) as file:
        assert file.read() == "numpy==2.0.0\ntorch==2.4.1\n"
    with found.file("model.txt").download(str(tmp_path / "to")) as file:
        assert file.read() == "weights"
    with found.file("wandb-metadata.json").download(str(tmp_path / "to")) as file:
        assert json.load(file) == found.metadata


def test_a_copy_replaces_a_file_only_if_that_is_said(run: Run, tmp_path: Path) -> None:
    file = run.file("output.log")
    (tmp_path / "output.log").write_text("mine")

    with pytest.raises(ValueError, match="exists; replace=True"):
        file.download(str(tmp_path))
    with file.download(str(tmp_path), exist_ok=True) as kept:
        assert kept.read() == "mine"
    with file.download(str(tmp_path), replace=True) as copy:
        assert "hello" in copy.read()


def test_a_file_that_a_run_does_not_have_is_an_error_with_those_that_it_has(run: Run) -> None:
    with pytest.raises(sweepcli.Error, match="there are: model"):
        run.file("diff.patch")
    assert run.files(["diff.patch"]) == []
