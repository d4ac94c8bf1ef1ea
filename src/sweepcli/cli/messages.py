"""Words for people, on stderr: every line begins as W&B's do, with the tool's name."""

from __future__ import annotations

import sys
from contextlib import suppress


def say(text: str, *, level: str = "") -> None:
    """Write a message; `level` is what stands before each of its lines, such as WARNING."""
    start = f"sweepcli: {level} " if level else "sweepcli: "
    lines = [(start + line).rstrip() + "\n" for line in text.splitlines() or [""]]
    # Whoever read them may be gone, as with `agent PATH 2>&1 | head`: the work goes on.
    with suppress(OSError, AttributeError):
        sys.stderr.write("".join(lines))
        sys.stderr.flush()


def warn(text: str) -> None:
    """Write a warning."""
    say(text, level="WARNING")
