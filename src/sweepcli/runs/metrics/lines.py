"""The lines that a program prints or writes, read as they come."""

from __future__ import annotations

from sweepcli import printed as terminal
from sweepcli.runs.metrics.growing import GrowingFile

LONGEST = 65_536  # characters of a line; the rest of a longer one is left out


class Lines:
    """Reads each line of a growing file once, as a terminal would show it.

    With `holding`, those lines alone that hold these bytes: the rest costs next to nothing.
    """

    def __init__(self, path: str, *, holding: bytes = b"") -> None:
        self._file = GrowingFile(path)
        self._holding = holding
        self._begun = b""

    @property
    def has_more(self) -> bool:
        """Whether the last call left something unread."""
        return self._file.has_more

    @property
    def restarts(self) -> int:
        """How often the file was replaced, and is read from its start again."""
        return self._file.restarts

    def drain(self, *, ended: bool = False) -> list[str]:
        """Return the lines completed since the last call; the last one too, once `ended`.

        One call reads one piece of the file: as long as it leaves `has_more` set, call again
        for the rest.
        """
        restarts = self.restarts
        piece = self._file.unread()
        begun = self._begun if self.restarts == restarts else b""
        *lines, rest = (begun + piece).split(b"\n")
        if ended and rest and not self.has_more:
            lines, rest = [*lines, rest], b""
        self._begun = rest[-LONGEST:]  # of a progress bar, what is seen comes last
        return [_shown(line) for line in lines if self._holding in line]


def _shown(line: bytes) -> str:
    seen = terminal.seen(line)[:LONGEST].decode("utf-8", "replace")
    return terminal.without_colours(seen)
