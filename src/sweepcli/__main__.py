"""The `sweepcli` command: all that `sweep` and `agent` do, where others have these names."""

from __future__ import annotations

import sys

from sweepcli.cli.program import LazyGroup, run
from sweepcli.cli.table import COMMANDS

ALL = ("sweepcli.cli.sweep:sweep", "The same commands, for people who are used to `sweep`.")

group = LazyGroup(
    "sweepcli",
    {**COMMANDS, "Make": {"sweep": ALL, **COMMANDS["Make"]}},
    default="create",
    help="""Hyperparameter sweeps like W&B's, on your own machine.

    Has all commands of `sweep`, and `agent`, for machines where these names are another
    program's. `sweepcli CONFIG.yaml` creates a sweep.""",
    epilog="""\b
Example:
  sweepcli run -P lr=0.1,0.2 train.py
  sweepcli sweep.yaml
  sweepcli agent me/demo/abcd1234
  sweepcli show me/demo/abcd1234""",
)


def main() -> int:
    """Run `sweepcli` as a program; return its exit code."""
    return run(group)


if __name__ == "__main__":
    sys.exit(main())
