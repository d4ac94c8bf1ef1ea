"""Runs as processes of this machine, each the leader of its own process group.

By `posix_spawn`, since `subprocess` costs start-up time and more for each run; see
`docs/decisions/0003-posix-spawn.md`.
"""

from __future__ import annotations

import errno
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from sweepcli.errors import LaunchError
from sweepcli.runs import process_table, programs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


# Python ignores the first two, and programs behind a script's `&` the next two; a signal that is
# ignored in the agent would be ignored in the program too.
RESET_SIGNALS = [
    *(signal.SIGPIPE, signal.SIGXFSZ),
    *(signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1),
]

ADVICE = {
    errno.ENOENT: "not found; name it in `program` or `command`, relative to {cwd} or on the PATH",
    errno.EACCES: "not executable; `chmod +x` it, or name its interpreter in `command`",
    errno.ENOEXEC: "not a program: it lacks a first line such as #!/bin/sh",
    errno.E2BIG: "the params are too long for a command line; use ${{args_json_file}}",
}


class Process:
    """A run's process group, named by its leader."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._has_ended = False  # its pid may then be another process's

    def poll(self) -> int | None:
        """Return the exit code once the leader has ended, negative for a signal.

        The rest of its group is killed: a group keeps its number while it has members, and the
        numbers of ended groups are not used again so soon.
        """
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            return None
        self.send(signal.SIGKILL)
        self._has_ended = True
        return os.waitstatus_to_exitcode(status)

    def open_files(self) -> list[str]:
        """Return the files that the process and those it has started have open."""
        return [] if self._has_ended else process_table.open_files(self.pid)

    def send(self, number: int) -> None:
        """Send a signal to the whole group."""
        with suppress(ProcessLookupError, PermissionError):
            if not self._has_ended:
                os.killpg(self.pid, number)


def start(argv: Sequence[str], environ: Mapping[str, str], output_fd: int) -> Process:
    """Start a program with empty standard input and its output in a file.

    Raises LaunchError with the cause and the remedy if the system refuses. It does not name the
    program: that may hold a secret.
    """
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, output_fd, 1),
        (os.POSIX_SPAWN_DUP2, output_fd, 2),
    ]
    try:
        pid = os.posix_spawnp(
            argv[0],
            list(argv),
            dict(environ),
            file_actions=actions,
            setpgroup=0,
            setsigmask=[],
            setsigdef=RESET_SIGNALS,
        )
    except (OSError, ValueError) as error:
        raise LaunchError(_advice(error, argv[0])) from error
    return Process(pid)


def _advice(error: Exception, program: str) -> str:
    number = getattr(error, "errno", None) or 0
    found = program if os.sep in program else programs.find_program(program)
    if number == errno.ENOENT and found and os.path.isfile(found):
        return "its first line (#!) names an interpreter that does not exist"
    if number in ADVICE:
        return ADVICE[number].format(cwd=os.getcwd())
    return getattr(error, "strerror", None) or str(error)
