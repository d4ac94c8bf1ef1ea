"""What starts agents: SLURM, Ray, or this machine as if it were a cluster.

A cluster is a module with `OPTIONS`, those of `sweep launch` that it alone has, and
`run(order, **settings) -> int`, which gets their values, starts the agents, and returns the exit
code of `sweep launch`. A new cluster is such a module and a line here.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

CLUSTERS = {
    "slurm": "sweepcli.agents.clusters.slurm",
    "ray": "sweepcli.agents.clusters.ray_cluster",
    "local": "sweepcli.agents.clusters.local",
}


def load(name: str) -> ModuleType:
    """Import a cluster."""
    return importlib.import_module(CLUSTERS[name])
