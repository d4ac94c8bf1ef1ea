"""A terminal's other screen, filled anew again and again until a person has seen enough."""

from __future__ import annotations

import select
import sys
import termios
import time
import tty
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live

from sweepcli.views import colours

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.text import Text

PAUSE_S = 1.0  # between two looks
SHARE = 10  # a look that takes long is followed by so many times its length of rest
LEAVE = ("q", "Q", "\x03", "\x04", "\x1b")


def show(look: Callable[[int, int], Sequence[str]]) -> None:
    """Show the lines that `look` returns for a width and a height, until q or Ctrl-C."""
    console = Console(highlight=False)
    live = Live(console=console, screen=True, auto_refresh=False, redirect_stdout=False)
    with _keys() as has_left, live:
        try:
            while True:
                begin = time.monotonic()
                lines = look(console.width, console.height)
                live.update(Group(*(_line(line) for line in lines)), refresh=True)
                took = time.monotonic() - begin
                if has_left(max(PAUSE_S, SHARE * took)):
                    return
        except KeyboardInterrupt:  # the usual way out of what goes on by itself
            return


def _line(line: str) -> Text:
    text = colours.coloured(line)
    text.no_wrap = True
    text.overflow = "ellipsis"
    return text


@contextmanager
def _keys() -> Iterator[Callable[[float], bool]]:
    """Take single keys; yield what waits so many seconds and tells whether to leave."""
    if not sys.stdin.isatty():
        yield _waited
        return
    fd = sys.stdin.fileno()
    before = termios.tcgetattr(fd)
    tty.setcbreak(fd)
    try:
        yield _pressed
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)


def _waited(seconds: float) -> bool:
    time.sleep(seconds)
    return False


def _pressed(seconds: float) -> bool:
    """Wait for a key; any other than those that leave brings the next look at once."""
    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    return bool(ready) and sys.stdin.read(1) in ("", *LEAVE)
