"""Makes a sweep and runs it in this process: `python sample_configs/own_sweep.py`."""

from __future__ import annotations

import sweepcli

CONFIG = {
    "method": "bayes",
    "seed": 1,
    "run_cap": 12,
    "metric": {"name": "height", "goal": "maximize"},
    "parameters": {"x": {"min": -2.0, "max": 2.0}, "y": {"min": -2.0, "max": 2.0}},
}


def climb() -> None:
    """Measure the height of a hill at one place."""
    run = sweepcli.init()
    x, y = run.config.x, run.config.y
    run.log({"height": 10 - (x - 1) ** 2 - (y + 0.5) ** 2})


def main() -> None:
    sweep_id = sweepcli.sweep(CONFIG, project="hills")
    sweepcli.agent(sweep_id, function=climb)
    best = sweepcli.Api().sweep(sweep_id).best_run()
    if best is not None:
        print(f"highest: {best.value:.3f} at {best.params}")


if __name__ == "__main__":
    main()
