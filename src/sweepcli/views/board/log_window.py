"""The latest lines of a log, and those that leave it for good. Pure."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from sweepcli.views.board import log_text

if TYPE_CHECKING:
    from collections.abc import Sequence


class LogWindow:
    """A queue of lines, each of which is handed out once: when it leaves, in its order."""

    def __init__(self) -> None:
        self.unfinished: Sequence[str] = ()  # lines that will come once more, as whole ones
        self._lines: deque[str] = deque()
        self._shown = 0  # how many of them are on the screen

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, line: str) -> None:
        """Take the next line."""
        self._lines.append(line)

    def leaving(self, height: int) -> list[str]:
        """Return the lines that have no place in a window of this height, and forget them."""
        room = max(0, height - len(self.unfinished))
        left = [self._lines.popleft() for _ in range(len(self._lines) - room)]
        self._shown = max(0, self._shown - len(left))
        return left

    def show(self, height: int) -> list[str]:
        """Return the lines of the window."""
        self._shown = len(self._lines)
        return [*self._lines, *self.unfinished][-height:] if height > 0 else []

    def leave_shown(self, most: int, width: int) -> None:
        """Forget the first lines that are on the screen: they stay there for good.

        But for those that were too long for the window: they are yet to be seen whole.
        """
        gone = [self._lines.popleft() for _ in range(min(most, self._shown))]
        cropped = [line for line in gone if log_text.width_of(line) > width]
        self._lines.extendleft(reversed(cropped))
        self._shown = max(0, self._shown - len(gone))
