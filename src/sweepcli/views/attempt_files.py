"""The files of an attempt: where they are (they stay where the run ran), and what they say."""

from __future__ import annotations

import json
import os
import shlex
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import Attempt, Run, Sweep

ON_HOST = "on {host}: {file} in the results directory there"
REMOVED = (
    "not in {folder}, though run {run} ran on this machine: it was removed, or another results "
    "directory (--dir) has it"
)
NO_FILE = "not in {folder}: it was removed, or goes elsewhere, as with `agent --next`"


class AttemptFiles(NamedTuple):
    """The folder of an attempt as it would be here, and the host that has it if we have not."""

    run_id: str
    folder: str
    host: str | None
    results: str
    tail: str | None  # the last lines of what it printed, if the store has them

    @property
    def output(self) -> str:
        """The file of what it printed."""
        return os.path.join(self.folder, folders.OUTPUT)

    @property
    def output_words(self) -> str:
        """Where the output is if it is not here, or that nobody knows."""
        if self.host is None:
            words = NO_FILE if os.path.isdir(self.folder) else REMOVED
            return words.format(folder=self.folder, run=self.run_id)
        return ON_HOST.format(host=self.host, file=os.path.relpath(self.output, self.results))


def of(
    results: str, sweep: Sweep, run: Run, attempts: Sequence[Attempt], number: int
) -> AttemptFiles:
    """Return where the files of an attempt at a run are."""
    folder = folders.attempt_folder(results, sweep, run.id, number)
    attempt = next((each for each in attempts if each.attempt == number), None)
    host, tail = (attempt.host, attempt.output) if attempt else (None, None)
    is_here = host == os.uname().nodename or os.path.isdir(folder)
    return AttemptFiles(run.id, folder, None if is_here else host, results, tail)


class Started(NamedTuple):
    """What the agent noted down at the start of an attempt."""

    command: str  # as one would type it in a shell
    directory: str
    environment: dict[str, str]  # what the agent set, without the params


def started(folder: str) -> Started | None:
    """Return how the attempt in a folder was started, None where that is not known.

    Attempts of older versions have no such file, nor have those of other machines.
    """
    try:
        with open(os.path.join(folder, folders.COMMAND), encoding="utf-8") as file:
            found = json.load(file)
    except (OSError, ValueError):
        return None
    return Started(shlex.join(found["argv"]), found["cwd"], found["environment"])
