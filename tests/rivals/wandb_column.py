"""What W&B's package does without its server: the real agent, with three functions for a server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import comparison
from comparison import Cell, Column

from support import until

VERSION = "0.31.0"
TOOL = "W&B 0.31"
SWEEP = """\
program: train.py
method: grid
metric: {name: loss}
parameters: {lr: {values: [0.1, 0.01]}}
"""
# Is `wandb agent PATH` once it has its account; prints what it sends to its server. It is given
# the command of its runs, and how many there are.
AGENT = """
import json, os, sys, wandb
from wandb.apis.public import sweeps
from wandb import wandb_agent
config = {"command": json.loads(sys.argv[1])}
left = int(sys.argv[2])
def heartbeat(api, agent_id, metrics, states):
    global left
    print(json.dumps(["heartbeat", metrics, states]), flush=True)
    if any(states.values()):
        return []
    left -= 1
    run = {"type": "run", "run_id": f"r{left}", "program": "p", "args": {"lr": {"value": 0.1}}}
    return [run if left >= 0 else {"type": "exit"}]
def register(api, host, sweep_id):
    print(json.dumps(["register", host, sweep_id]), flush=True)
    return {"id": "a1"}
sweeps._sweep_with_runs = lambda api, sweep, query: {"config": json.dumps(config)}
sweeps._register_agent = register
sweeps._agent_heartbeat = heartbeat
wandb.Api = lambda: None
os.environ["WANDB_SWEEP_ID"] = "s1"
wandb_agent.Agent(None, __import__("multiprocessing").Queue(), sweep_id="s1").run()
"""


def environment(folder: Path) -> dict[str, str]:
    package = comparison.installed(f"wandb/{VERSION}")
    return comparison.environment(folder, PYTHONPATH=str(package), WANDB_SILENT="true")


def wandb(folder: Path, *words: str) -> str:
    """Return what W&B's command says, without an account."""
    return comparison.output([sys.executable, "-m", "wandb", *words], folder, environment(folder))


def agent(folder: Path, command: list[str], runs: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", AGENT, json.dumps(command), str(runs)],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        text=True,
    )


def sent(folder: Path, command: list[str], runs: int) -> list[list[object]]:
    """Return what the agent sends to its server over so many runs."""
    with agent(folder, command, runs) as process:
        said, _ = process.communicate(timeout=100)
    return [json.loads(line) for line in said.splitlines() if line.startswith("[")]


def asks_for_an_account(folder: Path) -> None:
    (folder / "sweep.yaml").write_text(SWEEP)
    for words in (["sweep", "sweep.yaml"], ["agent", "me/demo/abcd1234"]):
        assert "No API key configured" in wandb(folder, *words)
    assert "Poll the W&B server" in wandb(folder, "agent", "--help")


def takes_a_file_and_logs(folder: Path) -> None:
    assert "Provide a YAML config file" in wandb(folder, "sweep", "--help")
    runs_without_a_metric(folder)


def runs_without_a_metric(folder: Path) -> None:
    (folder / "train.py").write_text(comparison.PRINTING)
    (folder / "wrap.sh").write_text('python train.py "$@" >> printed\n')
    messages = sent(folder, ["sh", "wrap.sh", "${args}"], 1)

    assert comparison.lines(folder / "printed") == ["loss: 1.000"]
    assert {json.dumps(words[1]) for words in messages if words[0] == "heartbeat"} == {"{}"}


def asks_its_server_for_runs(folder: Path) -> None:
    messages = sent(folder, ["true"], 1)
    assert messages[0] == ["register", os.uname().nodename, "s1"]
    assert messages[1][0] == "heartbeat"


def leaves_its_run(folder: Path) -> None:
    (folder / "wait.py").write_text(comparison.WAITING)
    with agent(folder, ["python", "wait.py"], 1) as process:
        until(lambda: comparison.lines(folder / "started"))
        process.send_signal(signal.SIGKILL)
    [pid] = map(int, comparison.lines(folder / "started"))
    assert comparison.is_alive(pid)
    (folder / "go").touch()
    until(lambda: comparison.lines(folder / "ended"))


def has_both(folder: Path) -> None:
    assert "grid, random, Bayesian" in " ".join(wandb(folder, "controller", "--help").split())
    optimizer = comparison.installed(f"wandb/{VERSION}") / "wandb/sdk/sweeps/scheduler/wandb.py"
    assert "Return the runs hyperband says should stop early." in optimizer.read_text("utf-8")


def has_no_option_for_gpus(folder: Path) -> None:
    assert "gpu" not in wandb(folder, "agent", "--help").lower()


def polls(folder: Path) -> None:
    (folder / "clock.sh").write_text("date +%s.%N >> times\n")
    begin = time.monotonic()
    sent(folder, ["sh", "clock.sh"], 2)
    first, second = map(float, comparison.lines(folder / "times"))
    assert 4 < second - first < time.monotonic() - begin


COLUMN: Column = {
    comparison.NEEDS: Cell("both", asks_for_an_account),
    comparison.WRITE: Cell("YAML, and `wandb.log()`", takes_a_file_and_logs),
    comparison.PRINTS: Cell("runs, without a metric", runs_without_a_metric),
    comparison.EIGHT: Cell("its server decides; not tested", asks_its_server_for_runs),
    comparison.KILL: Cell("its run goes on without it", leaves_its_run),
    comparison.SEARCH: Cell("both", has_both),
    comparison.GPUS: Cell("an agent for each", has_no_option_for_gpus),
    comparison.MACHINES: Cell("through its server", asks_its_server_for_runs),
    comparison.NEXT: Cell("5 s: it polls", polls),
}
