"""Train with momentum, and save each epoch: a run that is taken away goes on where it was."""

from __future__ import annotations

import argparse
import json
import os
from math import exp, log

from moons import Point, two_moons

import sweepcli

# Outside of a sweep there is nothing to resume, and this folder will do.
CHECKPOINT = os.path.join(os.environ.get("SWEEPCLI_CHECKPOINT_DIR", "."), "last.json")


def load() -> tuple[int, list[float], list[float]]:
    """Return the next epoch, the weights and their velocities."""
    if not os.path.exists(CHECKPOINT):
        return 0, [0.0] * 3, [0.0] * 3
    with open(CHECKPOINT, encoding="utf-8") as file:
        saved = json.load(file)
    return saved["epoch"] + 1, saved["weights"], saved["velocities"]


def save(epoch: int, weights: list[float], velocities: list[float]) -> None:
    """Replace the checkpoint as a whole: a kill in between leaves the one before."""
    with open(CHECKPOINT + ".new", "w", encoding="utf-8") as file:
        json.dump({"epoch": epoch, "weights": weights, "velocities": velocities}, file)
    os.replace(CHECKPOINT + ".new", CHECKPOINT)


def probability(weights: list[float], x: float, y: float) -> float:
    score = weights[0] + weights[1] * x + weights[2] * y
    return 1 / (1 + exp(-max(-30.0, min(30.0, score))))


def gradient(weights: list[float], points: list[Point]) -> list[float]:
    errors = [(probability(weights, x, y) - moon, x, y) for x, y, moon in points]
    inputs = [(error, error * x, error * y) for error, x, y in errors]
    return [sum(column) / len(points) for column in zip(*inputs, strict=True)]


def loss(weights: list[float], points: list[Point]) -> float:
    sure = [p if moon else 1 - p for x, y, moon in points for p in [probability(weights, x, y)]]
    return -sum(map(log, sure)) / len(sure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--momentum", type=float, default=0.0)
    parser.add_argument("--epochs", type=int, default=40)
    args = parser.parse_args()

    sweepcli.init(config=vars(args))
    train, val = two_moons(300), two_moons(200, seed=1)
    first, weights, velocities = load()
    for epoch in range(first, args.epochs):
        velocities = [
            args.momentum * velocity - args.lr * slope
            for velocity, slope in zip(velocities, gradient(weights, train), strict=True)
        ]
        weights = [w + v for w, v in zip(weights, velocities, strict=True)]
        sweepcli.log({"epoch": epoch, "val_loss": loss(weights, val)}, step=epoch)
        save(epoch, weights, velocities)


if __name__ == "__main__":
    main()
