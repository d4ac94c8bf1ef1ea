"""The `sweepcli` command: `sweep`, `agent` where others have these names, and `run`."""

from __future__ import annotations

import sys

from sweepcli.cli.program import LazyGroup, run

group = LazyGroup(
    "sweepcli",
    {
        "Commands": {
            "sweep": ("sweepcli.cli.sweep:sweep", "Create a sweep, change its state, look at it."),
            "agent": ("sweepcli.cli.agent:agent", "Run a sweep's runs on this machine."),
            "run": ("sweepcli.cli.script:run", "Run a script that makes sweeps by `import wandb`."),
        }
    },
    help="Hyperparameter sweeps like W&B's, on your own machine.",
    epilog="""\b
Example:
  sweepcli sweep sweep.yaml
  sweepcli agent me/demo/abcd1234
  sweepcli run train.py""",
)


def main() -> int:
    """Run `sweepcli` as a program; return its exit code."""
    return run(group)


if __name__ == "__main__":
    sys.exit(main())
