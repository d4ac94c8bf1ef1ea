from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sweepcli.records import JSON
from sweepcli.runs import hydra_outputs
from sweepcli.sweep_config.parse import parse

PROGRAM = "import hydra\n\n@hydra.main(version_base=None, config_path=None)\ndef main(cfg): ...\n"
OVERRIDES = ("${env}", "python", "train.py", "${args_override_hydra}")


def advice(*command: str, style: str | None = None, **config: JSON) -> str | None:
    raw: dict[str, JSON] = {"method": "grid", "parameters": {"lr": {"value": 1}}, **config}
    styled = {"args_style": style} if style else {}
    return hydra_outputs.advice(parse({**raw, **styled, "command": [*command]}))


@pytest.mark.parametrize(
    ("command", "style"),
    [
        (OVERRIDES, None),
        (("${args_append_hydra}",), None),
        (("python", "train.py", "${args}"), "hydra"),
    ],
)
def test_a_program_that_is_given_overrides_is_told_its_own_directory(
    command: tuple[str, ...], style: str | None
) -> None:
    said = advice(*command, style=style)

    assert said is not None
    assert said.startswith("command: Hydra writes into outputs/DATE/TIME, which runs that start")
    assert said.endswith("""add the element "hydra.run.dir='${run_dir}/hydra'\"""")


@pytest.mark.parametrize(
    "command",
    [
        ("python", "pkg/train.py", "lr=${lr}"),
        ("${interpreter}", "${program}", "${args_no_hyphens}"),
        ("python", "-m", "pkg.train", "lr=${lr}"),
        ("bash", "-c", "python pkg/train.py lr=${lr}"),
    ],
)
def test_a_program_is_hydras_by_its_text(tmp_path: Path, command: tuple[str, ...]) -> None:
    assert advice(*command, program="pkg/train.py") is None

    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "train.py").write_text("import argparse, hydration\n")
    assert advice(*command, program="pkg/train.py") is None

    (tmp_path / "pkg" / "train.py").write_text(PROGRAM)
    assert "hydra.run.dir=" in (advice(*command, program="pkg/train.py") or "")


@pytest.mark.parametrize(
    "element",
    ["hydra.run.dir=${run_dir}", "+hydra.run.dir='${run_dir}/x'", "a hydra.run.dir=${lr} b"],
)
def test_a_program_with_its_own_directory_needs_no_advice(element: str) -> None:
    assert advice(*OVERRIDES, element) is None


def test_a_parameter_may_be_the_directory() -> None:
    assert advice(*OVERRIDES, parameters={"hydra.run.dir": {"value": "x"}}) is None


def test_a_sweep_of_hydras_own_has_another_directory() -> None:
    for flag in ("-m", "--multirun"):
        said = advice(*OVERRIDES, flag, "hydra.run.dir=x")
        assert said is not None
        assert "multirun/DATE/TIME" in said
        assert "hydra.sweep.dir='${run_dir}/hydra'" in said
        assert advice(*OVERRIDES, flag, "hydra.sweep.dir=x") is None


def test_any_other_program_needs_no_advice() -> None:
    assert advice("${env}", "python", "train.py", "${args}") is None


@pytest.mark.slow
def test_hydra_takes_the_directory_that_is_advised(tmp_path: Path) -> None:
    pytest.importorskip("hydra")
    (tmp_path / "train.py").write_text(PROGRAM.replace("...\n", "open('ran', 'w')\n\nmain()\n"))
    run_dir = tmp_path / "é (1), a=b [c]"

    element = (advice(*OVERRIDES) or "").rpartition(' "')[2].removesuffix('"')
    own = element.replace("${run_dir}", str(run_dir))
    subprocess.run([sys.executable, "train.py", own, "hydra.job.chdir=true"], check=True)

    assert (run_dir / "hydra" / "ran").exists()
    assert not (tmp_path / "outputs").exists()
