"""Puts the colours of a terminal on what was drawn without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import COLOR_SYSTEMS, Console

from sweepcli.views import terminal
from sweepcli.views.board import log_text

if TYPE_CHECKING:
    from typing import TextIO

    from sweepcli.views.board.state import Line

TOOL = "sweepcli:"
LEVELS = {"WARNING": "yellow", "ERROR": "bold yellow"}


class Paint:
    """The colours that a terminal has, as its environment and NO_COLOR tell."""

    def __init__(self, stream: TextIO) -> None:
        self._console = Console(file=stream, force_terminal=True)
        name = self._console.color_system
        self._colours = COLOR_SYSTEMS[name] if name else None
        self.is_plain = terminal.is_plain(stream)

    def line(self, line: Line) -> str:
        """Return a line of a board, ready for the terminal."""
        return "".join(self._painted(text, style) for text, style in line)

    def message(self, text: str) -> str:
        """Return one of the agent's own messages, told apart from what runs print."""
        clean = log_text.cleaned(text.encode("utf-8", "replace"))
        if not clean.startswith(f"{TOOL} "):
            return clean
        rest = clean.removeprefix(f"{TOOL} ")
        level = rest.partition(" ")[0]
        if level in LEVELS:
            rest = self._painted(level, LEVELS[level]) + rest.removeprefix(level)
        return f"{self._painted(TOOL, 'cyan')} {rest}"

    def _painted(self, text: str, style: str) -> str:
        if not style or not text.strip():
            return text
        found = self._console.get_style(style)
        chosen = found.without_color if self._console.no_color else found
        return chosen.render(text, color_system=self._colours)
