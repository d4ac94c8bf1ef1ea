"""Kills the runs of an agent that was itself killed: the last thing an agent's death does.

A shell waits at a pipe that the agent alone holds open. The agent's end closes it, whatever
ended the agent; a line written before says to the shell that all is well. Otherwise the shell
becomes this program, which kills every process that has the agent's id in its environment.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from sweepcli import env
from sweepcli.runs import process_table

if TYPE_CHECKING:
    from collections.abc import Mapping

SHELL = "/bin/sh"
# A shell takes a hundredth of the memory that a second Python would.
SCRIPT = """trap '' HUP INT QUIT TERM USR1 USR2 TSTP
read -r line && exit
exec "$0" -P -m sweepcli.agents.warden "$1" """


class Warden:
    """The process that outlives its agent."""

    def __init__(self, agent_id: str, environ: Mapping[str, str]) -> None:
        self._agent_id = agent_id
        # An agent inside of a run is marked as that run is, and dies with it: its warden must not.
        self._environ = {key: text for key, text in environ.items() if key != env.AGENT_ID}
        self._pid = 0
        self._pipe_fd = -1

    def __enter__(self) -> None:
        self.watch()

    def __exit__(self, *_: object) -> None:
        """Tell the warden that all is well, and wait for its end."""
        if self._pid:
            with suppress(BrokenPipeError):
                os.write(self._pipe_fd, b"\n")
            os.close(self._pipe_fd)
            with suppress(ChildProcessError):
                os.waitpid(self._pid, 0)

    def watch(self) -> None:
        """Start the warden, or another one where it was killed."""
        if self._pid:
            if not os.waitpid(self._pid, os.WNOHANG)[0]:
                return
            os.close(self._pipe_fd)
        argv = [SHELL, "-c", SCRIPT, sys.executable, self._agent_id]
        read_fd, self._pipe_fd = os.pipe()  # neither is inherited by a run
        try:
            self._pid = os.posix_spawn(
                SHELL,
                argv,
                self._environ,
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, read_fd, 0),
                    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                    (os.POSIX_SPAWN_DUP2, 1, 2),
                ],
                setpgroup=0,
                setsigdef=[signal.SIGPIPE],
            )
        finally:
            os.close(read_fd)


if __name__ == "__main__":
    process_table.kill_marked({env.AGENT_ID: sys.argv[1]})
