"""Where the metrics of a run come from: its event file, and the sources that are copied into it.

A source is a class in a module of its own, and a line of SOURCES. Those other than W&B's log are
read where a config asks for them: under the source's name in `metrics_from`, which
`records.MetricsFrom` and `sweep_config/schema.json` list. `tests/contracts/test_metric_sources.py`
runs the contract below on every one.

`run_metrics` reads them while a run works, `rewriting` again afterwards. `tally` adds them up:
`summary`, `series`, and the `run_value` made of these; `inits` tells several `init()` apart.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sweepcli import folders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sweepcli.wire import Event

SOURCES = {
    "wandb": "sweepcli.runs.metrics.wandb_runs:WandbRuns",
    "output": "sweepcli.runs.metrics.console:Console",
    "json": "sweepcli.runs.metrics.result_files:json_source",
    "csv": "sweepcli.runs.metrics.result_files:CsvFile",
}

Signature = tuple[int, int, int]

COARSE_S = 0.05  # by how much the time of a file may be behind the clock


class Source(Protocol):
    """A place besides the event file where a run leaves its metrics.

    Made from two values, before the run starts: what the config has under its name in
    `metrics_from`, and the Reading. It may assume nothing about what it reads: a file that is
    missing, garbage, half written, emptied or replaced is not an error.

    Each row comes once and in its order; an unfinished row waits for a later call. If its agent
    died, another one may read from the start again: it gets the same rows, and those that were
    copied are left out later. What was there before the run is not read.
    """

    @property
    def has_more(self) -> bool:
        """Whether the last call left something unread."""

    @property
    def channel(self) -> str | None:
        """How the run logs, for people; None until it has logged."""

    def drain(self, *, ended: bool = False) -> list[tuple[str, Event]]:
        """Return new events, each with its origin; all that is left once the run has `ended`.

        One call reads a piece of bounded size: as long as it leaves `has_more` set, call again.
        """

    def complaints(self) -> list[str]:
        """Return the warnings about what it read, once the run has ended."""


class Reading(NamedTuple):
    """An attempt at a run whose metrics are read."""

    run_id: str
    folder: str
    started_at: float  # seconds since the epoch
    goes_on: bool  # another agent has begun to read
    open_files: Callable[[], Iterable[str]]  # what the run's processes have open, if known
    directory: str = ""  # where relative paths begin, if not in the folder of this process

    @property
    def output(self) -> str:
        """The file that holds what the run prints."""
        return os.path.join(self.folder, folders.OUTPUT)

    def path_of(self, text: str) -> str:
        """Return the file that a config means."""
        path = text.replace(folders.RUN_DIR_MACRO, self.folder)
        return os.path.join(self.directory, path)

    def left_before(self, path: str) -> Signature | None:
        """Return the signature of a file that is there before the run."""
        return None if self.goes_on else signature(path)

    def is_new(self, path: str, before: Signature | None) -> bool:
        """Return whether a file is there, and was written since the run began."""
        now = signature(path)
        if now is None or now == before:
            return False
        return not self.goes_on or now[0] / 1e9 >= self.started_at - COARSE_S


def signature(path: str) -> Signature | None:
    """Return when a file was changed (ns since the epoch), its size and its inode."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):  # a run may print any name, even one that no file can have
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def source(name: str, asked: object, reading: Reading) -> Any:  # noqa: ANN401 -- a Source
    """Return the source of that name for one attempt."""
    module, _, attribute = SOURCES[name].partition(":")
    return getattr(importlib.import_module(module), attribute)(asked, reading)
