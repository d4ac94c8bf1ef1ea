"""Lines of the log above a board, without what moves the cursor. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from sweepcli import printed
from sweepcli.views import terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def rows_of(text: str, columns: int) -> int:
    """Return how many rows of a terminal a cleaned line takes."""
    shown = _COLOUR.sub("", text) if "\x1b" in text else text
    if (width := terminal.cells(shown)) <= columns or columns < 2:
        return 1
    if width == len(shown):
        return -(-width // columns)
    rows, used = 1, 0
    for character in shown:  # one that is wide is never split
        cells = terminal.cells(character)
        rows, used = (rows + 1, cells) if used + cells > columns else (rows, used + cells)
    return rows


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
