"""Reading a config for a command, and saying what is odd about it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sweepcli import messages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.sweep_config.load import Loaded

STDIN = "-"


def read(path: str, *, doing: str, overrides: Mapping[str, str] | None = None) -> Loaded:
    """Read a config file, or standard input; raise ConfigError if it cannot be used."""
    from sweepcli.runs import preflight  # noqa: PLC0415 -- the search, not needed for --help
    from sweepcli.sweep_config import load  # noqa: PLC0415 -- yaml and jsonschema, 100 ms

    text = sys.stdin.buffer.read() if path == STDIN else load.read_file(path)
    shown = "<stdin>" if path == STDIN else path
    messages.say(f"{doing} from: {shown}")
    loaded = load.load(text, shown, overrides=overrides)
    for warning in (*loaded.warnings, *preflight.unsupported(loaded.config)):
        messages.warn(str(warning))
    if absent := preflight.absent_program(loaded.config):
        messages.warn(f"{absent} now; runs will need it")
    return loaded
