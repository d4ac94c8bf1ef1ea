"""Colours for the lines of the views, on terminals only.

They are found by the words of a line, so that the views themselves are plain text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sweepcli.printed import harmless
from sweepcli.views import glyphs, terminal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console
    from rich.text import Text

LABEL = re.compile(r"^\S[^=:]*?(?=  )|^\S+$")
PICTURE = re.compile(f"[{glyphs.LEVELS}{glyphs.EIGHTHS.strip()}]+")
PATCH = {
    **dict.fromkeys(
        ("diff ", "+++", "---", "new file", "deleted file", "old mode", "new mode"), "bold"
    ),
    "+": "green",
    "-": "red",
    "@@": "cyan",
}  # by how a line begins
WORDS = {
    "green": re.compile(r"(?<![\w=])(finished)(?!\w)"),
    "cyan": re.compile(r"(?<![\w=])(running)(?!\w)"),
    "red": re.compile(r"(?<![\w=])(failed|crashed|dead|died|gave up)(?!\w)"),
    "yellow": re.compile(
        r"(?<![\w=])(killed|stopp(?:ed|ing)|paused|idle|cancel(?:ed|ing)|preempted)(?!\w)"
    ),
}


def lines(plain: Iterable[str], *, has_heading: bool = False) -> list[str]:
    """Return lines for the standard output, made harmless, and coloured if it is a terminal.

    A heading is the first line of a table; the other views begin lines with labels.
    """
    kept = [harmless(line) for line in plain]
    if not terminal.is_terminal():
        return kept
    console = _console()
    with console.capture() as capture:
        for number, line in enumerate(kept):
            text = coloured(line, is_heading=has_heading and number == 0, has_label=not has_heading)
            console.print(text, soft_wrap=True)
    return capture.get().splitlines()


def patch(plain: Iterable[str]) -> list[str]:
    """Return the lines of a patch for the standard output, coloured if it is a terminal."""
    kept = [harmless(line) for line in plain]
    if not terminal.is_terminal():
        return kept
    from rich.text import Text  # noqa: PLC0415 -- as below

    console = _console()
    with console.capture() as capture:
        for line in kept:
            style = next((PATCH[start] for start in PATCH if line.startswith(start)), "")
            console.print(Text(line, style=style), soft_wrap=True)
    return capture.get().splitlines()


def coloured(line: str, *, is_heading: bool = False, has_label: bool = True) -> Text:
    """Return a line with its colours; nothing in it is taken for markup."""
    from rich.text import Text  # noqa: PLC0415 -- 44 ms, for terminals alone

    text = Text(line, style="bold" if is_heading else "")
    if has_label and (label := LABEL.match(line)):
        text.stylize("bold", *label.span())
    for style, words in WORDS.items():
        for found in words.finditer(line):
            text.stylize(style, *found.span())
    for found in PICTURE.finditer(line):
        text.stylize("blue", *found.span())
    return text


def _console() -> Console:
    from rich.console import Console  # noqa: PLC0415 -- as above

    return Console(highlight=False)
