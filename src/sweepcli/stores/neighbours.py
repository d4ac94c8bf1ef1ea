"""Whether another machine uses a database that must stay on one.

Beside `mounts`, for file systems that nobody has thought of, and for a disk that was said to be
one machine's and is not.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sweepcli.errors import StoreError
from sweepcli.stores.mounts import WAYS

if TYPE_CHECKING:
    from sweepcli.stores.database import Database

BOOT_ID = "/proc/sys/kernel/random/boot_id"
ALIVE_S = 60.0  # since a sign of life; the clocks may differ by as much
# A database of a version before the column, or an empty one, knows no places.
KNOWN = "SELECT 1 FROM pragma_table_info('agents') WHERE name = 'place'"
# An agent's place begins with the boot of its machine. Containers of one machine share that,
# and a laptop keeps it when it gets another name.
OTHERS = """
    SELECT id, host, pid FROM agents
    WHERE ended_at IS NULL AND heartbeat_at BETWEEN ? AND ?
        AND place IS NOT NULL AND place NOT LIKE ? AND host <> ?
    ORDER BY heartbeat_at DESC LIMIT 1"""
IN_USE = """\
{path}: in use on another machine: agent {agent} (process {pid}) on {host} has given a sign of \
life within the last minute. SQLite's database must not be used by two machines at once. {ways}
Or end the agents on {host}: they are forgotten at once, or a minute after they were killed."""


def refuse_other_hosts(database: Database, host: str, boot_file: str = BOOT_ID) -> None:
    """Raise StoreError if an agent of another machine is at work with a database."""
    try:
        with open(boot_file, encoding="ascii") as file:
            boot = file.read().strip()
    except OSError:
        return  # not Linux: a name alone does not tell machines apart
    if not database.rows(KNOWN):
        return
    now = time.time()
    values = (now - ALIVE_S, now + ALIVE_S, f"{boot} %", host)
    for agent, other, pid in database.rows(OTHERS, values):
        raise StoreError(
            IN_USE.format(path=database.path, agent=agent, pid=pid, host=other, ways=WAYS)
        )
