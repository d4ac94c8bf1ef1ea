"""How an attempt was started: the command line, where, and what its environment told it."""

from __future__ import annotations

import json
import os
import shlex
from typing import NamedTuple

from sweepcli import folders


class Started(NamedTuple):
    """What the agent noted down at the start of an attempt."""

    command: str  # as one would type it in a shell
    directory: str
    environment: dict[str, str]  # what the agent set, without the params


def read(folder: str) -> Started | None:
    """Return how the attempt in a folder was started, None where that is not known.

    Attempts of older versions have no such file, nor have those of other machines.
    """
    try:
        with open(os.path.join(folder, folders.COMMAND), encoding="utf-8") as file:
            found = json.load(file)
    except (OSError, ValueError):
        return None
    return Started(shlex.join(found["argv"]), found["cwd"], found["environment"])
