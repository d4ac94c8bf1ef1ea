"""Words for people, on stderr: every line begins as W&B's do, with the tool's name.

Leaf module, also loaded inside the training process: `sys` alone, nothing of ours.
"""

from __future__ import annotations

import sys


def say(text: str, *, level: str = "") -> None:
    """Write a message; `level` is what stands before each of its lines, such as WARNING."""
    if sys.stderr is None:  # no console
        return
    start = f"sweepcli: {level} " if level else "sweepcli: "
    lines = [(start + line).rstrip() + "\n" for line in text.splitlines() or [""]]
    try:
        sys.stderr.write("".join(lines))
        sys.stderr.flush()
    except (OSError, ValueError):
        # Whoever read them is gone, as with `agent PATH 2>&1 | head`: the work goes on.
        return


def warn(text: str) -> None:
    """Write a warning."""
    say(text, level="WARNING")
