"""Record which runs W&B's own hyperband stops, for random sweeps that the tests repeat.

Run it in an environment of its own; the project never installs these packages:

    python -m venv oracle
    oracle/bin/pip install 'sweeps==0.3.0' 'numpy<2'
    oracle/bin/python tests/oracle/record_hyperband.py > tests/oracle/hyperband-0.3.0.json
"""

from __future__ import annotations

import json
import random
import sys
import warnings
from typing import Any

warnings.simplefilter("ignore")

from sweeps import RunState, SweepRun, stop_runs  # noqa: E402 -- in another environment; its import warns

SWEEPS = 200
STATES = ("running", "running", "finished", "failed", "killed")
ODD = ("no number", None, float("nan"), float("inf"), True)


def a_rule(draw: random.Random) -> dict[str, Any]:
    rule: dict[str, Any] = {"type": "hyperband"}
    if draw.random() < 0.5:
        rule["min_iter"] = draw.choice((1, 2, 3, 5))
    else:
        rule |= {"max_iter": draw.choice((9, 20, 27, 81)), "s": draw.choice((1, 2, 4))}
    if draw.random() < 0.7:
        rule["eta"] = draw.choice((2, 3, 4, 1.5, 2.7))
    if draw.random() < 0.7:
        rule["strict"] = draw.random() < 0.5
    return rule


def a_history(draw: random.Random) -> list[Any]:
    """Return values of the metric; numbers of few digits, so that some are equal."""
    length = draw.choice((0, 1, 2, 3, 5, 9, 14, 30))
    level = draw.choice((1, 2, 4))
    return [
        draw.choice(ODD) if draw.random() < 0.04 else round(level / (i + 1) + draw.random(), 1)
        for i in range(length)
    ]


def a_sweep(number: int) -> dict[str, Any]:
    draw = random.Random(number)
    rule, goal = a_rule(draw), draw.choice(("minimize", "maximize"))
    runs = [(draw.choice(STATES), a_history(draw)) for _ in range(draw.choice((1, 2, 5, 12, 25)))]
    config = {
        "method": "random",
        "metric": {"name": "loss", "goal": goal},
        "early_terminate": dict(rule),
        "parameters": {"x": {"values": [1]}},
    }
    theirs = [
        SweepRun(
            name=str(i),
            state=RunState[state],
            history=[{"loss": value} if value != "no number" else {"other": 1} for value in values],
        )
        for i, (state, values) in enumerate(runs)
    ]
    stopped = sorted(int(run.name) for run in stop_runs(config, theirs) if run.state == "running")
    return {"rule": rule, "goal": goal, "runs": runs, "stopped": stopped}


json.dump([a_sweep(number) for number in range(SWEEPS)], sys.stdout, separators=(",", ":"))
sys.stdout.write("\n")
