"""What the system knows of processes, also of those that we did not start."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from sweepcli import env

if TYPE_CHECKING:
    from collections.abc import Mapping

LEFTOVERS_S = 5.0  # how long the remains of a run may take to disappear
VMSTAT = "/proc/vmstat"


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


def open_files(pid: int) -> list[str]:
    """Return what a process and those it has started have open, as far as Linux tells."""
    return [path for each in _family(pid) for path in _files(each)]


def _family(pid: int) -> list[int]:
    """Return a process and all that come from it and are still its children's."""
    children = list[int]()
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as file:
                children += [int(word) for word in file.read().split()]
    return [pid, *(one for child in children for one in _family(child))]


def _files(pid: int) -> list[str]:
    folder, paths = f"/proc/{pid}/fd", list[str]()
    with suppress(OSError):
        for name in os.listdir(folder):
            with suppress(OSError):
                paths.append(os.readlink(f"{folder}/{name}"))
    return paths


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
