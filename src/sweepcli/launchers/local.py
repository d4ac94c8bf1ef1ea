"""Runs as processes of this machine, each the leader of its own process group.

By `posix_spawn`, since `subprocess` costs start-up time and more for each run; see
`docs/decisions/0003-posix-spawn.md`.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from sweepcli import env
from sweepcli.errors import LaunchError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEFTOVERS_S = 5.0  # how long the remains of a dead agent's run may take to disappear

# Python ignores these, and an ignored signal would stay ignored in the program.
RESET_SIGNALS = [signal.SIGPIPE, signal.SIGXFSZ]

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

    def poll(self) -> int | None:
        """Return the exit code once the leader has ended: negative for a signal."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if pid else None

    def send(self, number: int) -> None:
        """Send a signal to the whole group."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)


def start(argv: Sequence[str], environ: Mapping[str, str], output_fd: int) -> Process:
    """Start a program with its standard input empty and its output in a file.

    Raises LaunchError with the cause and the cure where the system refuses.
    """
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, output_fd, 1),
        (os.POSIX_SPAWN_DUP2, output_fd, 2),
    ]
    try:
        pid = os.posix_spawnp(
            *(argv[0], list(argv), dict(environ)),
            file_actions=actions,
            setpgroup=0,
            setsigmask=[],
            setsigdef=RESET_SIGNALS,
        )
    except (OSError, ValueError) as error:
        advice = ADVICE.get(getattr(error, "errno", None) or 0, str(error))
        raise LaunchError(f"cannot start {argv[0]!r}: {advice.format(cwd=os.getcwd())}") from error
    return Process(pid)


def interpreter(path: str | None = None) -> str:
    """Return what `${interpreter}` means here: python, else python3, else the agent's own."""
    for name in ("python", "python3"):
        if find_program(name, path):
            return name
    return sys.executable


def find_program(name: str, path: str | None = None) -> str | None:
    """Return the file that a command name stands for on the PATH, if any."""
    for folder in (path if path is not None else os.environ.get("PATH", "")).split(os.pathsep):
        candidate = os.path.join(folder, name)
        if os.path.isfile(candidate) and os.access(candidate, os.X_OK):
            return candidate
    return None


def is_alive(pid: int) -> bool:
    """Return whether a process of this machine runs; one that only waits to be reaped does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    stat = _stat(pid)
    return stat[0] not in ("Z", "X") if stat else not os.path.isdir("/proc/self")


def started(pid: int) -> int | None:
    """Return when a process started, in ticks since the boot; None where Linux does not tell."""
    stat = _stat(pid)
    return int(stat[19]) if stat else None


def _stat(pid: int) -> list[str]:
    """Return what Linux tells of a process behind its name: state, parent, … (`man 5 proc`)."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return []


def kill_leftovers(run_id: str, attempt: int) -> int:
    """Kill what a dead agent left running of an attempt, until it is gone; return how many.

    Such processes are told by run and attempt in their environment, which only Linux shows. A
    newer attempt, which another agent may have started meanwhile, is left alone.
    """
    marks = {f"{env.RUN_ID}={run_id}".encode(), f"{env.ATTEMPT}={attempt}".encode()}
    killed = set[int]()
    deadline = time.monotonic() + LEFTOVERS_S
    # Looks again until none is found: some may have been forking, or between fork and exec.
    while (
        found := {pid for pid in _all_pids() if marks <= _environment(pid)}
    ) and time.monotonic() < deadline:
        for pid in found:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        killed |= found
        time.sleep(0.005)
    return len(killed)


def _all_pids() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except FileNotFoundError:
        return []


def _environment(pid: int) -> set[bytes]:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return set(file.read().split(b"\0"))
    except OSError:
        return set()
