"""What a run may put in the place of a file."""

from __future__ import annotations

import os
import shlex
import socket
import sys
from contextlib import chdir
from pathlib import Path

BINDS = """import os, socket, sys
os.chdir(os.path.dirname(sys.argv[1]))
socket.socket(socket.AF_UNIX).bind(os.path.basename(sys.argv[1]))"""
# What a script of the shell does to get the same, and some more, at the path "$1".
IN_SHELL = {
    "a FIFO": 'mkfifo "$1"',
    "a directory": 'mkdir "$1"; touch "$1/file"',
    "a socket": f"{shlex.quote(sys.executable)} -c '{BINDS}' \"$1\"",
    "a device": 'ln -s /dev/zero "$1"',
    "a loop": 'ln -s "$1" "$1"',
    "unreadable": 'echo "{}" > "$1"; chmod 000 "$1"',
}
# A user whom modes hold up: root would be let through.
MODEST = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []

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
