"""What `sweep launch --on ray` does, as a program: `ADDRESS RESULTS DATABASE SWEEP AGENTS`."""

from __future__ import annotations

import sys
from contextlib import closing

from sweepcli import stores
from sweepcli.cli.guard import guarded
from sweepcli.engines import ray_cluster
from sweepcli.engines.order import Order
from sweepcli.location import Location


def main(address: str, results: str, database: str, sweep_id: str, agents: str) -> int:
    """Start agents with a GPU and a `slot` each, twice more if they are lost."""
    with closing(stores.open_existing(database)) as store:
        sweep = store.sweep(sweep_id)
    order = Order(sweep, Location(results, database), int(agents), cpus=1, gpus=1)
    return ray_cluster.run(order, address=address, resources={"slot": 1}, retries=2)


if __name__ == "__main__":
    sys.exit(guarded(lambda: main(*sys.argv[1:])))
