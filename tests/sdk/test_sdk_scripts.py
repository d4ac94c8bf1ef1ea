"""Real scripts in processes of their own."""

from __future__ import annotations

import signal
from pathlib import Path

from training_folder import Folder, script

# The training script of W&B's guide with its import replaced; numpy is not installed here,
# so `arange` is a stand-in that gives scalars with `.item()`, as numpy's does.
TRAIN = """
import sweepcli as wandb
import yaml
import random

class Int64:
    def __init__(self, value): self.value = value
    def __truediv__(self, other): return self.value / other
    def __sub__(self, other): return self.value - other
    def item(self): return self.value

def arange(start, stop):
    return [Int64(value) for value in range(start, stop)]

def main():
    with open("./config.yaml") as file:
        config = yaml.load(file, Loader=yaml.FullLoader)
    run = wandb.init(config=config)
    lr = wandb.config.lr
    bs = wandb.config.batch_size
    epochs = wandb.config.epochs
    for epoch in arange(1, epochs):
        acc = 0.25 + ((epoch / 30) + (random.random() / 10))
        wandb.log({"epoch": epoch, "val_acc": acc, "val_loss": 1 - acc})
    print(lr, bs, epochs)

main()
"""
CONFIG = """
program: train.py
method: random
name: sweep
metric: {goal: maximize, name: val_acc}
parameters:
  batch_size:
    values: [16,32,64]
  lr:
    min: 0.0001
    max: 0.1
  epochs:
    values: [5, 10, 15]
"""
FORBIDDEN = {
    *("dataclasses", "inspect", "logging", "pathlib", "tempfile", "subprocess", "typing", "random"),
    *("argparse", "threading", "socket", "yaml", "click", "sqlite3", "importlib.metadata"),
}


def test_wandbs_own_script_runs_in_a_sweep(tmp_path: Path, folder: Folder) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG)
    folder.give({"lr": 0.01, "batch_size": 32, "epochs": 4})

    result = script(TRAIN, tmp_path, folder.environ)

    assert (result.returncode, result.stdout, result.stderr) == (0, "0.01 32 4\n", "")
    assert [row["epoch"] for row in folder.rows()] == [1, 2, 3]
    assert [event["exit_code"] for event in folder.events("finish")] == [None]


def test_wandbs_own_script_runs_by_itself(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG)

    result = script(TRAIN, tmp_path, {})

    assert (result.returncode, result.stdout) == (0, "0.0001 16 5\n")
    message = "each parameter has its first value: batch_size=16, lr=0.0001, epochs=5"
    assert f"No sweep runs this script: {message}" in result.stderr
    assert len(list(tmp_path.glob("sweep-results/*/*/runs/*/1/events.jsonl"))) == 1


def test_killed_script_loses_nothing_that_it_logged(tmp_path: Path, folder: Folder) -> None:
    text = """
import os, signal, sweepcli
sweepcli.init()
for i in range(50):
    sweepcli.log({"i": i}, step=i)
os.kill(os.getpid(), signal.SIGKILL)
"""
    result = script(text, tmp_path, folder.environ)

    assert result.returncode == -signal.SIGKILL
    assert [row["i"] for row in folder.rows()] == list(range(50))


def test_failing_script_does_not_claim_success(tmp_path: Path, folder: Folder) -> None:
    result = script("import sweepcli; sweepcli.init(); 1 / 0", tmp_path, folder.environ)

    assert result.returncode == 1
    assert "ZeroDivisionError" in result.stderr
    assert [event["exit_code"] for event in folder.events("finish")] == [None]


def test_forked_child_leaves_the_end_to_its_parent(tmp_path: Path, folder: Folder) -> None:
    text = """
import os, sys, sweepcli
sweepcli.init()
if os.fork() == 0:
    sweepcli.log({"child": 1})
    sys.exit(0)
os.wait()
sweepcli.log({"parent": 1})
"""
    result = script(text, tmp_path, folder.environ)

    assert result.returncode == 0
    assert [next(iter(row)) for row in folder.rows()] == ["child", "parent"]
    assert len(folder.events("finish")) == 1


def test_script_without_stderr_writes_nothing_elsewhere(tmp_path: Path) -> None:
    text = "import sys; sys.stderr = None; import sweepcli; sweepcli.init(); sweepcli.init()"
    result = script(text, tmp_path, {})
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_import_pulls_in_nothing_that_costs_start_up_time(tmp_path: Path) -> None:
    names = "print('\\n'.join(sys.modules))"
    bare = script(f"import sys; {names}", tmp_path, {}).stdout.split()
    ours = script(f"import sys, sweepcli; sweepcli.init; {names}", tmp_path, {}).stdout.split()

    new = set(ours) - set(bare)
    assert "sweepcli.sdk.run" in new
    assert new & FORBIDDEN == set()
    own = {name for name in new if name.startswith("sweepcli.")}
    leaves = ("env", "errors", "ids", "messages", "printed", "public_names", "wire")
    assert {name for name in own if not name.startswith("sweepcli.sdk")} == {
        f"sweepcli.{name}" for name in leaves
    }


def test_the_sdk_is_loaded_on_first_use(tmp_path: Path) -> None:
    text = """
import sys, sweepcli
print("sweepcli.sdk" in sys.modules, callable(sweepcli.init), "sweepcli.sdk" in sys.modules)
"""
    result = script(text, tmp_path, {})

    assert result.stdout == "False True True\n", result.stderr
