"""Files of the code, and the ids of their contents as git has them. Nothing is written."""

from __future__ import annotations

import os
import stat
from typing import NamedTuple

from sweepcli import regular_files
from sweepcli.code import rules

FILE, PROGRAM, LINK = "100644", "100755", "120000"  # git's modes


class File(NamedTuple):
    """A file of the code."""

    id: str  # git's blob id of its content
    mode: str  # as in git: 100644, 100755, or 120000 for a link
    size: int
    changed_at_ns: int  # ctime


class Unread(Exception):
    """A file is not read; the message says why."""


def short_hash(text: bytes) -> str:
    """Return the id of what we keep: 12 hexadecimal digits."""
    import hashlib  # noqa: PLC0415 -- who reads what is kept hashes nothing

    return hashlib.sha256(text).hexdigest()[:12]


def id_of(content: bytes) -> str:
    """Return the id of a content."""
    import hashlib  # noqa: PLC0415 -- as above

    head = b"blob %d\0" % len(content)
    return hashlib.sha1(head + content, usedforsecurity=False).hexdigest()


def status(path: str) -> os.stat_result | None:
    """Return what is known of a file or link, None if none is there; raise Unread."""
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Unread(error.strerror or str(error)) from error
    if stat.S_ISDIR(found.st_mode):
        return None
    if found.st_size > rules.MOST_READ:
        raise Unread(f"is larger than {rules.MOST_READ // 10**6} MB")
    return found


def content(path: str, found: os.stat_result) -> bytes:
    """Return what git would store of a file, of a link its target; raise Unread."""
    try:
        if stat.S_ISLNK(found.st_mode):
            return os.fsencode(os.readlink(path))
        return regular_files.content(path, rules.MOST_READ)
    except OSError as error:
        raise Unread(error.strerror or str(error)) from error


def mode_of(found: os.stat_result) -> str:
    """Return git's mode of a file."""
    if stat.S_ISLNK(found.st_mode):
        return LINK
    return PROGRAM if found.st_mode & stat.S_IXUSR else FILE


def file(blob: str, mode: str, found: os.stat_result) -> File:
    """Return a file with its id."""
    return File(blob, mode, found.st_size, found.st_ctime_ns)
