"""Where the code of a sweep is, by its config: the program, its folder, what the command names."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from repositories import put
from sweepcli.code import place
from sweepcli.code.place import Place
from sweepcli.records import JSON
from sweepcli.sweep_config.parse import parse


def of(cwd: Path, *command: str, **more: JSON) -> Place:
    config = parse({"method": "random", "parameters": {}, "command": [*command], **more})
    return place.place_of(config, results="results", cwd=str(cwd), interpreter="/our/python")


@pytest.fixture
def cwd(tmp_path: Path) -> Path:
    for path in ("train.py", "src/train.py", "pkg/run.py", "pkg/__main__.py", "go.sh", "a.yaml"):
        put(tmp_path, path, "")
    return tmp_path


@pytest.mark.parametrize(
    ("command", "program", "is_module"),
    [
        (["${env}", "${interpreter}", "${program}", "${args}"], "src/train.py", False),
        (["python", "train.py", "${args}"], "train.py", False),
        (["torchrun", "--nproc_per_node=2", "src/train.py"], "src/train.py", False),
        (["python", "-m", "pkg.run"], "pkg/run.py", True),
        (["python", "-m", "pkg"], "pkg/__main__.py", True),
        (["python", "-m", "torch.distributed.run", "train.py"], "train.py", False),
        (["bash", "-c", "exec python train.py ${args}"], "train.py", False),
        (["bash", "go.sh", "${lr}"], "go.sh", False),
        (["/bin/true"], "", False),
    ],
)
def test_the_program_is_the_file_that_the_command_executes(
    cwd: Path, command: list[str], program: str, *, is_module: bool
) -> None:
    found = of(cwd, *command, program="src/train.py")

    assert (found.program, found.is_module) == (program, is_module)
    inside = "" if is_module else os.path.dirname(program)
    assert found.folder == str(cwd / inside)


def test_words_that_may_be_files_are_named_without_macros_and_options(cwd: Path) -> None:
    found = of(
        cwd,
        *("python", "train.py", "a.yaml", "--config=b.yaml", "+exp=c", "@args.txt", "-v"),
        *("--lr", "${lr}", "conf/${model}.yaml"),
    )

    assert found.named == ("python", "a.yaml", "b.yaml", "c", "+exp=c", "args.txt")


@pytest.mark.parametrize(
    ("command", "interpreter"),
    [
        (["${interpreter}", "train.py"], "/our/python"),
        (["python", "train.py"], "python"),
        (["/usr/bin/env", "python", "train.py"], "python"),
        (["python9", "train.py"], "/our/python"),
        (["./train"], "/our/python"),
    ],
)
def test_the_packages_are_those_of_the_python_that_the_command_starts(
    cwd: Path, command: list[str], interpreter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = put(cwd, "bin/python", "#!/bin/sh\n")
    python.chmod(0o755)
    monkeypatch.setenv("PATH", str(python.parent))

    wanted = str(python) if interpreter == "python" else interpreter
    assert of(cwd, *command).interpreter == wanted


def test_a_place_survives_json_and_its_key_changes_with_it(cwd: Path) -> None:
    found = of(cwd, "python", "train.py", "\udcff.yaml")
    other = found._replace(exclude=("x",))

    assert place.from_json(json.loads(json.dumps(found.to_json()))) == found
    assert found.key != other.key
    assert found.last_look.startswith(found.results)


def test_what_the_config_includes_and_excludes_is_part_of_it(cwd: Path) -> None:
    found = of(cwd, "./x", code={"frozen": True, "include": ["a"], "exclude": ["b", "c"]})

    assert (found.include, found.exclude) == (("a",), ("b", "c"))
