"""Record what W&B's own search engine answers, as a table that the tests compare us with.

Run it in an environment of its own; the project never installs these packages:

    python -m venv oracle
    oracle/bin/pip install 'sweeps==0.3.0' 'numpy<2'
    oracle/bin/python tests/oracle/record_sweeps.py > tests/oracle/sweeps-0.3.0.json

The points are chosen inside (0, 1); the edges, where we differ on purpose, have tests of their own.
"""

from __future__ import annotations

import json
import sys
import warnings
from typing import Any

warnings.simplefilter("ignore")

from sweeps.params import HyperParameter  # type: ignore[import-not-found]  # noqa: E402 -- in another environment; its import warns

from sweeps import next_run  # noqa: E402 -- in another environment; its import warns

BOUNDED: list[dict[str, Any]] = [
    {"min": 0.25, "max": 4.75},
    {"min": 1e-5, "max": 0.1},
    {"min": 3, "max": 1000},
]
EXPONENTS: list[dict[str, Any]] = [{"min": -9.5, "max": -1.5}, {"min": 0, "max": 4}]
NORMALS: list[dict[str, Any]] = [{}, {"mu": 2.5, "sigma": 0.75}, {"mu": -1, "sigma": 3}]
SHAPES: list[dict[str, Any]] = [
    {},
    {"a": 2, "b": 5},
    {"a": 0.5, "b": 0.5},
    {"a": 7.5, "b": 1.25},
    {"a": 30, "b": 12},
]
MIXED: list[Any] = [None, True, 0, "0", 0.5, [1, 2], {"a": 1}]


def steps(settings: list[dict[str, Any]], *sizes: float) -> list[dict[str, Any]]:
    return [{**setting, "q": q} for setting in settings for q in sizes]


SETTINGS: dict[str, list[dict[str, Any]]] = {
    "constant": [{"value": 3}],
    "categorical": [{"values": [16, 32, 64]}, {"values": MIXED}, {"values": list(range(49))}],
    "categorical_w_probabilities": [
        {"values": ["a", "b", "c"], "probabilities": [0.2, 0.5, 0.3]},
        {"values": [1, 2, 3, 4], "probabilities": [0.25, 0, 0.75, 0]},
    ],
    "int_uniform": [{"min": 1, "max": 6}, {"min": -3, "max": 45}],
    "uniform": [*BOUNDED, {"min": -2.5, "max": 1}],
    "q_uniform": [*steps(BOUNDED[:1], 0.25, 0.5), *steps(BOUNDED[2:], 1, 7)],
    "log_uniform_values": BOUNDED,
    "q_log_uniform_values": [*steps(BOUNDED[1:2], 1e-5), *steps(BOUNDED[2:], 1, 16)],
    "inv_log_uniform_values": BOUNDED,
    "log_uniform": EXPONENTS,
    "q_log_uniform": steps(EXPONENTS[1:], 1, 0.5),
    "inv_log_uniform": EXPONENTS,
    "normal": NORMALS,
    "q_normal": steps(NORMALS, 1, 0.1),
    "log_normal": NORMALS,
    "q_log_normal": steps(NORMALS, 1, 0.1),
    "beta": SHAPES,
    "q_beta": steps(SHAPES, 0.1, 0.3),
}

