"""Where the files of an attempt are, if they are not here: they stay where the run ran."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import Attempt, Run, Sweep

ELSEWHERE = "on {host}: {file} in the results directory there"
NOT_ELSEWHERE = (
    "not in {folder}, though run {run} ran on this machine: it was removed, or another results "
    "directory (--dir) has it"
)
NO_FILE = "not in {folder}: it was removed, or goes elsewhere, as with `agent --next`"


class Place(NamedTuple):
    """The folder of an attempt as it would be here, and the host that has it if we have not."""

    folder: str
    host: str | None
    results: str

    @property
    def output(self) -> str:
        """The file of what it printed."""
        return os.path.join(self.folder, folders.OUTPUT)

    def output_words(self, run: Run) -> str:
        """Say where what is not here is, or that nobody knows."""
        if self.host is None:
            words = NO_FILE if os.path.isdir(self.folder) else NOT_ELSEWHERE
            return words.format(folder=self.folder, run=run.id)
        return ELSEWHERE.format(host=self.host, file=os.path.relpath(self.output, self.results))


def of(results: str, sweep: Sweep, run: Run, attempts: Sequence[Attempt], number: int) -> Place:
    """Return where the files of an attempt at a run are."""
    folder = folders.attempt_folder(results, sweep, run.id, number)
    host = next((each.host for each in attempts if each.attempt == number), None)
    is_here = host == os.uname().nodename or os.path.isdir(folder)
    return Place(folder, None if is_here else host, results)


def kept_output(attempts: Sequence[Attempt], number: int) -> str | None:
    """Return the last lines of what an attempt printed, if the store has them."""
    return next((each.output for each in attempts if each.attempt == number), None)
