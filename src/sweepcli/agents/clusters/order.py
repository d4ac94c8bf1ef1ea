"""What a cluster should start: agents for a sweep, each with its share of a machine."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import commands, env

if TYPE_CHECKING:
    from sweepcli.records import Sweep
    from sweepcli.stores.location import Location


class Order(NamedTuple):
    """Agents that are to be started for a sweep."""

    sweep: Sweep
    location: Location
    agents: int
    arguments: tuple[str, ...] = ()  # options that each `agent` gets
    cpus: int | None = None  # for each agent, as is the next
    gpus: int | None = None

    @property
    def words(self) -> list[str]:
        """The arguments of each agent."""
        gpus = ["--gpus", "all"] if self.gpus else []  # all that it is given
        return ["--dir", self.location.results, *gpus, *self.arguments, self.sweep.path]

    @property
    def environment(self) -> dict[str, str]:
        """What each agent needs in its environment; never shown, it may hold a password."""
        return {env.STORE: self.location.store} if self.location.store else {}


def agent_program() -> list[str]:
    """Return what starts the `agent` of this very installation, whatever is on the PATH."""
    beside = os.path.join(os.path.dirname(sys.executable), "agent")
    if commands.is_ours(beside):
        return [beside]
    return [sys.executable, "-P", "-m", "sweepcli", "agent"]
