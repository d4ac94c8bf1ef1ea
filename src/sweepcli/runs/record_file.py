"""The file of an attempt's record, `command.json`: read, added to in its place, or replaced.

The run may put anything there, or lock it; nothing here waits for it.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from sweepcli import folders, regular_files
from sweepcli.errors import FULL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.records import JSON

START: tuple[str, ...] = ("argv", "cwd", "environment")
_DECODER = json.JSONDecoder()


def content(folder: str) -> dict[str, JSON]:
    """Return what a record says; raise OSError, or ValueError that says what is wrong."""
    text = regular_files.content(os.path.join(folder, folders.COMMAND))
    return _decoded(text.decode("utf-8", "replace"))[0]


def _decoded(text: str) -> tuple[dict[str, JSON], int]:
    """Return the object that a text begins with, and where that ends."""
    try:
        found, end = _DECODER.raw_decode(text)
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
    except ValueError as error:
        raise ValueError("is not JSON") from error
    if not isinstance(found, dict):
        raise ValueError("is not a JSON object")  # noqa: TRY004 -- bad data, not a bad call
    return found, end


def complete(folder: str, said: Mapping[str, JSON], over: Mapping[str, JSON]) -> None:
    """Add the end to what a record says, which the run may have changed."""
    try:
        if _append(os.path.join(folder, folders.COMMAND), said, over):
            return
        found = content(folder)
    except ValueError:
        found = {}
    except OSError as error:  # the run has removed it, or put something else there
        if error.errno in FULL:
            raise
        found = {}
    start = {name: found[name] for name in START if name in found}
    write(folder, {**start, "run": said, "ended": over})


def _append(path: str, said: Mapping[str, JSON], over: Mapping[str, JSON]) -> bool:
    """Add the end to a record that is as it was begun; return False for any other.

    In its place, since to replace a file by another one takes ext4 half a millisecond, and this a
    tenth of it. Until the comma is there, a reader finds the record as it was begun.
    """
    fd = regular_files.descriptor(path, os.O_RDWR)
    try:
        if not _is_locked(fd):
            return False
        size = os.fstat(fd).st_size
        text = os.pread(fd, size if size < regular_files.LARGEST else 0, 0)
        found, length = _decoded(text.decode("ascii"))  # a character is a byte
        if found.get("run") != said:
            return False
        if "ended" in found:
            return bool(found["ended"] == over)
        tail = f' "ended": {json.dumps(over)}}}'.encode()
        if os.pwrite(fd, tail, length) < len(tail):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
        if size > length + len(tail):  # the rest of what a full disk did not take
            os.ftruncate(fd, length + len(tail))
        os.pwrite(fd, b",", length - 1)
    finally:
        os.close(fd)
    return True


def _is_locked(fd: int) -> bool:
    """Return whether nobody else writes there: two agents may give one run back."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def write(folder: str, said: Mapping[str, JSON]) -> None:
    """Write beside, then rename: whatever is killed, a record is there as a whole."""
    path = os.path.join(folder, folders.COMMAND)
    beside = f"{path}.{os.getpid()}"
    try:
        fd = regular_files.fresh(beside)
    except FileNotFoundError:
        of_sweep = os.path.join(folder, *[os.pardir] * 3)
        # The run has removed its folder; or a person has removed the sweep, which stays so.
        if not os.path.isdir(os.path.normpath(of_sweep)):
            raise
        os.makedirs(folder, exist_ok=True)
        fd = regular_files.fresh(beside)
    try:
        with open(fd, "wb") as file:
            file.write(json.dumps(said).encode())
        _put(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


def _put(beside: str, path: str) -> None:
    try:
        os.replace(beside, path)
    except IsADirectoryError:
        os.rmdir(path)
        os.replace(beside, path)
