"""Starting agents by what a user has: this machine, a SLURM cluster, a Ray cluster.

An engine is a module with `run(order, **settings) -> int`, which returns the exit code of
`sweep launch`; the settings are its own options there.
"""

from __future__ import annotations

ENGINES = {
    "slurm": "sweepcli.agents.clusters.slurm",
    "ray": "sweepcli.agents.clusters.ray_cluster",
    "local": "sweepcli.agents.clusters.local",
}
