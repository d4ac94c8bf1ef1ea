"""What sweepcli does, through its installed commands."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import comparison
from comparison import Cell, Column

from postgres_server import running
from support import until

TOOL = "sweepcli"
WANDB_YAML = """\
program: train.py
method: grid
metric: {name: loss, goal: minimize}
parameters: {lr: {values: [0.1, 0.01, 0.001]}}
"""
CELLS = "method: grid\nparameters: {x: {min: 1, max: 40}}\n"
ONE_LINE = "sweepcli run -P lr=0.1,0.01,0.001 --metric 'loss: {loss}' --minimize -- python train.py"
LEARNING = """\
method: bayes
run_cap: 8
metric: {name: loss, goal: minimize}
command: [sh, -c, 'for i in 1 2 3 4 5 6 7 8 9; do echo "loss: ${x}"; sleep 0.1; done']
metrics_from: {output: 'loss: {loss}'}
early_terminate: {type: median, min_iter: 1, min_runs: 1}
parameters: {x: {min: 0.0, max: 1.0}}
"""


def ours(folder: Path, line: str, **more: str) -> str:
    """Return what one of our commands says."""
    return comparison.output(shlex.split(line), folder, comparison.environment(folder, **more))


def created(folder: Path, config: str, **more: str) -> str:
    """Keep a sweep of this config, and return its path."""
    (folder / "sweep.yaml").write_text(config)
    return ours(folder, "sweep sweep.yaml", **more).split()[-1]


def runs(folder: Path, path: str, **more: str) -> list[dict[str, object]]:
    environ = comparison.environment(folder, **more)
    argv = ["sweep", "runs", "--json", path]
    found: list[dict[str, object]] = json.loads(comparison.answer(argv, folder, environ))
    return found


def agent(folder: Path, path: str, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    argv = ["agent", "--quiet", path]
    return subprocess.Popen(argv, cwd=folder, env=environ, stderr=subprocess.DEVNULL)


def finds_the_best_of_what_is_printed(folder: Path) -> None:
    (folder / "train.py").write_text(comparison.PRINTING)
    said = ours(folder, ONE_LINE)
    assert "loss=0" in said
    assert "lr=0.01" in said


def takes_a_line_or_yaml(folder: Path) -> None:
    finds_the_best_of_what_is_printed(folder)
    path = created(folder, WANDB_YAML)
    assert "3 finished" in ours(folder, f"agent {path}")


def tries_each_once(folder: Path) -> None:
    path = created(folder, f"{CELLS}command: [sh, -c, 'echo ${{x}} >> tried']\n")
    environ = comparison.environment(folder)
    agents = [agent(folder, path, environ) for _ in range(comparison.WORKERS)]
    assert [process.wait(100) for process in agents] == [0] * comparison.WORKERS
    assert sorted(map(int, comparison.lines(folder / "tried"))) == list(range(1, 41))


def ends_its_run_and_makes_it_again(folder: Path) -> None:
    (folder / "wait.py").write_text(comparison.WAITING)
    command = "command: [python, wait.py]\n"
    path = created(folder, f"method: grid\nparameters: {{x: {{value: 1}}}}\n{command}")
    first = agent(folder, path, comparison.environment(folder))
    until(lambda: comparison.lines(folder / "started"))
    first.send_signal(signal.SIGKILL)
    first.wait()
    pid = int(comparison.lines(folder / "started")[0])
    until(lambda: not comparison.is_alive(pid))
    second = agent(folder, path, comparison.environment(folder))
    until(lambda: len(comparison.lines(folder / "started")) == 2)
    (folder / "go").touch()
    assert second.wait(100) == 0
    assert len(comparison.lines(folder / "ended")) == 1
    assert [run["state"] for run in runs(folder, path)] == ["finished"]


def has_both(folder: Path) -> None:
    path = created(folder, LEARNING)
    ours(folder, f"agent --quiet -j 2 {path}")
    assert {run["state"] for run in runs(folder, path)} == {"finished", "stopped"}


def takes_all_gpus(folder: Path) -> None:
    script = (
        "echo $CUDA_VISIBLE_DEVICES >> gpus; until [ $(wc -l < gpus) = 2 ]; do sleep 0.02; done"
    )
    command = f"command: [sh, -c, '{script}']\n"
    path = created(folder, f"method: grid\nparameters: {{x: {{values: [1, 2]}}}}\n{command}")
    ours(folder, f"agent --quiet --gpus all {path}", CUDA_VISIBLE_DEVICES="3,5")
    assert sorted(comparison.lines(folder / "gpus")) == ["3", "5"]


def shares_a_server(folder: Path) -> None:
    with running() as server:
        store = server.new_database()
        path = created(folder, f"{CELLS}command: ['true']\n", SWEEPCLI_STORE=store)
        (elsewhere := folder / "elsewhere").mkdir()
        ours(elsewhere, f"agent --quiet {path}", SWEEPCLI_STORE=store)
        assert len(runs(folder, path, SWEEPCLI_STORE=store)) == 40


def takes_milliseconds(folder: Path) -> None:
    path = created(folder, f"{CELLS}command: ['true']\n")
    ours(folder, f"agent --quiet {path}")
    began = [run["started_at"] for run in runs(folder, path)]
    assert comparison.median_pause([float(str(at)) for at in began]) < 0.02


COLUMN: Column = {
    comparison.NEEDS: Cell("none", tries_each_once),
    comparison.WRITE: Cell("one line, or W&B's YAML", takes_a_line_or_yaml),
    comparison.PRINTS: Cell("its best run", finds_the_best_of_what_is_printed),
    comparison.EIGHT: Cell("each cell once", tries_each_once),
    comparison.KILL: Cell("its run ends, and is run again", ends_its_run_and_makes_it_again),
    comparison.SEARCH: Cell("both", has_both),
    comparison.GPUS: Cell("`agent --gpus all`", takes_all_gpus),
    comparison.MACHINES: Cell("share a PostgreSQL", shares_a_server),
    comparison.NEXT: Cell("a few ms", takes_milliseconds),
}
