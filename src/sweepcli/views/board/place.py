"""Whether there is a place for a board: asked by every agent, so it loads nothing."""

from __future__ import annotations

import os
import signal
import stat
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.agents.options import AgentOptions

DUMB = ("", "dumb", "unknown")
STDOUT, STDERR = 1, 2


def is_suited(environ: Mapping[str, str], options: AgentOptions) -> bool:
    """Return whether standard error is a terminal on which nobody else writes meanwhile.

    Behind a pipe, as in `agent PATH | tee log`, somebody might show the runs' output on it; and
    where a script has started it with `&`, as for each GPU, there are others beside it.
    """
    if sys.stderr is None or not sys.stderr.isatty() or environ.get("TERM", "") in DUMB:
        return False
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # what shells do to such programs
        return False
    return not options.show_output or is_one_place() or _is_file()


def is_one_place() -> bool:
    """Return whether standard output is seen where the messages are."""
    try:
        return os.path.sameopenfile(STDOUT, STDERR)
    except OSError:
        return False


def _is_file() -> bool:
    """Return whether nobody sees what is written to standard output."""
    try:
        mode = os.fstat(STDOUT).st_mode
    except OSError:  # it is closed
        return True
    return stat.S_ISREG(mode) or (stat.S_ISCHR(mode) and not os.isatty(STDOUT))
