"""The commands of `sweep` and `sweepcli`, and other words for them.

A command is a row here and a function of click: importing this module imports none of them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click

# Under each heading of `--help`: the commands, each with its place and what it does.
COMMANDS = {
    "Make": {
        "create": ("sweepcli.cli.create:create", "What `sweep CONFIG.yaml` does."),
        "check": ("sweepcli.cli.check:check", "Explain a config; create nothing."),
    },
    "Run": {
        "agent": ("sweepcli.cli.agent:agent", "Run a sweep's runs on this machine."),
        "run": (
            "sweepcli.cli.script:run",
            "Sweep from one line, or run a script that makes sweeps.",
        ),
        "launch": ("sweepcli.cli.launch:launch", "Start agents with SLURM, with Ray, or here."),
        "rerun": ("sweepcli.cli.again:rerun", "Make a new sweep of one run, with its code."),
        "restore": ("sweepcli.cli.again:restore", "Write the code of a run and what starts it."),
    },
    "Look": {
        "ls": ("sweepcli.cli.look:ls", "List all sweeps."),
        "show": ("sweepcli.cli.look:show", "Show the status of a sweep, or all about a run."),
        "top": ("sweepcli.cli.look:top", "Watch a sweep and its running runs."),
        "runs": ("sweepcli.cli.look:runs", "List the runs of a sweep, filtered and sorted."),
        "best": ("sweepcli.cli.look:best", "Show the best runs of a sweep."),
        "compare": ("sweepcli.cli.compare:compare", "Show runs side by side, and their code."),
        "logs": ("sweepcli.cli.files:logs", "Print the output of a run."),
        "export": ("sweepcli.cli.files:export", "Write all runs of a sweep to a file."),
        "ui": ("sweepcli.cli.ui:ui", "Serve a page of the sweeps to the browser."),
        "where": ("sweepcli.cli.files:where", "Print the folder of the results."),
    },
    "Change": {
        "pause": ("sweepcli.cli.states:pause", "Start no runs of a sweep until it is resumed."),
        "resume": ("sweepcli.cli.states:resume", "Let a sweep start runs again."),
        "stop": ("sweepcli.cli.states:stop", "End a sweep; its running runs may finish."),
        "cancel": ("sweepcli.cli.states:cancel", "End a sweep and its running runs."),
        "update": ("sweepcli.cli.states:update", "Replace the config of a sweep, before any run."),
        "rename": ("sweepcli.cli.naming:rename", "Name a sweep or a run."),
        "note": ("sweepcli.cli.naming:note", "Write notes about a sweep or a run."),
        "tag": ("sweepcli.cli.naming:tag", "Tag a sweep or a run, or take tags away."),
        "retry": ("sweepcli.cli.change:retry", "Let runs that did not finish run again."),
        "reread": ("sweepcli.cli.reread:reread", "Read the metrics of ended runs again."),
        "copy": ("sweepcli.cli.change:copy", "Copy sweeps from one store into another."),
        "rm": ("sweepcli.cli.removal:rm", "Remove a sweep, with its runs and all their files."),
        "repair": ("sweepcli.cli.repair:repair", "Rebuild the database from the runs' files."),
    },
}

# Words that mean a command so plainly that it is run.
SAME = {
    **dict.fromkeys(("list", "sweeps"), "ls"),
    **dict.fromkeys(("status", "info", "describe", "inspect"), "show"),
    **dict.fromkeys(("watch", "monitor"), "top"),
    **dict.fromkeys(("delete", "remove"), "rm"),
    **dict.fromkeys(("log", "output"), "logs"),
    **dict.fromkeys(("validate", "lint"), "check"),
    **dict.fromkeys(("reproduce", "replicate"), "rerun"),
    "diff": "compare",
    "new": "create",
    "help": "--help",
    "version": "--version",
}


def load(place: str) -> click.Command:
    """Import the command at a place, `module:attribute`."""
    module, _, attribute = place.partition(":")
    command: click.Command = getattr(importlib.import_module(module), attribute)
    return command