SPACES: dict[str, dict[str, Any]] = {
    "two lists": {"b": {"values": [1, 2, 3]}, "a": {"values": ["x", "y"]}},
    "whole numbers": {"n": {"min": 3, "max": 7}, "m": {"min": -1, "max": 1}},
    "constants alone": {"a": {"value": 1}, "b": {"value": None}},
    "constant between lists": {
        "a": {"values": [1, 2]},
        "b": {"value": [1, {"x": 2}]},
        "c": {"values": [3, 4]},
    },
    "listed order kept": {"a": {"values": [3, 1, 2]}, "B": {"values": ["b", "a"]}},
    "capitals before small letters": {"a": {"values": [1, 2]}, "B": {"values": [1, 2]}},
    "repetitions collapse": {"a": {"values": [1, 2, 1, 2, 3]}, "b": {"values": [0, 0]}},
    "whole floats are ints": {"a": {"values": [1, 1.0, 2, 3.0, 3]}},
    "True, 1 and text differ": {"a": {"values": [True, 1, "1", "True", False, 0, "0", ""]}},
    "None and its text differ": {"a": {"values": [None, "None", "null", 0, False]}},
    "lists by content": {"a": {"values": [[1, 2], [2, 1], [1, 2], [1.0, 2], []]}},
    "mappings by content": {"a": {"values": [{"x": 1, "y": 2}, {"y": 2, "x": 1}, {"x": 1}]}},
    "nested one level": {
        "z": {"values": [1, 2]},
        "opt": {"parameters": {"name": {"values": ["sgd", "adam"]}, "lr": {"values": [0.1, 0.2]}}},
    },
    "nested three levels": {
        "m": {"values": [1, 2]},
        "o": {
            "parameters": {
                "n": {"values": [1, 2]},
                "a": {"parameters": {"q": {"min": 1, "max": 3}, "b": {"value": 0}}},
            }
        },
    },
    "a group sorts by its name": {
        "a-b": {"values": [1, 2]},
        "a": {"parameters": {"c": {"values": [1, 2]}}},
        "a.b": {"values": [1, 2]},
        "aB": {"values": [3, 4]},
    },
    "dotted names": {"opt.lr": {"values": [1, 2]}, "opt.b": {"values": [3, 4]}},
    "steps from min": {"q": {"distribution": "q_uniform", "min": 1, "max": 10, "q": 4}},
    "steps in floats": {"q": {"distribution": "q_uniform", "min": 0.5, "max": 2.75, "q": 0.5}},
    "steps in decimals": {"q": {"distribution": "q_uniform", "min": 0.1, "max": 0.75, "q": 0.1}},
    "steps up to max": {"q": {"distribution": "q_uniform", "min": 0.25, "max": 1.0, "q": 0.25}},
}


def points(distribution: str) -> list[float]:
    """Return about a hundred x, with both tails where the distribution has tails."""
    tails = [1e-12, 1e-6, 1e-3] if "normal" in distribution or "beta" in distribution else []
    # 0.497 keeps clear of the edges between cells, where rounding decides.
    return [*tails, *((i + 0.497) / 97 for i in range(97)), *(1 - x for x in tails)]


def plain(value: Any) -> Any:  # noqa: ANN401 -- whatever the engine returns
    """Return a numpy value as plain Python; anything else as it is."""
    return value.item() if hasattr(value, "item") else value


def record_curve(distribution: str, settings: dict[str, Any]) -> dict[str, Any]:
    parameter = HyperParameter("p", {"distribution": distribution, **settings})
    xs = points(distribution)
    values = [plain(parameter.ppf(x)) for x in xs]
    cdfs = [answered_cdf(parameter, settings, value) for value in values]
    return {
        "distribution": distribution,
        "settings": settings,
        "ppf": values,
        "cdf": cdfs,
    }


def answered_cdf(parameter: HyperParameter, settings: dict[str, Any], value: Any) -> float | None:  # noqa: ANN401 -- any value
    """Return the engine's cdf, which takes a list's index for its value; constants have none."""
    if "value" in settings:
        return None
    texts = [repr(candidate) for candidate in settings.get("values", [])]
    return float(parameter.cdf(texts.index(repr(value)) if texts else value))


def record_grid(space: dict[str, Any]) -> list[dict[str, Any]]:
    runs: list[Any] = []
    while run := next_run({"method": "grid", "parameters": space}, runs):
        runs.append(run)
    return [{name: plain(entry["value"]) for name, entry in run.config.items()} for run in runs]


def main() -> None:
    curves = [record_curve(name, s) for name, settings in SETTINGS.items() for s in settings]
    grids = {
        name: {"parameters": space, "cells": record_grid(space)} for name, space in SPACES.items()
    }
    xs = {name: points(name) for name in SETTINGS}
    table = {"engine": "sweeps 0.3.0", "x": xs, "curves": curves, "grids": grids}
    json.dump(table, sys.stdout, separators=(",", ":"))
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
