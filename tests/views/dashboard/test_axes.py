from __future__ import annotations

import pytest

from sweepcli.records import JSON
from sweepcli.sweep_config import parameters
from sweepcli.views.dashboard import answers


@pytest.mark.parametrize(
    ("settings", "kind", "scale", "ends", "count"),
    [
        ({"distribution": "constant", "value": 3}, "constant", "linear", (None, None), 1),
        ({"distribution": "categorical", "values": ["a", 1]}, "choice", "linear", (None, None), 2),
        ({"distribution": "int_uniform", "min": 1, "max": 8}, "steps", "linear", (None, None), 8),
        ({"distribution": "int_uniform", "min": 1, "max": 999}, "line", "linear", (1, 999), None),
        ({"distribution": "uniform", "min": -1.0, "max": 1.0}, "line", "linear", (-1, 1), None),
        (
            {"distribution": "log_uniform_values", "min": 1e-5, "max": 0.1},
            *("line", "log", (1e-5, 0.1), None),
        ),
        ({"distribution": "log_uniform", "min": 0.0, "max": 0.0}, "line", "log", (1, 1), None),
        ({"distribution": "normal", "mu": 0.0, "sigma": 1.0}, "line", "linear", (None,) * 2, None),
        ({"distribution": "log_normal", "mu": 0.0, "sigma": 1.0}, "line", "log", (None,) * 2, None),
        ({"distribution": "beta", "a": 2, "b": 1}, "line", "linear", (0, 1), None),
    ],
)
def test_a_parameter_is_an_axis(
    settings: dict[str, JSON],
    kind: str,
    scale: str,
    ends: tuple[float | None, float | None],
    count: int | None,
) -> None:
    [parameter] = parameters.flatten({"x": settings})

    found = answers.axis(parameter)

    assert (found["name"], found["kind"], found["scale"]) == ("x", kind, scale)
    assert (found["min"], found["max"]) == ends
    assert (found["values"] and len(found["values"])) == count
