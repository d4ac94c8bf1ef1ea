"""Train a network with one hidden layer; written as for W&B, but for the import."""

from __future__ import annotations

from math import exp, log, sqrt, tanh
from random import Random

from moons import Point, two_moons

import sweepcli as wandb

Weights = list[float]  # for each unit: two inputs, bias, output; then the output's bias


def forward(weights: Weights, x: float, y: float) -> tuple[list[float], float]:
    """Return the hidden units and the probability of moon 1."""
    units = range(0, len(weights) - 1, 4)
    hidden = [tanh(weights[i] * x + weights[i + 1] * y + weights[i + 2]) for i in units]
    total = weights[-1] + sum(weights[i + 3] * h for i, h in zip(units, hidden, strict=True))
    return hidden, 1 / (1 + exp(-max(-30.0, min(30.0, total))))


def gradient(weights: Weights, batch: list[Point]) -> Weights:
    """Return the gradient of the mean cross-entropy over the batch."""
    slopes = [0.0] * len(weights)
    for x, y, moon in batch:
        hidden, p = forward(weights, x, y)
        error = (p - moon) / len(batch)
        for unit, h in enumerate(hidden):
            i = 4 * unit
            inner = error * weights[i + 3] * (1 - h * h)
            slopes[i] += inner * x
            slopes[i + 1] += inner * y
            slopes[i + 2] += inner
            slopes[i + 3] += error * h
        slopes[-1] += error
    return slopes


class Optimizer:
    """SGD, SGD with momentum, or Adam."""

    def __init__(self, name: str, lr: float, size: int) -> None:
        self.name, self.lr, self.steps = name, lr, 0
        self.mean, self.square = [0.0] * size, [0.0] * size

    def step(self, weights: Weights, slopes: Weights) -> Weights:
        """Return the weights after one step."""
        self.steps += 1
        if self.name == "sgd":
            return [w - self.lr * g for w, g in zip(weights, slopes, strict=True)]
        self.mean = [0.9 * m + 0.1 * g for m, g in zip(self.mean, slopes, strict=True)]
        if self.name == "momentum":
            # The mean has a tenth of each slope; momentum as commonly meant adds them whole.
            return [w - 10 * self.lr * m for w, m in zip(weights, self.mean, strict=True)]
        self.square = [0.99 * s + 0.01 * g * g for s, g in zip(self.square, slopes, strict=True)]
        m, s = 1 - 0.9**self.steps, 1 - 0.99**self.steps
        moments = zip(weights, self.mean, self.square, strict=True)
        return [w - self.lr * (a / m) / (sqrt(b / s) + 1e-8) for w, a, b in moments]


def score(weights: Weights, points: list[Point]) -> tuple[float, float]:
    """Return loss and accuracy."""
    sure = [p if moon else 1 - p for x, y, moon in points for p in [forward(weights, x, y)[1]]]
    return -sum(map(log, sure)) / len(sure), sum(p > 0.5 for p in sure) / len(sure)


def main() -> None:
    config = wandb.init(config={"lr": 0.1, "width": 8, "optimizer": "sgd", "epochs": 20}).config
    rng = Random(0)
    train, val = two_moons(200), two_moons(100, seed=1)
    weights = [rng.gauss(0, 1) for _ in range(4 * config.width + 1)]
    optimizer = Optimizer(config.optimizer, config.lr, len(weights))
    for epoch in range(config.epochs):
        rng.shuffle(train)
        for start in range(0, len(train), 20):
            slopes = gradient(weights, train[start : start + 20])
            weights = optimizer.step(weights, slopes)
        loss, _ = score(weights, train)
        val_loss, val_acc = score(weights, val)
        wandb.log({"epoch": epoch, "loss": loss, "val_loss": val_loss, "val_acc": val_acc})


if __name__ == "__main__":
    main()
