"""Runs between a process and a program of its own that must not outlive it.

Either end of this process is followed by SIGTERM to the program, even that by SIGKILL: Ray
kills the children of its workers at once, and an agent that is a grandchild can still give its
runs back. Only Linux knows of such a tie; elsewhere SIGTERM is passed on, and no more.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
TOO_LATE = 128 + signal.SIGTERM


def argv(words: list[str], parent: int) -> list[str]:
    """Return what starts the program `words` tied to the process `parent`, which starts it."""
    return [sys.executable, "-P", "-m", "sweepcli.agents.clusters.tied", str(parent), *words]


def main(parent: int, words: list[str]) -> int:
    """Run a program until it ends; return its exit code, 128 and more for a signal."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])  # inherited: Ray's workers block SIGINT
    if not _tie_to(parent):
        return TOO_LATE
    here = os.getpid()
    pid = os.fork()
    if not pid:
        _become(words, here)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, signal.SIGTERM))
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return code if code >= 0 else 128 - code


def _tie_to(parent: int) -> bool:
    """Let SIGTERM follow on the parent's end; return whether it still lives."""
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 -- on Linux alone

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    return os.getppid() == parent  # it may have ended before the tie was made


def _become(words: list[str], parent: int) -> NoReturn:
    try:
        if _tie_to(parent):
            os.execv(words[0], words)  # noqa: S606 -- without a shell, as it should be
    finally:
        os._exit(TOO_LATE)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
