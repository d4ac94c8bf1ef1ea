"""What the standard output is: a terminal or not, how wide, and which characters it takes."""

from __future__ import annotations

import os
import sys

from sweepcli.views import glyphs

OFF_TERMINAL = 80  # characters in a line where there is no terminal
NARROWEST = 40  # below it, lines are as long as they would be at this width


def is_terminal() -> bool:
    """Return whether people look at the standard output as it comes."""
    return sys.stdout.isatty()


def width() -> int:
    """Return how many characters a line may have.

    `shutil` would tell the same, for a fifth of what the whole command takes.
    """
    if not is_terminal():
        return OFF_TERMINAL
    try:
        size = os.get_terminal_size(sys.stdout.fileno())
        columns = int(os.environ.get("COLUMNS") or size.columns)
    except (ValueError, OSError):
        columns = OFF_TERMINAL
    return max(NARROWEST, columns or OFF_TERMINAL)


def is_plain() -> bool:
    """Return whether there are no block characters."""
    return glyphs.is_plain(sys.stdout.encoding)
