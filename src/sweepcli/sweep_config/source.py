"""The one file access of this folder: the bytes of a config file, or a clear refusal."""

from __future__ import annotations

import difflib
import os
import re

from sweepcli.errors import ConfigError

LIMIT = 1_000_000  # bytes; the largest real config seen has 20 kB
_SWEEP_ID = re.compile(r"([\w. -]+/){0,2}[a-z0-9]{8}")


def read_file(path: str) -> bytes:
    """Return the bytes of a config file; raise ConfigError if that cannot be."""
    try:
        if os.path.isfile(path) and os.path.getsize(path) > LIMIT:
            raise too_large(path)
        with open(path, "rb") as file:
            data = file.read(LIMIT + 1)
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file{_hint(path)}") from None
    except IsADirectoryError:
        raise ConfigError(f"{path}: is a folder (name the config file in it)") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else str(error)
        shown = path if path.isprintable() else ascii(path)
        raise ConfigError(f"{shown}: cannot be read: {reason}") from None
    if len(data) > LIMIT:
        raise too_large(path)
    return data


def too_large(source: str) -> ConfigError:
    """Return the error for a config above the limit."""
    return ConfigError(
        f"{source}: is larger than {LIMIT // 1_000_000} MB (is it a sweep config? keep data in "
        "files of its own and sweep over their names)"
    )


def _hint(path: str) -> str:
    folder, name = os.path.split(path)
    try:
        names = os.listdir(folder or ".")
    except OSError:
        names = []
    if found := difflib.get_close_matches(name, names, n=1):
        return f" (did you mean '{os.path.join(folder, found[0])}'?)"
    if _SWEEP_ID.fullmatch(path):
        return f" (it looks like a sweep id: to run that sweep, write `agent {path}`)"
    return ""
