"""Whether files are still what they were: a database's file and its lock, since they were opened.

Nothing here opens a file: a process that closes SQLite's file loses SQLite's own locks on it.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

File = tuple[int, int]  # device and inode: which file it is, whatever is in it


class Stamp(NamedTuple):
    """What tells one state of a file from another."""

    device: int
    inode: int
    size: int
    changed_at: int  # nanoseconds

    @property
    def file(self) -> File:
        """Which file it is."""
        return self.device, self.inode


def stamp(file: str | int) -> Stamp | None:
    """Return the stamp of a path or a descriptor; None if there is no such file."""
    try:
        found = os.stat(file)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return Stamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def file_of(file: str | int) -> File:
    """Return which file a path or a descriptor is."""
    found = os.stat(file)
    return found.st_dev, found.st_ino


def is_same(path: str, file: File) -> bool:
    """Return whether a path surely is a file still: before each write, so it has to be fast."""
    try:
        found = os.stat(path)
    except OSError:
        return False
    return (found.st_dev, found.st_ino) == file


def path_of(fd: int) -> str:
    """Return where an open file or folder is now; raise OSError where the system does not tell."""
    if hasattr(fcntl, "F_GETPATH"):  # macOS
        return os.fsdecode(fcntl.fcntl(fd, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0"))
    return os.readlink(f"/proc/self/fd/{fd}")


def may(path: str, mode: int) -> bool:
    """Return whether this process may use a file: a mode of `os.access`."""
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def lost(files: Mapping[str, File | None], held_fd: int | None = None) -> str | None:
    """Return what has happened to files since they were opened; None if all are as they were.

    `files` are paths, each with the file that was there. A descriptor that is held open in
    the same folder knows where that folder is now, if it was moved.
    """
    for path, was in files.items():
        if was is not None and is_same(path, was):  # mostly, so it has to be fast
            continue
        try:
            now = stamp(path)
        except OSError:  # as of a disk that does not answer: whoever reads or writes gets it too
            continue
        if now is not None and now.file == was:
            continue
        if held_fd is not None and (place := _moved(path, was, held_fd)):
            return f"{os.path.dirname(path)} was moved to {place}"
        return f"{path} was removed" if now is None else f"{path} was replaced by another file"
    return None


def _moved(path: str, was: File | None, held_fd: int) -> str | None:
    """Return the folder that a file is in now, if that is another one, and known."""
    try:
        place = os.path.dirname(path_of(held_fd))
    except OSError:  # the system does not tell
        return None
    there = stamp(os.path.join(place, os.path.basename(path)))
    return place if there is not None and there.file == was else None
