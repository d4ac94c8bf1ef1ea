"""What the views of a large sweep cost as whole processes: 100,000 runs, as a person types them.

`python -m benchmarks.views`. Beside `python -c "import click"`, since machines differ.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from contextlib import closing
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from benchmarks import measuring, programs
from benchmarks.measuring import Figure
from sweepcli import stores

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.measuring import Usage
    from sweepcli.records import JSON, Sweep
    from sweepcli.stores.database import Database

RUNS = 100_000
AGENTS = 200
LOGGED = 100  # runs with history, the best one among them
STEPS = 200
ROUNDS = 5
LIMIT_S = 0.5
FLOOR = "python -c 'import click'"
COMMANDS = ("sweep show {path}", "sweep runs {path} --limit 50", "sweep ls")
LIMITED = COMMANDS[:2]
ENDS = ("finished", "finished", "finished", "finished", "failed", "crashed", "stopped")


def main() -> list[Figure]:
    """Measure and print what it costs to look at a sweep of 100,000 runs."""
    with tempfile.TemporaryDirectory() as results:
        path = fill(results)
        found = measuring.in_turn(
            {
                FLOOR: lambda: measuring.command([sys.executable, "-c", "import click"]),
                **{text: partial(_command, text.format(path=path), results) for text in COMMANDS},
            },
            rounds=ROUNDS,
        )
    floor = found[FLOOR]
    rows = [
        [name, *measuring.milliseconds(used), f"{used.cpu_s / floor.cpu_s:.2f} x"]
        for name, used in found.items()
    ]
    measuring.show(f"Views of {RUNS:,} runs, ms", ["", "wall", "CPU", "CPU ratio"], rows)
    return [
        Figure(text.replace("{path}", "PATH"), found[text].cpu_s, LIMIT_S, "s CPU")
        for text in LIMITED
    ]


def _command(text: str, results: str) -> Usage:
    name, *rest = text.split()
    return measuring.command([programs.installed(name), *rest], programs.environment(results))


def fill(results: str, count: int = RUNS, address: str | None = None) -> str:
    """Keep a sweep of so many runs, most of them ended, in a store; return its path.

    They are written as rows: claiming and ending each of them would take minutes.
    """
    random, now = Random(0), time.time()
    with closing(stores.open_store(address or results)) as store:
        sweep = programs.new_sweep(results, ["true"], store)
        with store.database.transaction():
            _fill(store.database, sweep, list(_runs(sweep.id, count, random, now)), now)
    return sweep.path


def _fill(database: Database, sweep: Sweep, runs: Sequence[tuple[JSON, ...]], now: float) -> None:
    database.change_many(
        """INSERT INTO agents (id, host, pid, started_at, heartbeat_at, ended_at)
        VALUES (?, 'node', 1, ?, ?, ?)""",
        [(f"agent{n}", now - 9e3, now, now if n < AGENTS - 8 else None) for n in range(AGENTS)],
    )
    database.change_many(
        """INSERT INTO runs (id, sweep_id, number, key, state, params, attempt, agent_id,
            created_at, started_at, ended_at, exit_code, reason, summary, value, value_step,
            worst, latest) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        runs,
    )
    database.change_many(
        """INSERT INTO attempts (run_id, attempt, agent_id, state, started_at, ended_at,
            exit_code, reason, output) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?)""",
        [
            (r[0], r[6], r[4], r[8], r[9], r[10], r[11], r[11] and f"epoch 1\n{r[11]}\n")
            for r in runs
        ],
    )
    best = sorted(runs, key=lambda run: float(run[13]))[:LOGGED]
    database.change_many(
        """INSERT INTO history (run_id, attempt, line, step, timestamp, row)
        VALUES (?, 1, ?, ?, ?, ?)""",
        [
            (r[0], n, n, now, json.dumps({"loss": r[13] + 1 / (n + 1), "acc": n / STEPS}))
            for r in best
            for n in range(STEPS)
        ],
    )
    config = {**sweep.raw, "metric": {"name": "loss", "goal": "minimize"}}
    database.change("UPDATE sweeps SET state = 'running', config = ?", (json.dumps(config),))


def _runs(sweep_id: str, count: int, random: Random, now: float) -> Iterator[tuple[JSON, ...]]:
    """Yield rows of runs, the last 64 of them at work."""
    for n in range(count):
        params = {name: random.randint(1, 100) for name in programs.PARAMETERS}
        loss = random.random()
        summary = {"loss": loss, "acc": 1 - loss, "epoch": STEPS, "val": {"loss": loss, "acc": 0.5}}
        is_running = n >= count - 64
        state = "running" if is_running else random.choice(ENDS)
        reason = f"exit code {n % 3 + 1}" if state in ("failed", "crashed") else None
        ended = None if is_running else now - 0.1 * (count - n)
        yield (
            *(f"{n:08x}", sweep_id, n + 1, str(n), state, json.dumps(params)),
            *(f"agent{AGENTS - 1 - n % 8 if is_running else n * AGENTS // count}", now - 9e3),
            *(now - 0.1 * (count - n) - 60, ended, n % 3 + 1 if reason else 0, reason),
            *(json.dumps(summary), loss, STEPS - 1, 1.0, loss),
        )


if __name__ == "__main__":
    main()
