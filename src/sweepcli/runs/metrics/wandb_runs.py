"""The transaction logs that W&B's own package writes in a run: where they are, what they hold.

One process may begin and finish several W&B runs, each with its own log; a script may choose
another folder with `init(dir=…)`. The names of all logs have the run's id.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from sweepcli.runs.metrics import complaints
from sweepcli.runs.metrics.growing import PrintedLines
from sweepcli.runs.metrics.wandb_log import WandbLog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sweepcli.runs.metrics import Reading
    from sweepcli.wire import Event

# How W&B's package prints where its log is, in all versions from 0.16 to 0.31.
SAYS = b"Run data is saved locally in "
SAID = re.compile(SAYS.decode() + r"(.+?)\s*$")
FLUSHES_SINCE = [0, 31]  # from this version on, a variable makes it write its log at once
FOLDERS = ("wandb", ".wandb")  # W&B uses the second if it exists


class WandbRuns:
    """Reads what W&B's own package logs in one attempt at a run."""

    def __init__(self, root: str | None, reading: Reading) -> None:
        """Begin; `root` is WANDB_DIR, if that is set."""
        root = root or reading.folder
        self._roots = [os.path.join(root, name) for name in FOLDERS]
        self._reading = reading
        self._file_name = f"run-{reading.run_id}.wandb"
        self._output = PrintedLines(reading.output)
        self._logs: dict[str, WandbLog] = {}  # by path
        # In any other folder there may be logs of earlier attempts.
        self._before = {path: reading.left_before(path) for path in self._usual()}

    @cached_property
    def _folder_name(self) -> re.Pattern[str]:
        """The names of folders; most runs have none, and each pattern takes 0.1 ms to make."""
        # A time comes first; a number last, where several runs began in the same second.
        return re.compile(rf"(.+)-{re.escape(self._reading.run_id)}(?:-(\d+))?")

    @property
    def channel(self) -> str | None:
        """How the run logs, for people."""
        versions = [log.version for log in self._logs.values() if log.version]
        if not versions:
            return None
        return f"through wandb {versions[-1]}; metrics are read from its log on this machine"

    @property
    def writes_late(self) -> str | None:
        """The version of W&B's package, if it is one that does not write its log at once."""
        versions = [log.version for log in self._logs.values() if log.version]
        return next((each for each in versions if _numbers(each) < FLUSHES_SINCE), None)

    @property
    def is_used(self) -> bool:
        """Whether W&B's package writes a log of this run."""
        return bool(self._logs)

    @property
    def has_more(self) -> bool:
        """Whether the last call left something unread."""
        return self._output.has_more or any(log.has_more for log in self._logs.values())

    def drain(self, *, ended: bool = False) -> list[tuple[str, Event]]:
        """Return new events, each with the name of its log."""
        self._find()
        named = {os.path.basename(os.path.dirname(path)): log for path, log in self._logs.items()}
        return [
            (name, event)
            for name in sorted(named, key=self._order)
            for event in named[name].drain(ended=ended)
        ]

    def complaints(self) -> list[str]:
        """Name the logs that are damaged, and what could not be read."""
        found = complaints.about_trouble(self._output.path, self._output.trouble)
        for log in self._logs.values():
            found += complaints.about_trouble(log.path, log.trouble)
            if log.damaged:
                found.append(f"{log.path}: a part of it is damaged and was skipped")
        return found

    def _order(self, name: str) -> tuple[str, int]:
        """Return the key that sorts the folders of logs by their start."""
        found = self._folder_name.fullmatch(name)
        return (found[1], int(found[2] or 0)) if found else (name, 0)

    def _find(self) -> None:
        for path in (*self._usual(), *self._said(), *(() if self._logs else self._open())):
            if path not in self._logs and self._reading.is_new(path, self._before.get(path)):
                self._logs[path] = WandbLog(path)

    def _usual(self) -> Iterable[str]:
        for root in self._roots:
            with suppress(OSError):
                for name in os.listdir(root):
                    if self._folder_name.fullmatch(name):
                        yield os.path.join(root, name, self._file_name)

    def _said(self) -> Iterable[str]:
        for line in self._output.texts(holding=SAYS):
            if found := SAID.search(line):
                yield os.path.join(os.path.abspath(found[1]), self._file_name)

    def _open(self) -> Iterable[str]:
        """Return logs that the run has open: a script may suppress what the package prints."""
        for path in self._reading.open_files():
            if os.path.basename(path) == self._file_name:
                yield path


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")[:2] if part.isdigit()]
