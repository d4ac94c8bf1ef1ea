"""The files that an agent stands on: its results directory, the locks in it, its database.

People move, remove and restore them while agents run. An agent that went on would write where
nobody looks, so it asks here before each claim and at each heartbeat.
"""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from sweepcli import commands, folders
from sweepcli.errors import FolderError
from sweepcli.stores import stamps
from sweepcli.stores.presence import Presence

if TYPE_CHECKING:
    from sweepcli.stores.database import Database

MOVED = (
    "its results directory {results} was moved to {now}; go on with the sweep there, with "
    "`--dir {quoted}`"
)
REMOVED = "its results directory {results} was removed, or another one is in its place"
AGAIN = "{what}; start the agent again"
REBUILD = (
    "{what}; `{repair}` rebuilds the database from the files of the runs, then start "
    "the agent again"
)


class Ground:
    """What one agent stands on, as it found it; shares the lock of those at work until closed."""

    def __init__(self, database: Database, results: str, name: str) -> None:
        """Begin; raises as `Presence` does, and waits as it does."""
        self._database = database
        self._presence = Presence(results, name)
        try:
            self._fd = os.open(results, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            self._presence.close()
            raise FolderError(f"{results}: {error.strerror}") from error
        self._file = stamps.file_of(self._fd)
        self.results = results

    def lost(self) -> str | None:
        """Return what has happened to it, and how to go on; None if it is all there."""
        if stamps.lost({self.results: self._file}):
            if (now := self.results_now()) is None:
                return REMOVED.format(results=self.results)
            return MOVED.format(results=self.results, now=now, quoted=shlex.quote(now))
        if what := self._database.lost():
            is_lock = what.startswith(f"{self._database.path}.")
            place = shlex.quote(self.results)
            folder = os.path.dirname(self._database.path)
            if folder != self.results:
                place += f" --store {shlex.quote(folder)}"
            if is_lock:
                return AGAIN.format(what=what)
            return REBUILD.format(what=what, repair=commands.line(f"sweep repair {place}"))
        if self._presence.is_lost():
            return AGAIN.format(what=f"{folders.presence(self.results)} was removed or replaced")
        return None

    def results_now(self) -> str | None:
        """Return where the results directory is, also if it was moved; None if it was removed."""
        if stamps.lost({self.results: self._file}) is None:
            return self.results
        try:
            found = stamps.path_of(self._fd)
        except OSError:
            return None
        return found if stamps.is_same(found, self._file) else None

    def close(self) -> None:
        """Leave."""
        os.close(self._fd)
        self._presence.close()
