"""What the system knows of programs: where one is on the PATH, which Python `python` means."""

from __future__ import annotations

import _socket  # what `socket` wraps: a tenth of its time to import
import os
import sys


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
