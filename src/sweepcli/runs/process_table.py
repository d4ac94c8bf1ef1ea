"""What the system knows of processes, also of those that we did not start.

An agent that works well reads /proc, which costs microseconds. psutil costs 40 ms to load, so it
is left to runs that failed or were lost, and to systems without /proc: see
`docs/decisions/0031-psutil-for-other-processes.md`.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from sweepcli import env

if TYPE_CHECKING:
    from collections.abc import Mapping

LEFTOVERS_S = 5.0  # how long the remains of a run may take to disappear
VMSTAT = "/proc/vmstat"
HAS_PROC = os.path.isdir("/proc/self")


def is_alive(pid: int) -> bool:
    """Return whether a process of this machine runs.

    On Linux, one that has ended and only waits to be reaped does not.
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    stat = _stat(pid)
    return stat[0] not in ("Z", "X") if stat else not HAS_PROC


def started(pid: int) -> int | None:
    """Return when a process started, in ticks since the boot; None where there is no /proc."""
    stat = _stat(pid)
    return int(stat[19]) if stat else None


def _stat(pid: int) -> list[str]:
    """Return what follows a process's name in /proc: state, parent, … (`man 5 proc`)."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return []


def place() -> str | None:
    """Return where a pid means one process: this boot of this machine, this pid namespace.

    None where there is no /proc.
    """
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="utf-8") as file:
            return f"{file.read().strip()} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return None


def oom_kills(path: str = VMSTAT) -> int | None:
    """Return how many processes Linux has killed since the boot because memory ran out."""
    try:
        with open(path, "rb") as file:
            _, found, rest = file.read().partition(b"\noom_kill ")
    except OSError:
        return None
    return int(rest.split(None, 1)[0]) if found else None


def open_files(pid: int) -> list[str]:
    """Return the files that a process and those it has started have open."""
    if HAS_PROC:
        return [path for each in _family(pid) for path in _links(f"/proc/{each}/fd")]
    import psutil  # noqa: PLC0415 -- slow to load

    paths = list[str]()
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                paths += [file.path for file in each.open_files()]
    return paths


def _family(pid: int) -> list[int]:
    """Return a process and all that it and its children have started."""
    found = [pid]
    for each in found:  # it grows; a chain of them may be longer than Python can call itself
        with suppress(OSError):
            for thread in os.listdir(f"/proc/{each}/task"):
                with open(f"/proc/{each}/task/{thread}/children", encoding="ascii") as file:
                    found += [int(word) for word in file.read().split()]
    return found


def _links(folder: str) -> list[str]:
    paths = list[str]()
    with suppress(OSError):
        for name in os.listdir(folder):
            with suppress(OSError):
                paths.append(os.readlink(f"{folder}/{name}"))
    return paths


def kill_leftovers(run_id: str, attempt: int, *, patience_s: float = LEFTOVERS_S) -> int:
    """Kill what an attempt has left running, until it is gone; return how many that were.

    A newer attempt, which another agent may have started meanwhile, is left alone.
    """
    marks = {env.RUN_ID: run_id, env.ATTEMPT: str(attempt)}
    return kill_marked(marks, patience_s=patience_s)


def kill_marked(variables: Mapping[str, str], *, patience_s: float = LEFTOVERS_S) -> int:
    """Kill every process that was started with these variables, until none is left."""
    killed = set[int]()
    deadline = time.monotonic() + patience_s
    # Looks again until none is found: some may have been forking, or between fork and exec.
    while found := _kill_once(variables):
        killed |= found
        if time.monotonic() >= deadline:  # but never before: a look may take long on a busy machine
            break
        time.sleep(0.005)
    return len(killed)


def _kill_once(variables: Mapping[str, str]) -> set[int]:
    import psutil  # noqa: PLC0415 -- slow to load

    killed = set[int]()
    for process in psutil.process_iter():
        # A process whose environment cannot be read is never killed, nor one that got its pid
        # meanwhile: psutil compares when it started.
        with suppress(psutil.Error, OSError):
            if variables.items() <= process.environ().items():
                killed.add(process.pid)
                process.kill()
    return killed
