"""Words for people, on stderr: every line begins as W&B's do, with the tool's name."""

from __future__ import annotations

import click


def say(text: str, *, level: str = "") -> None:
    """Write a message; `level` is what stands before each of its lines, such as WARNING."""
    start = f"sweepcli: {level} " if level else "sweepcli: "
    for line in text.splitlines() or [""]:
        click.echo((start + line).rstrip(), err=True)


def warn(text: str) -> None:
    """Write a warning."""
    say(text, level="WARNING")
