"""The databases that this process has open to write, so that nothing else here unlocks them.

Closing any descriptor of a file takes away all locks that the process has on it: that is how
POSIX has it. SQLite takes care of its own descriptors, but not of those that it opened without
locks, nor of those that copy the file.
"""

from __future__ import annotations

from _thread import allocate_lock  # `threading` takes a millisecond to load
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sweepcli.stores.stamps import File


class Closable(Protocol):
    """What has a descriptor of a database's file."""

    def close(self) -> None:
        """Close it."""


_lock = allocate_lock()
_writers: Counter[File] = Counter()
_waiting: defaultdict[File, list[Closable]] = defaultdict(list)


def begin(file: File) -> None:
    """Note that the file is about to be opened to write."""
    with _lock:
        _writers[file] += 1


def end(file: File) -> None:
    """Note that a writer of the file has closed it."""
    with _lock:
        _writers[file] -= 1
        if not _writers[file]:
            del _writers[file]
            for each in _waiting.pop(file, ()):
                each.close()


def has(file: File) -> bool:
    """Return whether this process has the file open to write."""
    return file in _writers


def close(file: File, reader: Closable) -> None:
    """Close what reads the file without locks, now or when no writer of it is left here."""
    with _lock:
        if file in _writers:
            _waiting[file].append(reader)
        else:
            reader.close()
