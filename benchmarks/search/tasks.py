"""The tasks: what is searched, what a run shows, and the best that there is."""

from __future__ import annotations

import itertools
import math
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.search import functions, real

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Params = Mapping[str, Any]
    Truth = Callable[[Params], float]

HELD_OUT = {
    "hartmann 3",
    "rosenbrock 4",
    "levy 5",
    "valley in logs",
    "choices",
    "conditional",
    "listed",
    "branin, noisy",
    "network, noisy",
    "forest 6",
    "forest 3 and a choice",
    "ackley 12",
    "ellipsoid 20",
    "svm wine",
    "forest diabetes",
    "logistic breast",
    "elastic net diabetes",
    "ridge diabetes",
}


class Task(NamedTuple):
    """A search for the params with the lowest truth, of which runs show no more than `noise`."""

    name: str
    kind: str
    parameters: dict[str, dict[str, Any]]  # as in a sweep config
    truth: Truth
    best: float  # the lowest truth
    noise: float = 0.0  # the deviation of what a run shows from the truth

    @property
    def is_held_out(self) -> bool:
        """Whether nobody looked at it while the engine was made better."""
        return self.name in HELD_OUT

    def shown(self, params: Params, *, seed: int, number: int) -> float:
        """Return what run `number` of a search shows."""
        if not self.noise:
            return self.truth(params)
        draw = Random(f"{self.name} {seed} {number}")
        return self.truth(params) + draw.gauss(0, self.noise)


def uniform(low: float, high: float) -> dict[str, Any]:
    """Return a parameter between two numbers."""
    return {"distribution": "uniform", "min": float(low), "max": float(high)}


def log(low: float, high: float) -> dict[str, Any]:
    """Return a parameter between two positive numbers whose logarithm counts."""
    return {"distribution": "log_uniform_values", "min": low, "max": high}


def whole(low: int, high: int) -> dict[str, Any]:
    """Return a parameter of whole numbers."""
    return {"distribution": "int_uniform", "min": low, "max": high}


def one_of(*values: Any) -> dict[str, Any]:  # noqa: ANN401 -- the user's business
    """Return a parameter with listed values."""
    return {"values": list(values)}


def box(ranges: Sequence[tuple[float, float]]) -> dict[str, dict[str, Any]]:
    """Return one uniform parameter for each range."""
    return {f"x{i}": uniform(*each) for i, each in enumerate(ranges)}


def over(function: Callable[[Sequence[float]], float], count: int) -> Truth:
    """Return a function of x0, x1, … as a function of params."""
    names = [f"x{i}" for i in range(count)]
    return lambda params: function([params[name] for name in names])


NETWORK = {
    "lr": log(1e-5, 1.0),
    "width": one_of(16, 32, 64, 128, 256, 512),
    "depth": whole(1, 6),
    "optimizer": one_of("sgd", "momentum", "adam"),
    "dropout": uniform(0, 0.7),
    "batch": one_of(16, 32, 64, 128),
}
NETWORK_BEST = 0.0  # width 256, depth 3, adam, dropout 0.2, batch 32
CONDITIONAL = {
    "model": one_of("svm", "forest", "linear"),
    "C": log(1e-3, 1e4),
    "gamma": log(1e-6, 1.0),
    "trees": whole(10, 500),
    "depth": whole(1, 20),
    "alpha": log(1e-5, 10.0),
    "l1": {"values": [True, False]},
}
CHOICES = functions.Choices((4, 5, 3), seed=7)
LATTICE = functions.Ellipsoid(6, seed=3)
LATTICE_CENTRE = [round(20 * c) / 20 for c in LATTICE.centre]
LISTED = {
    "lr": one_of(1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2),
    "batch": one_of(8, 16, 32, 64, 128, 256),
    "layers": one_of(1, 2, 3, 4, 6, 8, 12),
    "norm": {"values": [True, False]},
}
NARROW = functions.Ellipsoid(20, seed=5, waves=0.002)
FORESTS = {
    "forest 4": functions.Forest(4, seed=11),
    "forest 6": functions.Forest(6, seed=12),
    "forest 3 and a choice": functions.Forest(4, seed=13, trees=40),
}
# The lowest of 60,000 drawn pieces, the best 150 lowered further, piece by piece along each axis.
FOREST_BEST = {"forest 4": -0.06495666, "forest 6": -0.0671036, "forest 3 and a choice": -0.0288768}


def _valley(params: Params) -> float:
    """Return a curved valley in the logarithms of two rates."""
    a, b = math.log10(params["lr"]), math.log10(params["decay"])
    return functions.rosenbrock([(a + 4.5) / 1.5, (b + 5) / 1.5 + 0.5])


def _logs_of_ackley(params: Params) -> float:
    return functions.ackley([math.log10(params[f"x{i}"]) * (1 + 0.2 * i) + i / 3 for i in range(4)])


def _choices(params: Params) -> float:
    chosen = ["abcd".index(params["a"]), params["b"] - 1, "xyz".index(params["c"])]
    return CHOICES(chosen, [params["x0"], params["x1"], params["x2"]])


def _lattice(params: Params) -> float:
    away = [params[f"x{i}"] / 20 - c for i, c in enumerate(LATTICE_CENTRE)]
    return LATTICE([c + d for c, d in zip(LATTICE.centre, away, strict=True)])


