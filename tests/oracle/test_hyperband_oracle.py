"""Compare our hyperband with W&B's, as `record_hyperband.py` recorded it.

We differ on purpose at the number of values that a whole run logs, which takes three finished runs
of that length and none longer. None of these sweeps has them, which is checked.
"""

from __future__ import annotations

import json
import math
import os

from sweepcli import stopping
from sweepcli.records import JSON, Goal
from sweepcli.stopping.curve import Curve

FILE = os.path.join(os.path.dirname(__file__), "hyperband-0.3.0.json")


def ours(sweep: JSON) -> list[int]:
    curves, running, finished = dict[str, Curve](), [], []
    for number, (state, values) in enumerate(sweep["runs"]):
        curves[str(number)] = curve = Curve(Goal(sweep["goal"]))
        for step, value in enumerate(values):
            curve.add(1, step, value)
        if state == "running":
            running.append(str(number))
        elif state == "finished":
            finished.append(str(number))
    assert stopping.length(curves, finished) == math.inf
    stops = stopping.decide(sweep["rule"], curves, running, finished)
    return sorted(int(stop.run_id) for stop in stops)


def test_it_stops_the_runs_that_the_engine_stops() -> None:
    with open(FILE, encoding="utf-8") as file:
        sweeps = json.load(file)

    different = [number for number, sweep in enumerate(sweeps) if ours(sweep) != sweep["stopped"]]

    assert different == []
    assert len(sweeps) >= 200
    assert sum(len(sweep["stopped"]) for sweep in sweeps) > 100
