"""Two half moons that interlock: the data of the sample sweeps."""

from __future__ import annotations

from math import cos, pi, sin
from random import Random

Point = tuple[float, float, int]  # x, y, and the moon it belongs to


def two_moons(count: int, *, noise: float = 0.15, seed: int = 0) -> list[Point]:
    """Return `count` points, the moons in turns."""
    rng = Random(seed)
    points = []
    for number in range(count):
        angle, moon = rng.uniform(0, pi), number % 2
        x, y = (1 - cos(angle), 0.5 - sin(angle)) if moon else (cos(angle), sin(angle))
        points.append((x + rng.gauss(0, noise), y + rng.gauss(0, noise), moon))
    return points
