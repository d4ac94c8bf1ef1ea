"""The run's event file: append-only, one `os.write` for each line.

With O_APPEND, forked workers and other ranks can write to the same file line by line.
"""

from __future__ import annotations

import errno
import os

from sweepcli import messages, wire
from sweepcli.errors import SweepError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class EventFile:
    """The file that a run's events are written to; without a path, they are written nowhere.

    Raises SweepError if the file cannot be opened.
    """

    __slots__ = ("_fd", "_is_torn", "lost")

    def __init__(self, path: str | None) -> None:
        self.lost = 0  # lines that could not be written
        self._is_torn = False
        self._fd = None if path is None else _open(path)

    def write(self, event: dict[str, Any]) -> None:
        """Append one event; a full disk causes one warning and does not end the training."""
        if self._fd is None:
            return
        line = wire.encode(event)
        if self._is_torn:
            line = b"\n" + line
        try:
            written = os.write(self._fd, line)
        except OSError as error:
            self._lose(error.strerror or str(error))
            return
        self._is_torn = written < len(line)
        if self._is_torn:
            self._lose("only a part of a line was written")

    def close(self) -> None:
        """Close the file, and warn if lines were lost."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
        if self.lost:
            messages.warn(f"{self.lost} logged lines could not be written.")

    def _lose(self, why: str) -> None:
        self.lost += 1
        if self.lost == 1:
            messages.warn(f"Cannot write logged values ({why}); training continues without them.")


def _open(path: str) -> int:
    # Without O_NONBLOCK, a FIFO that nobody reads would hold up the training for good. One with a
    # reader is fine: a person may let `/dev/stdout` show what a script logs.
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_NOCTTY
    try:
        fd = os.open(path, flags, 0o666)
    except OSError as error:
        why = "nobody reads this pipe" if error.errno == errno.ENXIO else error.strerror
        raise SweepError(f"{path}: cannot write the run's events: {why}") from error
    os.set_blocking(fd, True)
    return fd
