"""Train the output layer of a radial basis network; params come in groups."""

from __future__ import annotations

from math import exp, log
from random import Random

from moons import two_moons

import sweepcli

DEFAULTS = {
    "optimizer": {"lr": 0.1, "momentum": 0.0},
    "model": {"centres": 10, "radius": 0.5},
    "epochs": 20,
}
Inputs = list[float]


def activations(x: float, y: float, centres: list[tuple[float, float]], radius: float) -> Inputs:
    return [1.0, *(exp(-((x - a) ** 2 + (y - b) ** 2) / (2 * radius**2)) for a, b in centres)]


def probability(weights: list[float], inputs: Inputs) -> float:
    total = sum(w * value for w, value in zip(weights, inputs, strict=True))
    return 1 / (1 + exp(-max(-30.0, min(30.0, total))))


def score(weights: list[float], data: list[tuple[Inputs, int]]) -> tuple[float, float]:
    """Return loss and accuracy."""
    sure = [p if moon else 1 - p for inputs, moon in data for p in [probability(weights, inputs)]]
    return -sum(map(log, sure)) / len(sure), sum(p > 0.5 for p in sure) / len(sure)


def main() -> None:
    config = sweepcli.init(config=DEFAULTS).config
    lr, momentum = config["optimizer"]["lr"], config["optimizer"]["momentum"]
    rng = Random(0)
    points = two_moons(200)
    centres = [(x, y) for x, y, _ in rng.sample(points, config["model"]["centres"])]
    radius = config["model"]["radius"]
    train = [(activations(x, y, centres, radius), moon) for x, y, moon in points]
    val = [(activations(x, y, centres, radius), moon) for x, y, moon in two_moons(200, seed=1)]
    weights = speed = [0.0] * (len(centres) + 1)
    for epoch in range(config["epochs"]):
        for inputs, moon in rng.sample(train, len(train)):
            error = probability(weights, inputs) - moon
            speed = [momentum * s - lr * error * v for s, v in zip(speed, inputs, strict=True)]
            weights = [w + s for w, s in zip(weights, speed, strict=True)]
        loss, _ = score(weights, train)
        val_loss, val_acc = score(weights, val)
        sweepcli.log({"epoch": epoch, "loss": loss, "val_loss": val_loss, "val_acc": val_acc})


if __name__ == "__main__":
    main()
