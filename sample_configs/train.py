"""Train a logistic regression on powers of the coordinates; params come as flags."""

from __future__ import annotations

import argparse
from math import exp, log
from random import Random

from moons import Point, two_moons

import sweepcli


def features(x: float, y: float, degree: int) -> list[float]:
    return [x**i * y**j / 2 ** (i + j) for i in range(degree + 1) for j in range(degree + 1 - i)]


def probability(weights: list[float], inputs: list[float]) -> float:
    score = sum(w * value for w, value in zip(weights, inputs, strict=True))
    return 1 / (1 + exp(-max(-30.0, min(30.0, score))))


def score(weights: list[float], points: list[Point], degree: int) -> tuple[float, float]:
    """Return loss and accuracy."""
    sure = [
        p if moon else 1 - p
        for x, y, moon in points
        for p in [probability(weights, features(x, y, degree))]
    ]
    return -sum(map(log, sure)) / len(sure), sum(p > 0.5 for p in sure) / len(sure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--l2", type=float, default=0.0)
    parser.add_argument("--degree", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=20)
    args = parser.parse_args()

    sweepcli.init(config=vars(args))
    train, val = two_moons(200), two_moons(200, seed=1)
    weights = [0.0] * len(features(0, 0, args.degree))
    rng = Random(0)
    for epoch in range(args.epochs):
        for x, y, moon in rng.sample(train, len(train)):
            inputs = features(x, y, args.degree)
            error = probability(weights, inputs) - moon
            weights = [
                w - args.lr * (error * value + args.l2 * w)
                for w, value in zip(weights, inputs, strict=True)
            ]
        loss, _ = score(weights, train, args.degree)
        val_loss, val_acc = score(weights, val, args.degree)
        sweepcli.log({"epoch": epoch, "loss": loss, "val_loss": val_loss, "val_acc": val_acc})


if __name__ == "__main__":
    main()
