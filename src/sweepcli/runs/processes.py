"""Runs as processes of this machine, each the leader of its own process group.

By `posix_spawn`, since `subprocess` costs start-up time and more for each run; see
`docs/decisions/0003-posix-spawn.md`.
"""

from __future__ import annotations

import _socket  # what `socket` wraps: a tenth of its time to import
import errno
import os
import signal
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from sweepcli import env
from sweepcli.errors import LaunchError
from sweepcli.records import Agent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEFTOVERS_S = 5.0  # how long the remains of a run may take to disappear
VMSTAT = "/proc/vmstat"

# Python ignores the first two, a script's `&` the next; ignored in the agent, they would be so
# in the program, which could then not be ended by them.
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

    def poll(self) -> int | None:
        """Return the exit code once the leader has ended, negative for a signal.

        What is left of its group is killed: a group keeps its number as long as it has members,
        and numbers of those that are gone are not given out again so soon.
        """
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            return None
        self.send(signal.SIGKILL)
        return os.waitstatus_to_exitcode(status)

    def open_files(self) -> list[str]:
        """Return what the process and those it has started have open, as far as Linux tells."""
        return [path for pid in _family(self.pid) for path in _open_files(pid)]

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
        raise LaunchError(f"cannot start {argv[0]!r}: {_advice(error, argv[0])}") from error
    return Process(pid)


def _advice(error: Exception, program: str) -> str:
    number = getattr(error, "errno", None) or 0
    found = program if os.sep in program else find_program(program)
    if number == errno.ENOENT and found and os.path.isfile(found):
        return "its first line (#!) names an interpreter that is not there"
    return ADVICE.get(number, str(error)).format(cwd=os.getcwd())


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


def free_port() -> int:
    """Return a TCP port that is free at the moment; 0 where the system gives none.

    The kernel's choice is random, so two runs at once hardly ever get the same one.
    """
    try:
        taken = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
        try:
            taken.bind(("", 0))
            port: int = taken.getsockname()[1]
        finally:
            taken.close()
    except OSError:
        return 0
    return port


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


def _family(pid: int) -> list[int]:
    """Return a process and all that come from it and are still its children's."""
    children = list[int]()
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as file:
                children += [int(word) for word in file.read().split()]
    return [pid, *(one for child in children for one in _family(child))]


def _open_files(pid: int) -> list[str]:
    folder, paths = f"/proc/{pid}/fd", list[str]()
    with suppress(OSError):
        for name in os.listdir(folder):
            with suppress(OSError):
                paths.append(os.readlink(f"{folder}/{name}"))
    return paths


def this_agent(agent_id: str) -> Agent:
    """Return the agent that this process is."""
    now, pid = time.time(), os.getpid()
    host = os.uname().nodename
    return Agent(agent_id, host, pid, now, now, pid_started=started(pid), place=place())


def place() -> str | None:
    """Return where a pid means one process: this boot of this machine, this pid namespace.

    None where Linux does not tell.
    """
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return f"{file.read().strip()} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return None


def oom_kills(path: str = VMSTAT) -> int | None:
    """Return how many processes the kernel has killed for want of memory since the boot."""
    try:
        with open(path, "rb") as file:
            _, found, rest = file.read().partition(b"\noom_kill ")
    except OSError:
        return None
    return int(rest.split(None, 1)[0]) if found else None


def kill_leftovers(run_id: str, attempt: int) -> int:
    """Kill what is left running of an attempt, until it is gone; return how many that were.

    A newer attempt, which another agent may have started meanwhile, is left alone.
    """
    return kill_marked({env.RUN_ID: run_id, env.ATTEMPT: str(attempt)})


def kill_marked(variables: Mapping[str, str]) -> int:
    """Kill every process with these variables in its environment, until none is left.

    Only Linux shows other processes' environments; elsewhere nothing is found.
    """
    marks = {f"{name}={value}".encode() for name, value in variables.items()}
    killed = set[int]()
    deadline = time.monotonic() + LEFTOVERS_S
    # Looks again until none is found: some may have been forking, or between fork and exec.
    while found := {pid for pid in _all_pids() if marks <= _environment(pid)}:
        for pid in found:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        killed |= found
        if time.monotonic() >= deadline:  # but never before: a look may take long on a busy machine
            break
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
