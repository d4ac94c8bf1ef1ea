"""The log below a board: its latest lines, without what moves the cursor. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from typing import TYPE_CHECKING

from sweepcli import printed
from sweepcli.views import terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RESET = "\x1b[0m"
# A line may end within a sequence: what there is of it commands nothing, but is no text either.
_ESCAPE = re.compile(rf"{printed.SEQUENCE}|\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x1b]*|[ -/]*)")
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")


def cleaned(line: bytes) -> str:
    """Return a line as it looks, with its colours and without any other control character."""
    text = printed.seen(line).decode("utf-8", "replace")
    if text.isprintable():
        return text
    parts = [
        part if is_colour else "".join(map(_printable, part)) for part, is_colour in _parts(text)
    ]
    has_colours = any(is_colour for _, is_colour in _parts(text))
    return "".join(parts).expandtabs() + (RESET if has_colours else "")


def cropped(text: str, width: int, mark: str) -> str:
    """Return a cleaned line of at most `width` cells; one that was longer ends in a mark."""
    if width_of(text) <= width:
        return text
    room = max(0, width - len(mark))
    parts = []
    for part, is_colour in _parts(text):
        if is_colour:
            parts.append(part)
            continue
        size = terminal.cells(part)
        if size > room:
            parts += [terminal.exactly(part, room), mark]
            break
        room -= size
        parts.append(part)
    return "".join(parts) + (RESET if "\x1b" in text else "")


def width_of(text: str) -> int:
    """Return how many cells a cleaned line takes."""
    return terminal.cells(_COLOUR.sub("", text) if "\x1b" in text else text)


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Yield pieces of text and the sequences that colour them, each with whether it is a colour."""
    at = 0
    for found in _ESCAPE.finditer(text):
        if found.start() > at:
            yield text[at : found.start()], False
        if _COLOUR.fullmatch(found[0]):
            yield found[0], True
        at = found.end()
    if at < len(text):
        yield text[at:], False


def _printable(character: str) -> str:
    if character.isprintable() or character == "\t":
        return character
    return " " if unicodedata.category(character) == "Zs" else ""


class LogWindow:
    """A queue of lines, each of which is returned once: when it leaves, in its order."""

    def __init__(self) -> None:
        self.unfinished: Sequence[str] = ()  # lines that will come again once they are finished
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

        But not those that were too long for the window: they are to be shown whole.
        """
        gone = [self._lines.popleft() for _ in range(min(most, self._shown))]
        cropped = [line for line in gone if width_of(line) > width]
        self._lines.extendleft(reversed(cropped))
        self._shown = max(0, self._shown - len(gone))
