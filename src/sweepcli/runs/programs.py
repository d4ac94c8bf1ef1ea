"""What a command means here: a program on the PATH, `${interpreter}`, `${port}`."""

from __future__ import annotations

import _socket  # what `socket` wraps: a tenth of its time to import
import os
import sys
from contextlib import closing, suppress


def interpreter(path: str | None = None) -> str:
    """Return what `${interpreter}` means: python, else python3, else the agent's own."""
    for name in ("python", "python3"):
        if find_program(name, path):
            return name
    return sys.executable


def find_program(name: str, path: str | None = None) -> str | None:
    """Return the file that a command means on the PATH, if any."""
    for folder in (path if path is not None else os.environ.get("PATH", "")).split(os.pathsep):
        candidate = os.path.join(folder, name)
        if os.path.isfile(candidate) and os.access(candidate, os.X_OK):
            return candidate
    return None


def file_of(name: str) -> str:
    """Return the file that a command means, or its name if there is none."""
    return name if os.path.isabs(name) else find_program(name) or name


def free_port() -> int:
    """Return a TCP port that is free now; 0 if the system gives none.

    The kernel chooses at random, so two runs at once hardly ever get the same one.
    """
    with suppress(OSError), closing(_socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)) as taken:
        taken.bind(("", 0))
        port: int = taken.getsockname()[1]
        return port
    return 0
