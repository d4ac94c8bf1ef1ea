"""The scripts of the guide that people start from, with only their import changed or unchanged."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[3] / "shared" / "seed.md"
needs_guide = pytest.mark.skipif(not GUIDE.exists(), reason=f"{GUIDE} is not there")
# The second of the two uses a name that it never defines, which ends every run with a NameError.
DEFINED = ("def train():", "def train(epoch=3):")


def blocks() -> list[str]:
    found = re.findall(r"```python[^\n]*\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    return [text for text in found if "wandb.agent(" in text]


def run(folder: Path, text: str, *, is_changed: bool) -> subprocess.CompletedProcess[str]:
    if is_changed:
        text = re.sub(r"^import wandb$", "import sweepcli as wandb", text, flags=re.MULTILINE)
    (folder / "train.py").write_text(text)
    command = [sys.executable] if is_changed else [sys.executable, "-m", "sweepcli", "run"]
    environ = {
        name: text for name, text in os.environ.items() if name[:6] not in ("WANDB_", "SWEEPC")
    }
    return subprocess.run(
        [*command, *([] if is_changed else [sys.executable]), "train.py"],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


ways = pytest.mark.parametrize("is_changed", [True, False], ids=["changed import", "stand-in"])


@needs_guide
@ways
def test_the_first_script_makes_and_runs_a_sweep(tmp_path: Path, *, is_changed: bool) -> None:
    result = run(tmp_path, blocks()[0], is_changed=is_changed)

    assert result.returncode == 0, result.stderr
    assert result.stderr.count(" finished after ") == 4
    assert "val_acc=" in result.stderr


@needs_guide
@ways
def test_the_second_script_as_it_is_ends_with_its_own_error(
    tmp_path: Path, *, is_changed: bool
) -> None:
    result = run(tmp_path, blocks()[1], is_changed=is_changed)
    assert result.returncode == 1
    assert "NameError: name 'epoch' is not defined" in result.stderr.splitlines()[-1]


@needs_guide
@ways
def test_the_second_script_logs_another_metric_than_its_sweep_optimises(
    tmp_path: Path, *, is_changed: bool
) -> None:
    result = run(tmp_path, blocks()[1].replace(*DEFINED), is_changed=is_changed)

    assert result.returncode == 0, result.stderr
    assert result.stderr.count(" finished after ") == 10
    assert (
        "'val_loss' was never logged; similar names that were: 'val_loss.val_loss'" in result.stderr
    )


@needs_guide
@ways
def test_the_last_script_is_told_the_right_form(tmp_path: Path, *, is_changed: bool) -> None:
    result = run(tmp_path, blocks()[2].replace(*DEFINED), is_changed=is_changed)

    assert result.returncode == 1
    told = 'TypeError: log() takes a dict, not a set; write log({"val_loss": value})'
    assert told in result.stderr
