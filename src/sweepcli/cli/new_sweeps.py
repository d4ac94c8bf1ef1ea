"""`agent CONFIG.yaml`: the sweeps that an agent makes before it runs them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sweepcli import commands
from sweepcli.cli import making
from sweepcli.errors import ConfigError, UsageError
from sweepcli.runs import preflight
from sweepcli.sweeps import path as sweep_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.agents.options import AgentCall
    from sweepcli.cli.options import Named
    from sweepcli.sweep_config.load import Loaded

COPIES = "SLURM_ARRAY_TASK_ID"


def made(call: AgentCall, configs: Sequence[str]) -> list[str]:
    """Create a sweep of each config file, and return their paths.

    Nothing is created unless all files can be read and their runs can start.
    """
    _refuse_copies(call, configs)
    read = {word: _read(word) for word in configs}
    for loaded in read.values():
        preflight.check(loaded.config, lambda _: None, has_gpus=call.options.gpus is not None)
    named: Named = {"entity": call.entity, "project": call.project}
    return [_created(config, read[config], call, named) for config in configs]


def _read(config: str) -> Loaded:
    try:
        return making.read_config(config, doing="Creating sweep")
    except ConfigError as error:
        if os.path.exists(config):
            raise
        shown = commands.line("sweep ls")
        raise ConfigError(f"{error}; to run a sweep, give its path: `{shown}` lists all") from None


def _created(config: str, loaded: Loaded, call: AgentCall, named: Named) -> str:
    """Create a sweep, say so with the line to join it, and return its path."""
    sweep = making.created(loaded, call.location, named)
    again = commands.line("agent", config)
    note = f"This is a new sweep; `{again}` would make one more. The next line joins this one"
    making.announce(sweep, call.location.results, note)
    return sweep.path


def _refuse_copies(call: AgentCall, configs: Sequence[str]) -> None:
    """Raise UsageError where an agent that makes sweeps is one of many, or comes again."""
    config = configs[0]
    once = commands.line("sweep", config)
    how = f"create it once with `{once}`, and give its path to the agents"
    if sweep_path.STDIN in configs:
        raise UsageError(f"-: an agent reads no config from standard input; {how}")
    if os.environ.get(COPIES):
        raise UsageError(
            f"{config}: each task of a SLURM array would make a sweep of its own; {how}"
        )
    if call.options.requeues:
        raise UsageError(f"{config}: with --requeue, each start would make a new sweep; {how}")
