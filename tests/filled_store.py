"""Results directories with runs in them, made as fast as a database allows."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import closing
from random import Random

from sweepcli.records import JSON, Sweep, SweepState
from sweepcli.stores import Store, open_store
from sweepcli.sweep_config.parse import parse

SCRIPT = "<script>alert(1)</script>"
CONFIG: dict[str, JSON] = {
    "method": "random",
    "program": "train.py",
    "command": ["/bin/true"],
    "metric": {"name": "val_loss", "goal": "minimize"},
    "seed": 1,
    "parameters": {
        "lr": {"distribution": "log_uniform_values", "min": 1e-5, "max": 0.1},
        "momentum": {"distribution": "uniform", "min": 0.0, "max": 1.0},
        "layers": {"distribution": "int_uniform", "min": 1, "max": 6},
        "optimizer": {"distribution": "categorical", "values": ["adam", "sgd", "lion"]},
        "net": {
            "parameters": {
                "width": {"distribution": "categorical", "values": [64, 128, 256]},
                "dropout": {"distribution": "uniform", "min": 0.0, "max": 0.5},
            }
        },
        SCRIPT: {"distribution": "categorical", "values": ["<b>one</b>", "two"]},
        "seed": {"distribution": "int_uniform", "min": 0, "max": 9},
    },
}
RUN = """INSERT INTO runs (id, sweep_id, number, key, state, params, attempt, agent_id, created_at,
    started_at, ended_at, exit_code, reason, summary, value, value_step, worst, latest)
    VALUES (?, ?, ?, ?, ?, ?, 1, 'a1', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
ATTEMPT = """INSERT INTO attempts (run_id, attempt, agent_id, state, started_at, ended_at,
    exit_code, reason, output) VALUES (?, 1, 'a1', ?, ?, ?, ?, ?, ?)"""
FAILED_EVERY = 25


def params_of(number: int) -> dict[str, JSON]:
    """Return the params of a run, the same at every call."""
    draw = Random(number)
    return {
        "lr": 10 ** draw.uniform(-5, -1),
        "momentum": draw.random(),
        "layers": draw.randint(1, 6),
        "optimizer": draw.choice(["adam", "sgd", "lion"]),
        "net": {"width": draw.choice([64, 128, 256]), "dropout": draw.uniform(0, 0.5)},
        SCRIPT: draw.choice(["<b>one</b>", "two"]),
        "seed": draw.randint(0, 9),
    }


def value_of(params: dict[str, JSON]) -> float:
    """Return the metric that these params bring."""
    far = (math.log10(params["lr"]) + 3) ** 2 / 4
    optimizer = {"adam": 0.0, "sgd": 0.3, "lion": 0.1}[params["optimizer"]]
    found: float = 0.1 + far + optimizer + 0.2 * params["net"]["dropout"]
    return found


def fill(results: str, count: int, sweep_id: str = "s1", config: dict[str, JSON] = CONFIG) -> None:
    """Keep a sweep with `count` runs that have ended; every 25th failed."""
    with closing(open_store(results)) as store:
        sweep = Sweep(sweep_id, "someone", "things", SweepState.RUNNING, parse(config), 1e9)
        store.add_sweep(sweep._replace(name="<i>a name</i>"))
        with store.database.transaction():
            store.database.change(
                """INSERT INTO agents (id, host, pid, started_at, heartbeat_at, ended_at)
                VALUES ('a1', 'elsewhere', 1, 1, 1, 2) ON CONFLICT DO NOTHING"""
            )
            store.database.change_many(RUN, _runs(sweep_id, count))
            store.database.change_many(ATTEMPT, _attempts(sweep_id, count))


def _runs(sweep_id: str, count: int) -> Iterator[tuple[JSON, ...]]:
    for number in range(1, count + 1):
        params, failed = params_of(number), number % FAILED_EVERY == 0
        value = None if failed else value_of(params)
        summary = {} if failed else {"val_loss": value, "accuracy": 1 / (1 + value_of(params))}
        yield (
            *(f"{sweep_id}r{number}", sweep_id, number, str(number)),
            *("failed" if failed else "finished", json.dumps(params)),
            *(1e9 + number, 1e9 + number, 1e9 + number + 30.0, 1 if failed else 0),
            *("exit code 1" if failed else None, json.dumps(summary), value, 9, value, value),
        )


def _attempts(sweep_id: str, count: int) -> Iterator[tuple[JSON, ...]]:
    for number in range(FAILED_EVERY, count + 1, FAILED_EVERY):
        end = 1e9 + number + 30.0
        output = f"RuntimeError: no luck with {SCRIPT}"
        yield (f"{sweep_id}r{number}", "failed", end - 30, end, 1, "exit code 1", output)


def add_running(store: Store, sweep_id: str = "s1") -> str:
    """Let another run start, and return its id."""
    number = store.number_of_runs(sweep_id) + 1
    run_id, params = f"{sweep_id}r{number}", json.dumps(params_of(number))
    with store.database.transaction():
        store.database.change(
            RUN,
            (
                *(run_id, sweep_id, number, str(number), "running", params),
                *(1e9, 1e9, None, None, None, "{}", None, None, None, None),
            ),
        )
    return run_id


def change_runs(results: str, which: str, **columns: JSON) -> None:
    """Give the runs for which a condition is true other values in some columns."""
    given = ", ".join(f"{name} = ?" for name in columns)
    with closing(open_store(results)) as store, store.database.transaction():
        store.database.change(f"UPDATE runs SET {given} WHERE {which}", [*columns.values()])  # noqa: S608 -- of a test
