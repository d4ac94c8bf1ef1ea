"""The commands that messages tell people to type, so that they work as they stand."""

from __future__ import annotations

import click


def command(words: str) -> str:
    """Return a command under the name by which ours was called.

    Where `sweepcli sweep` was typed, another `agent` may be on the PATH.
    """
    root = click.get_current_context().find_root()
    return words if root.command.name in ("sweep", "agent") else f"{root.info_name} {words}"
