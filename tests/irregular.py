"""What a run may put in the place of a file."""

from __future__ import annotations

import os
import socket
from contextlib import chdir
from pathlib import Path

KINDS = ("a FIFO", "a directory", "a socket", "a device")


def put(kind: str, path: Path) -> None:
    """Put something that is not a regular file at a path."""
    if kind == "a FIFO":
        os.mkfifo(path)
    elif kind == "a directory":
        path.mkdir()
    elif kind == "a device":
        path.symlink_to("/dev/zero")
    else:
        with socket.socket(socket.AF_UNIX) as made, chdir(path.parent):
            made.bind(path.name)  # the whole path may be too long for a socket
