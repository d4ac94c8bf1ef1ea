"""What the SDK costs a training script: import, `init()`, and each `log()`.

`python -m benchmarks.sdk`. The peers: a Python that does nothing, a file to which the script
writes the same JSON line itself, wandb in offline mode and trackio, as far as `make bench` has
put these two beside the environment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

import sweepcli
from benchmarks import measuring, programs
from benchmarks.measuring import Figure
from sweepcli import env, stores, wire
from sweepcli.records import Metric
from sweepcli.runs.metrics.events import EventFile
from sweepcli.runs.metrics.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.measuring import Usage
    from sweepcli.records import Progress, Row

ROUNDS = 15
STATEMENTS = {
    "pass": "pass",
    "import json": "import json",
    "import sweepcli": "import sweepcli; sweepcli.init",  # the SDK is loaded when it is named
    "import, init(), log()": "import sweepcli; sweepcli.init(); sweepcli.log({'loss': 0.5})",
}
PEERS = {"wandb": "wandb/0.31.0", "trackio": "trackio"}  # where `make` puts them
ROW = {"loss": 0.123456, "val_loss": 0.234567, "accuracy": 0.912345, "epoch": 17}
BATCHES, CALLS = 200, 50
LINES = 10_000


def main() -> list[Figure]:
    """Measure and print what the SDK costs."""
    with tempfile.TemporaryDirectory() as folder:
        starts = _starts(folder)
        logs = {**_logs(folder), **_peers(folder)}
        reading = _reading(os.path.join(folder, "many.jsonl"))
    _show_starts(starts)
    _show_logs(logs)
    rows = [[name, f"{s * 1e6:.1f}"] for name, s in reading.items()]
    measuring.show(f"The agent's side: {LINES:,} lines, µs each", ["", "wall"], rows)
    added = starts["import sweepcli"] - starts["pass"]
    return [
        Figure("import sweepcli, CPU", added.cpu_s * 1e3, 15, "ms"),
        Figure("log() of four metrics", logs["sweepcli.log"] * 1e6, 8, "µs"),
    ]


def _starts(folder: str) -> dict[str, Usage]:
    environ = {**os.environ, env.DIR: folder, env.EVENTS: os.path.join(folder, "start.jsonl")}
    return measuring.in_turn(
        {
            name: partial(measuring.command, [sys.executable, "-c", statement], environ)
            for name, statement in STATEMENTS.items()
        },
        rounds=ROUNDS,
    )


def _logs(folder: str) -> dict[str, float]:
    """Return the median seconds of a call: ours, and a plain write of the same line."""
    run = sweepcli.init(dir=folder)
    try:
        with open(os.path.join(folder, "plain.jsonl"), "ab", buffering=0) as file:
            peers: dict[str, Callable[[], object]] = {
                "open().write": lambda: file.write(json.dumps(ROW).encode() + b"\n"),
                "sweepcli.log": lambda: sweepcli.log(ROW),
            }
            took: dict[str, list[float]] = {name: [] for name in peers}
            for _ in range(BATCHES):
                for name, call in peers.items():
                    took[name].append(_batch(call))
    finally:
        run.finish()
    return {name: median(values) for name, values in took.items()}


def _peers(folder: str) -> dict[str, float]:
    """Return the same for trackers of others, each in a process of its own."""
    found = {}
    for peer, place in PEERS.items():
        path = os.path.join(sys.prefix, place)
        if not os.path.isdir(path):
            print(f"{peer} is not in {path}: `make bench` puts it there")
            continue
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peer_log.py")
        answer = subprocess.run(
            [sys.executable, script, peer, folder],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=True,
        )
        found[f"{peer}.log"] = float(answer.stdout.rpartition("seconds ")[2])
    return found


def _batch(call: Callable[[], object]) -> float:
    begin = time.perf_counter()
    for _ in range(CALLS):
        call()
    return (time.perf_counter() - begin) / CALLS


def _reading(path: str) -> dict[str, float]:
    """Return the seconds that each line takes from the event file into the store."""
    events = [{**ROW, wire.STEP: step, wire.TIMESTAMP: time.time()} for step in range(LINES)]
    lines = [wire.encode(event) for event in events]
    with open(path, "wb") as file:
        file.writelines(lines)
    tally = Tally(Metric("val_loss"))
    rows: list[Row] = []
    return {
        "json.loads alone": _each(lambda: [json.loads(line) for line in lines]),
        "read and add up": _each(lambda: rows.extend(tally.add(EventFile(path).drain()))),
        "keep in the store": _keep(rows, tally.progress),
    }


def _keep(rows: list[Row], progress: Progress) -> float:
    with tempfile.TemporaryDirectory() as results:
        sweep = programs.new_sweep(results, ["true"])
        with closing(stores.open_existing(results)) as store:
            programs.suggest(store, sweep, 1)
            store.add_agent(programs.AGENT)
            run = store.claim_run(sweep.id, programs.AGENT.id, 0.0)
            assert run is not None  # noqa: S101 -- suggested above
            return _each(lambda: store.save_progress(run, rows, progress))


def _each(function: Callable[[], object]) -> float:
    return measuring.call(function).wall_s / LINES


def _show_starts(starts: dict[str, Usage]) -> None:
    floor = starts["pass"]
    rows = [
        [
            f"python -c '{name}'",
            *measuring.milliseconds(used),
            *measuring.milliseconds(used - floor),
        ]
        for name, used in starts.items()
    ]
    headings = ["", "wall", "CPU", "wall over pass", "CPU over pass"]
    measuring.show("What the script waits for before it begins, ms", headings, rows)


def _show_logs(logs: dict[str, float]) -> None:
    floor = logs["open().write"]
    rows = [[name, f"{s * 1e6:.2f}", f"{s / floor:.2f} x"] for name, s in logs.items()]
    measuring.show("One log() of four metrics, median µs", ["", "wall", "ratio"], rows)


if __name__ == "__main__":
    main()
