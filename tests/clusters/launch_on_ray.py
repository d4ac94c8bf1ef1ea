"""What `sweep launch --on ray` does, as a program: `ADDRESS SWEEP AGENTS`."""

from __future__ import annotations

import sys
from contextlib import closing

from sweepcli import stores
from sweepcli.agents.clusters import ray_cluster
from sweepcli.agents.clusters.order import Order
from sweepcli.cli.exit_codes import guarded
from sweepcli.stores import location


def main(address: str, sweep_id: str, agents: str) -> int:
    """Start agents with a GPU and a `slot` each, twice more if they are lost."""
    here = location.here()
    with closing(stores.open_existing(here.database)) as store:
        order = Order(store.sweep(sweep_id), here, int(agents), cpus=1, gpus=1)
    return ray_cluster.run(order, address=address, resources={"slot": 1}, retries=2)


if __name__ == "__main__":
    sys.exit(guarded(lambda: main(*sys.argv[1:])))
