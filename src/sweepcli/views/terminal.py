"""The terminal: whether there is one, whether it suits a board, its width, the cells of a text.

Emoji, combining marks and the characters of East Asia count as terminals show them: rich knows
their widths. `sweep --help` loads this module, so rich is loaded only for such characters.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

OFF_TERMINAL = 80  # characters in a line where there is no terminal
NARROWEST = 40  # below it, lines are as long as they would be at this width
DUMB = ("", "dumb", "unknown")  # values of TERM
STDIN, STDOUT, STDERR = 0, 1, 2
LONGEST = 60  # cells of a value that people read
ENDLESS = 1 << 30  # cells: more than any text has
# ASCII, Latin letters, and the characters of our pictures: a cell each, without asking rich.
_ONE_CELL = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02ff\u2026\u2500\u2580-\u259f]*")


def is_terminal() -> bool:
    """Return whether standard output is a terminal."""
    return sys.stdout.isatty()


def is_typed() -> bool:
    """Return whether a person has typed the command: not a script, though on a terminal.

    A shell at which somebody types gives each command a process group of its own, which it leads;
    those of a script stay in the script's group.
    """
    return os.isatty(STDIN) and os.isatty(STDOUT) and os.getpgrp() == os.getpid()


def columns() -> int:
    """Return the width that COLUMNS says, else that of the terminal of the standard output.

    `shutil` would say the same, for a tenth of the time that `--help` takes.
    """
    try:
        return (
            int(os.environ.get("COLUMNS") or os.get_terminal_size(STDOUT).columns) or OFF_TERMINAL
        )
    except (ValueError, OSError):
        return OFF_TERMINAL


def width() -> int:
    """Return how many cells a line of an answer may have."""
    return max(NARROWEST, columns()) if is_terminal() else OFF_TERMINAL


def longest() -> int | None:
    """Return how many cells a value of an answer may have; programs get the whole one."""
    return LONGEST if is_terminal() else None


def is_plain(stream: TextIO | None = None) -> bool:
    """Return whether a stream, the standard output by default, has no block characters."""
    encoding = (stream or sys.stdout).encoding
    return not (encoding or "").lower().replace("-", "").startswith("utf")


def suits_board(environ: Mapping[str, str], *, show_output: bool) -> bool:
    """Return whether standard error is a terminal to which no other program writes.

    Behind a pipe, as in `agent PATH | tee log`, somebody might show the runs' output on it; and
    where a script has started it with `&`, as for each GPU, there are others beside it.
    """
    if sys.stderr is None or not sys.stderr.isatty() or environ.get("TERM", "") in DUMB:
        return False
    import signal  # noqa: PLC0415 -- a millisecond that --help need not pay

    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # what shells do to such programs
        return False
    return not show_output or shows_both_streams() or _is_output_unseen()


def rewraps(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal breaks its lines anew when it is made narrower.

    Most do; xterm and the console of Linux cut them. No terminal can be asked without a mode that
    would outlive `kill -9`, so the environment has to say which it is.
    """
    if environ.get("TMUX") or environ.get("STY"):  # whatever they are in
        return True
    return environ.get("TERM") != "linux" and not environ.get("XTERM_VERSION")


def shows_both_streams() -> bool:
    """Return whether standard output goes to the same place as the messages."""
    try:
        return os.path.sameopenfile(STDOUT, STDERR)
    except OSError:
        return False


def is_output_read() -> bool:
    """Return whether who reads the messages has the standard output too, be it in another file.

    Nobody has it if it is closed or a null device; and a person at a terminal may not see a file.
    """
    if sys.stderr is not None and sys.stderr.isatty():
        return shows_both_streams()
    try:
        return not stat.S_ISCHR(os.fstat(STDOUT).st_mode) or os.isatty(STDOUT)
    except OSError:
        return False


def _is_output_unseen() -> bool:
    """Return whether nobody sees what is written to standard output."""
    try:
        mode = os.fstat(STDOUT).st_mode
    except OSError:  # it is closed
        return True
    return stat.S_ISREG(mode) or (stat.S_ISCHR(mode) and not os.isatty(STDOUT))


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


def cut_middle(text: str, width: int, mark: str = "…") -> str:
    """Return a name of at most so many cells; one that is cut keeps both ends, more of the last.

    The last part of a dotted name, or of a path, tells the most.
    """
    if cells(text) <= width:
        return text
    room = max(0, width - len(mark))
    head, tail = "", ""
    for each in text:
        if cells(head + each) > room // 3:
            break
        head += each
    for each in reversed(text):
        if cells(head + each + tail) > room:
            break
        tail = each + tail
    while tail and not cells(tail[0]):  # an accent whose letter is gone
        tail = tail[1:]
    return f"{head}{mark}{tail}"
