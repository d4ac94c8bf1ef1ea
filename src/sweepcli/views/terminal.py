"""The terminal: whether there is one, its width, and how many cells of it a text takes.

Emoji, combining marks and the characters of East Asia count as terminals show them, as rich has
found out. `sweep --help` loads this module, so rich is loaded only for such characters.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

OFF_TERMINAL = 80  # characters in a line where there is no terminal
NARROWEST = 40  # below it, lines are as long as they would be at this width
# ASCII, Latin letters, and the characters of our pictures: a cell each, without asking rich.
_ONE_CELL = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02ff\u2026\u2500\u2580-\u259f]*")


def is_terminal() -> bool:
    """Return whether people look at the standard output as it comes."""
    return sys.stdout.isatty()


def columns() -> int:
    """Return the width that COLUMNS says, else that of the terminal of the standard output.

    `shutil` would say the same, for a tenth of the time that `--help` takes.
    """
    try:
        return int(os.environ.get("COLUMNS") or os.get_terminal_size(1).columns) or OFF_TERMINAL
    except (ValueError, OSError):
        return OFF_TERMINAL


def width() -> int:
    """Return how many cells a line of an answer may have."""
    return max(NARROWEST, columns()) if is_terminal() else OFF_TERMINAL


def is_plain(stream: TextIO | None = None) -> bool:
    """Return whether a stream, the standard output by default, has no block characters."""
    encoding = (stream or sys.stdout).encoding
    return not (encoding or "").lower().replace("-", "").startswith("utf")


def cells(text: str) -> int:
    """Return how many cells a text takes."""
    if _ONE_CELL.fullmatch(text):
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415 -- milliseconds, for such text alone

    return cell_len(text)


def exactly(text: str, width: int) -> str:
    """Return a text cut or padded to so many cells."""
    if _ONE_CELL.fullmatch(text):
        return text[:width].ljust(width)
    from rich.cells import set_cell_size  # noqa: PLC0415 -- as above

    return set_cell_size(text, width)


def cut(text: str, width: int, mark: str = "…") -> str:
    """Return a text of at most so many cells; one that is cut ends in a mark."""
    if cells(text) <= width:
        return text
    return exactly(text, max(0, width - len(mark))) + mark
