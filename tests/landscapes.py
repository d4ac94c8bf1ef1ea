"""Functions whose shares of variance are known, and sweeps over them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from sweepcli.records import JSON, Params, Run, RunState, SweepConfig
from sweepcli.search import random
from sweepcli.sweep_config import parse

UNIT: dict[str, JSON] = {"min": 0.0, "max": 1.0}
WEIGHTS = (0.0, 0.5, 1.0, 3.0, 9.0, 99.0, 99.0, 99.0)  # of Sobol's g
TURN: dict[str, JSON] = {"min": -math.pi, "max": math.pi}


class Landscape(NamedTuple):
    """A function of params; the shares of its variance that each explains alone, where known."""

    parameters: dict[str, dict[str, JSON]]
    loss: Callable[[Params], float]
    shares: Mapping[str, float] | None = None


def additive(x: Params) -> float:
    return float(4 * x["a"] + 2 * x["b"] + x["c"])


def sobol_g(x: Params) -> float:
    factors = [
        (abs(4 * x[name] - 2) + weight) / (1 + weight)
        for name, weight in zip("abcdefgh", WEIGHTS, strict=True)
    ]
    return float(math.prod(factors))


def ishigami(x: Params) -> float:
    return float((1 + 0.1 * x["c"] ** 4) * math.sin(x["a"]) + 7 * math.sin(x["b"]) ** 2)


def branin(x: Params) -> float:
    a, b = x["a"], x["b"]
    bowl = (b - 5.1 / (4 * math.pi**2) * a * a + 5 / math.pi * a - 6) ** 2
    return float(bowl + 10 * (1 - 1 / (8 * math.pi)) * math.cos(a) + 10)


def training(x: Params) -> float:
    kind = {"adam": 0.0, "sgd": 1.0, "lamb": 0.2, "lion": 0.9}[x["optimizer"]]
    late = 0.5 if x["act"] == "gelu" and x["rate"] > 0.5 else 0.0
    size = 0.3 * math.log2(x["batch"] / 16)
    return float(8 * (x["rate"] - 0.3) ** 2 + 0.2 * x["depth"] + kind + size + late)


def bowl(x: Params) -> float:
    return float(sum((i + 1) * (x[name] - 0.5) ** 2 for i, name in enumerate("abcdef")))


def _g_shares() -> dict[str, float]:
    alone = [1 / 3 / (1 + weight) ** 2 for weight in WEIGHTS]
    total = math.prod(1 + each for each in alone) - 1
    return {name: each / total for name, each in zip("abcdefgh", alone, strict=True)}


KNOWN = {
    "additive": Landscape(
        dict.fromkeys("abcd", UNIT), additive, {"a": 16 / 21, "b": 4 / 21, "c": 1 / 21, "d": 0.0}
    ),
    "g": Landscape(dict.fromkeys("abcdefgh", UNIT), sobol_g, _g_shares()),
    "ishigami": Landscape(
        dict.fromkeys("abc", TURN), ishigami, {"a": 0.3139, "b": 0.4424, "c": 0.0}
    ),
    "bowl": Landscape(
        dict.fromkeys("abcdef", UNIT),
        bowl,
        {name: (i + 1) ** 2 / 91 for i, name in enumerate("abcdef")},
    ),
}
ALL = {
    **KNOWN,
    "branin": Landscape({"a": {"min": -5.0, "max": 10.0}, "b": {"min": 0.0, "max": 15.0}}, branin),
    "training": Landscape(
        {
            "rate": UNIT,
            "depth": {"min": 1, "max": 8},
            "optimizer": {"values": ["adam", "sgd", "lamb", "lion"]},
            "batch": {"values": [16, 32, 64, 128]},
            "act": {"values": ["relu", "gelu"]},
        },
        training,
    ),
}


def config(parameters: dict[str, dict[str, JSON]], **more: JSON) -> SweepConfig:
    """Return the config of a random sweep that minimises a loss."""
    metric = {"name": "loss", "goal": "minimize"}
    return parse.parse({"method": "random", "metric": metric, "parameters": parameters, **more})


def draws(of: SweepConfig, count: int) -> list[Params]:
    """Return the params of a sweep's first runs."""
    return [each.params for each in random.suggest(of, [], count)]


def runs(params: Sequence[Params], values: Sequence[float | None]) -> list[Run]:
    """Return finished runs with these params and values."""
    return [
        Run(f"r{i}", "s1", i + 1, str(i), RunState.FINISHED, each, attempt=1, value=value)
        for i, (each, value) in enumerate(zip(params, values, strict=True))
    ]


def played(
    of: SweepConfig, loss: Callable[[Params], float], count: int, *, noise: float = 0.0
) -> list[Run]:
    """Return the first runs of a sweep, with a noise of so many units of the loss."""
    params = draws(of, count)
    chance = [random.uniform(7, i, ("noise",)) for i in range(count)]
    spread = math.sqrt(12) * noise  # of a uniform distribution with that deviation
    return runs(params, [loss(x) + spread * (u - 0.5) for x, u in zip(params, chance, strict=True)])
