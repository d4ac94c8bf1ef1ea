"""Fit a line to a curve by gradient descent; logs as any script for W&B does."""

from __future__ import annotations

import wandb


def main() -> None:
    run = wandb.init(config={"lr": 0.1, "momentum": 0.0, "epochs": 20})
    config = wandb.config
    points = [(x / 10, 2 * x / 10 + 1 + (x % 3 - 1) / 5) for x in range(-10, 11)]
    slope = offset = slope_speed = offset_speed = 0.0
    for epoch in range(config.epochs):
        errors = [(x, slope * x + offset - y) for x, y in points]
        slope_speed = config.momentum * slope_speed - config.lr * mean(x * e for x, e in errors)
        offset_speed = config.momentum * offset_speed - config.lr * mean(e for _, e in errors)
        slope, offset = slope + slope_speed, offset + offset_speed
        wandb.log({"epoch": epoch, "loss": mean(e * e for _, e in errors)})
    table = wandb.Table(columns=["x", "y", "fitted"])
    for x, y in points:
        table.add_data(x, y, slope * x + offset)
    wandb.log({"fit": table})
    run.summary["slope"] = slope


def mean(values) -> float:  # noqa: ANN001 -- a sample needs no more
    """Return the mean of any numbers."""
    numbers = list(values)
    return sum(numbers) / len(numbers)


if __name__ == "__main__":
    main()
