"""The `sweep` command: a group in which creating a sweep needs no name."""

from __future__ import annotations

from sweepcli.cli import entry
from sweepcli.cli.lazy import LazyGroup

sweep = LazyGroup(
    "sweep",
    {
        "create": ("sweepcli.cli.create:create", "Create a sweep (what `sweep CONFIG.yaml` does)."),
        "check": ("sweepcli.cli.check:check", "Say what a config means, and create nothing."),
        "launch": ("sweepcli.cli.launch:launch", "Start agents with SLURM, with Ray, or here."),
        "ls": ("sweepcli.cli.listing:ls", "List all sweeps."),
        "show": ("sweepcli.cli.reading:show", "Show where a sweep stands, or all about a run."),
        "top": ("sweepcli.cli.top:top", "Watch a sweep and the runs that are at work."),
        "runs": ("sweepcli.cli.listing:runs", "List the runs of a sweep, filtered and sorted."),
        "best": ("sweepcli.cli.best:best", "Show the best runs of a sweep."),
        "compare": ("sweepcli.cli.reading:compare", "Show runs side by side."),
        "logs": ("sweepcli.cli.files:logs", "Print what a run printed, or prints."),
        "export": ("sweepcli.cli.export:export", "Write all runs of a sweep to a file."),
        "retry": ("sweepcli.cli.retry:retry", "Let runs that did not finish be run again."),
        "copy": ("sweepcli.cli.copying:copy", "Copy sweeps from one store into another."),
        "ui": ("sweepcli.cli.ui:ui", "Serve a page of the sweeps to the browser."),
        "where": ("sweepcli.cli.files:where", "Say where the results are kept."),
    },
    default="create",
    help="""Create a sweep from a config file, change its state, or look at it.

    `sweep CONFIG.yaml` creates; its options may stand before or after the file. A file that is
    called like a command is written as ./NAME.""",
    epilog="""\b
Example:
  sweep --project demo sweep.yaml
  agent $(sweep sweep.yaml)
  sweep --stop me/demo/abcd1234""",
)


def main() -> int:
    """Run `sweep` as a program; return its exit code."""
    return entry.run(sweep)
