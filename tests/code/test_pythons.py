from __future__ import annotations

from pathlib import Path

import pytest

from frozen_code import written
from sweepcli.code import pythons

LONG = "#!/bin/sh\n'''exec' \"/a b/bin/python3\" \"$0\" \"$@\"\n' '''\n"
OF_UV = LONG.replace('"/a b/bin/python3"', "'/a b/bin/python3'")


@pytest.fixture
def cwd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    programs = {
        "torchrun": "#!/venv/bin/python3.11\nimport torch\n",
        "my-train": LONG,
        "its-train": OF_UV,
        "srun": "#!/bin/sh\n",
        "uv": "#!/bin/sh\n",
        "conda": "#!/venv/bin/python\n",
        "python": "#!/bin/sh\n",
    }
    written(tmp_path / "bin", programs)
    written(tmp_path / "project", {"env/bin/python": "#!", "sub/train.py": "#!/other/python\n"})
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path / "project"


@pytest.mark.parametrize(
    ("line", "python"),
    [
        ("${interpreter} train.py", "/our/python"),
        ("python train.py", "BIN/python"),
        ("/usr/bin/python3.9 train.py", "/usr/bin/python3.9"),
        ("env/bin/python train.py", "CWD/env/bin/python"),
        ("torchrun --nproc_per_node 2 sub/train.py", "/venv/bin/python3.11"),
        ("srun -N 1 my-train --lr 1", "/a b/bin/python3"),
        ("srun -N 1 its-train --lr 1", "/a b/bin/python3"),
        ("srun python train.py", "BIN/python"),
        ("sub/train.py", None),
        ("srun ls", None),
        ("conda run -n other python train.py", None),
        ("docker run image python train.py", None),
        ("uv run python train.py", None),
    ],
)
def test_the_python_of_a_command_is_found(line: str, python: str | None, cwd: Path) -> None:
    found = pythons.of(line.split(), str(cwd), "/our/python")

    bin_ = str(cwd.parent / "bin")
    assert (found and found.replace(str(cwd), "CWD").replace(bin_, "BIN")) == python


def test_tools_for_projects_use_the_environment_of_the_project(cwd: Path) -> None:
    written(cwd, {".venv/bin/python": "#!"})

    for tool in ("uv", "poetry"):
        found = pythons.of([tool, "run", "python", "train.py"], str(cwd / "sub"), "/our/python")
        assert found == str(cwd / ".venv" / "bin" / "python")