def _listed(params: Params) -> float:
    rate = math.log10(params["lr"]) + 3.2 - 0.4 * (math.log2(params["batch"]) - 5)
    rate -= 0.3 * params["norm"]
    fit = 1 - math.exp(-(rate**2) / 0.8)
    layers = 0.05 * (math.log2(params["layers"]) - 2) ** 2
    return fit + layers + (0 if params["norm"] else 0.05 * params["layers"] / 4)


def _lowest(space: Mapping[str, Mapping[str, Any]], truth: Truth) -> float:
    """Return the lowest value in a space of lists."""
    every = itertools.product(*(each["values"] for each in space.values()))
    return min(truth(dict(zip(space, values, strict=True))) for values in every)


def _hidden_hartmann(params: Params) -> float:
    return functions.hartmann([params["x4"], params["x9"], params["x17"]])


def _forest_and_choice(params: Params) -> float:
    x = [params["x0"], params["x1"], params["x2"], ("abcd".index(params["c"]) + 0.5) / 4]
    return FORESTS["forest 3 and a choice"](x)


def _smooth() -> list[Task]:
    levy_box = [(-7.0, 11.0), (-10.0, 8.0), (-4.0, 14.0), (-9.0, 9.0), (-5.0, 12.0)]
    valley = {"lr": log(1e-6, 1e-1), "decay": log(1e-7, 1e-2)}
    logs = {f"x{i}": log(1e-3, 1e2) for i in range(4)}
    f = functions
    return [
        Task("branin", "smooth", box([(-5, 10), (0, 15)]), over(f.branin, 2), 0.397887),
        Task("hartmann 3", "smooth", box([(0, 1)] * 3), over(f.hartmann, 3), -3.86278),
        Task("hartmann 6", "smooth", box([(0, 1)] * 6), over(f.hartmann, 6), -3.32237),
        Task("rosenbrock 4", "smooth", box([(-2, 2)] * 4), over(f.rosenbrock, 4), 0.0),
        Task("ackley in logs 4", "smooth", logs, _logs_of_ackley, 0.0),
        Task("levy 5", "smooth", box(levy_box), over(f.levy, 5), 0.0),
        Task("valley in logs", "smooth", valley, _valley, 0.0),
    ]


def _mixed() -> list[Task]:
    choices = {
        "a": one_of(*"abcd"),
        "b": whole(1, 5),
        "c": one_of(*"xyz"),
        **box([(0, 1)] * 3),
    }
    lattice = {f"x{i}": whole(0, 20) for i in range(6)}
    return [
        Task("network", "mixed", NETWORK, functions.network, NETWORK_BEST),
        Task("choices", "mixed", choices, _choices, CHOICES.best),
        Task("lattice", "mixed", lattice, _lattice, 0.0),
        Task("conditional", "mixed", CONDITIONAL, functions.conditional, 0.1),
        Task("listed", "mixed", LISTED, _listed, _lowest(LISTED, _listed)),
    ]


def _noisy() -> list[Task]:
    f = functions
    levy_box = [(-7.0, 11.0), (-10.0, 8.0), (-4.0, 14.0)]
    unit6, plane = box([(0, 1)] * 6), box([(-5, 10), (0, 15)])
    return [
        Task("hartmann 6, noisy", "noisy", unit6, over(f.hartmann, 6), -3.32237, 0.2),
        Task("branin, noisy", "noisy", plane, over(f.branin, 2), 0.397887, 5.0),
        Task("network, noisy", "noisy", NETWORK, f.network, NETWORK_BEST, 0.05),
        Task("levy 3, noisy", "noisy", box(levy_box), over(f.levy, 3), 0.0, 2.0),
    ]


def _trees() -> list[Task]:
    best, forests = FOREST_BEST, FORESTS
    choice = {**box([(0, 1)] * 3), "c": one_of(*"abcd")}
    one, two, three = forests
    return [
        Task(one, "trees", box([(0, 1)] * 4), over(forests[one], 4), best[one]),
        Task(two, "trees", box([(0, 1)] * 6), over(forests[two], 6), best[two]),
        Task(three, "trees", choice, _forest_and_choice, best[three]),
    ]


def _large() -> list[Task]:
    levy_box = [(-10.0 + i / 2, 6.0 + i) for i in range(10)]
    ackley_box = [(-5.0 - i / 4, 12.0 - i / 2) for i in range(12)]
    unit = box([(0, 1)] * 20)
    f = functions
    return [
        Task("levy 10", "large", box(levy_box), over(f.levy, 10), 0.0),
        Task("ackley 12", "large", box(ackley_box), over(f.ackley, 12), 0.0),
        Task("ellipsoid 20", "large", unit, over(NARROW, 20), 0.0),
        Task("3 of 20 matter", "large", unit, _hidden_hartmann, -3.86278),
    ]


def _real() -> list[Task]:
    return [
        Task(name.replace("_", " "), "real", table.parameters, table, table.best)
        for name, table in real.tables().items()
    ]


def all_tasks() -> list[Task]:
    """Return every task."""
    return [*_smooth(), *_mixed(), *_noisy(), *_trees(), *_large(), *_real()]
