"""What real parsers say of W&B's form, and the form that is named then."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sweepcli.records import JSON, SweepConfig
from sweepcli.runs import causes, refused_arguments
from sweepcli.sweep_config.parse import parse

# Each: a program that reads `x`, the arguments that it refuses, and the form that is named.
PROGRAMS = {
    "hydra": ("import hydra\n@hydra.main(version_base=None)\ndef main(cfg): ...\nmain()\n", 0.1),
    "tyro": ("import tyro\ndef main(x: bool = True): ...\ntyro.cli(main)\n", False),
    "jsonargparse": (
        "import jsonargparse\ndef main(x: float | None = 1.0): ...\njsonargparse.auto_cli(main)\n",
        None,
    ),
    "click": (
        "import click\n@click.command()\n@click.option('--x/--no-x')\ndef main(x): ...\nmain()\n",
        True,
    ),
    "absl": (
        "from absl import app, flags\nflags.DEFINE_float('x', 1.0, '')\napp.run(print)\n",
        None,
    ),
}


def config(value: JSON, **more: JSON) -> SweepConfig:
    raw: dict[str, JSON] = {
        "method": "grid",
        "parameters": {"x": {"value": value}},
        "program": "train.py",
        **more,
    }
    return parse(raw)


@pytest.mark.slow
@pytest.mark.parametrize("style", PROGRAMS)
def test_the_form_is_named_for_what_real_parsers_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, style: str
) -> None:
    monkeypatch.chdir(tmp_path)
    text, value = PROGRAMS[style]
    Path("train.py").write_text(text)
    ran = subprocess.run(
        [sys.executable, "train.py", f"--x={value}"], capture_output=True, text=True, check=False
    )
    cause = f"exit code {ran.returncode}: {causes.of(ran.stdout + ran.stderr)}"

    said = refused_arguments.hint(config(value), [cause])
    Path("train.py").write_text("from elsewhere import main\nmain()\n")
    guessed = refused_arguments.hint(config(value), [cause])

    assert ran.returncode != 0
    assert said is not None
    assert f"(add `args_style: {style}`)" in said
    assert guessed is not None
    assert f"add `args_style: {style}`" in guessed


@pytest.mark.parametrize(
    "cause", ["exit code 1: ValueError: lr must be positive", "exit code 2: FileNotFoundError: x"]
)
def test_any_other_failure_names_no_form(cause: str) -> None:
    assert refused_arguments.hint(config(1), [cause]) is None


def test_a_misspelt_option_of_a_known_program_names_no_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("train.py").write_text("import argparse\nargparse.ArgumentParser().parse_args()\n")

    assert refused_arguments.hint(config(1), ["exit code 2: unrecognized arguments: --x=1"]) is None


def test_no_form_is_named_where_one_is_chosen() -> None:
    cause = "exit code 2: train.py: error: unrecognized arguments: --x=1"

    assert refused_arguments.hint(config(1, args_style="absl"), [cause]) is None
    assert refused_arguments.hint(config(1, command=["./train", "${x}"]), [cause]) is None
    assert "`args_style: hydra`" in (refused_arguments.hint(config(1), [cause]) or "")
