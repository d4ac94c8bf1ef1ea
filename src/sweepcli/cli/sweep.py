"""The `sweep` command: a group in which creating a sweep needs no name."""

from __future__ import annotations

from sweepcli.cli.program import LazyGroup, run
from sweepcli.cli.table import COMMANDS

sweep = LazyGroup(
    "sweep",
    COMMANDS,
    default="create",
    help="""Create a sweep from a config file, run it, look at it, or change it.

    `sweep CONFIG.yaml` creates one; options come before or after the file. A file that has the
    name of a command is written as ./NAME.

    A PATH is an id, the beginning of one, a name or `latest`; without it, the newest sweep is
    meant. A RUN is the same, or a number: 12 in the newest sweep, PATH#12 in another one. Only
    `stop`, `cancel` and `rm` need the whole id.""",
    epilog="""\b
Example:
  sweep --project demo sweep.yaml
  agent $(sweep sweep.yaml)
  sweep show me/demo/abcd1234""",
)


def main() -> int:
    """Run `sweep` as a program; return its exit code."""
    return run(sweep)
