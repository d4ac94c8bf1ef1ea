"""What a task of Ray does on its node: it is beside an agent until that ends. Loads no Ray."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.agents.clusters import tied
from sweepcli.errors import LaunchError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

POLL_S = 0.2


class Ended(NamedTuple):
    """How an agent ended, and where."""

    host: str
    exit_code: int


def run_agent(words: Sequence[str], environment: Mapping[str, str], folder: str) -> Ended:
    """Run an agent in a folder; on KeyboardInterrupt, let it give its runs back.

    `environment` comes as an argument, since Ray shows all else about a task to everyone.
    """
    host = os.uname().nodename
    if not os.path.isdir(folder):
        raise LaunchError(
            f"{host} has no folder {folder}, where `sweep launch` was called: call it in one that "
            "all nodes share, or keep a copy at this path on each of them"
        )
    agent = [sys.executable, "-P", "-m", "sweepcli", "agent", *words]
    process = subprocess.Popen(
        tied.argv(agent, os.getpid()),
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # some versions of Ray kill a worker's process group
    )
    # SystemExit, with which Ray ends a worker, goes through: the tie tells the agent of its end,
    # and to be told twice would be an order to kill the runs.
    try:
        return Ended(host, _exit_code(process))
    except KeyboardInterrupt:  # the task is cancelled
        process.terminate()
        _exit_code(process)
        raise


def _exit_code(process: subprocess.Popen[bytes]) -> int:
    # Ray interrupts between two steps of Python; a wait in the system it would not end.
    while process.poll() is None:
        time.sleep(POLL_S)
    return int(process.returncode)
