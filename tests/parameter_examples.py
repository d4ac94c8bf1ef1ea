"""One parameter of every distribution, with the bounds that its values must keep."""

from __future__ import annotations

import math

from sweepcli.sweep_config.distributions import DISTRIBUTIONS, Settings

INF = math.inf

# distribution -> (its settings, least value, greatest value)
NUMBERS: dict[str, tuple[Settings, float, float]] = {
    "int_uniform": ({"min": -2, "max": 9}, -2, 9),
    "uniform": ({"min": -1.5, "max": 2.5}, -1.5, 2.5),
    "q_uniform": ({"min": 0.25, "max": 4.9, "q": 0.1}, 0.25, 4.9),
    "log_uniform_values": ({"min": 1e-5, "max": 0.1}, 1e-5, 0.1),
    "q_log_uniform_values": ({"min": 3, "max": 500, "q": 8}, 3, 500),
    "inv_log_uniform_values": ({"min": 1e-3, "max": 10}, 1e-3, 10),
    "log_uniform": ({"min": -3.0, "max": 2.0}, math.exp(-3), math.exp(2)),
    "q_log_uniform": ({"min": 0, "max": 5, "q": 1.0}, 1, math.exp(5)),
    "inv_log_uniform": ({"min": -2, "max": 3}, math.exp(-3), math.exp(2)),
    "normal": ({"mu": 1.0, "sigma": 2.0}, -INF, INF),
    "q_normal": ({"mu": 1, "sigma": 3, "q": 0.5}, -INF, INF),
    "log_normal": ({"mu": 0.0, "sigma": 1.0}, 0, INF),
    "q_log_normal": ({"mu": 2, "sigma": 1, "q": 1}, 0, INF),
    "beta": ({"a": 2, "b": 5}, 0, 1),
    "q_beta": ({"a": 2, "b": 2, "q": 0.3}, 0, 1),
}
LISTS: dict[str, Settings] = {
    "constant": {"value": {"layers": [1, 2]}},
    "categorical": {"values": [16, "32", None, True, [1, 2]]},
    "categorical_w_probabilities": {"values": ["a", "b", "c"], "probabilities": [0.2, 0.0, 0.8]},
}
EVERY: dict[str, Settings] = {**LISTS, **{name: row[0] for name, row in NUMBERS.items()}}


def raw(distribution: str) -> Settings:
    """Return the parameter as a user writes it."""
    return {"distribution": distribution, **EVERY[distribution]}


def allows(distribution: str, value: object) -> bool:
    """Tell whether the example of that distribution may take the value."""
    if distribution in LISTS:
        settings = LISTS[distribution]
        return any(value is v or value == v for v in settings.get("values", settings.values()))
    _, low, high = NUMBERS[distribution]
    return isinstance(value, int | float) and low <= value <= high


assert set(EVERY) == set(DISTRIBUTIONS), "every distribution needs an example"
