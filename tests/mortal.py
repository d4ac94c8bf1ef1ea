"""Connections to SQLite whose process is killed at a chosen point, and who lives through it."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import Any
from unittest import mock

from support import PATIENCE_S
from sweepcli.records import JSON

TESTS = os.path.dirname(os.path.abspath(__file__))


class Mortal(sqlite3.Connection):
    """Kills its process at the n-th point: before and after statements, and amid many values."""

    left = 0

    def live(self) -> None:
        Mortal.left -= 1
        if Mortal.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def execute(self, sql: str, values: JSON = (), /) -> sqlite3.Cursor:
        self.live()
        found = super().execute(sql, values)
        self.live()
        return found

    def executemany(self, sql: str, values: Iterable[JSON], /) -> sqlite3.Cursor:
        found = super().executemany(sql, self.amid(values))
        self.live()
        return found

    def amid(self, values: Iterable[JSON]) -> Iterator[JSON]:
        for value in values:
            self.live()
            yield value


# Connections that are opened within it are mortal.
mortally = partial(mock.patch.object, sqlite3, "connect", partial(sqlite3.connect, factory=Mortal))


@contextmanager
def dying_at(point: int, changes: Iterable[str]) -> Iterator[None]:
    """Kill the process once so many changes by functions of `os` have been begun or done.

    Within `mortally()`, changes of a database count as well.
    """

    def mortal(change: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*given: Any, **named: Any) -> Any:  # noqa: ANN401 -- as the functions of os
            died.live()
            found = change(*given, **named)
            died.live()
            return found

        return changed

    Mortal.left = point
    died = Mortal(":memory:")
    changed: dict[str, Any] = {name: mortal(getattr(os, name)) for name in changes}
    with mock.patch.multiple(os, **changed):
        yield


def die_at_every_point(folder: str, change: Callable[[str, int], int]) -> int:
    """Change copies of folder `0`, killed one point later each, until one comes to its end.

    Return the exit code of that one.
    """
    for point in count(1):
        copy = os.path.join(folder, str(point))
        shutil.copytree(os.path.join(folder, "0"), copy)
        if os.fork() == 0:
            os._exit(change(copy, point))
        _, status = os.wait()
        if os.WIFEXITED(status):
            return os.WEXITSTATUS(status)
    raise AssertionError


def run_script(path: str, *words: str) -> None:
    """Run a file of tests as a script, which dies at every point in processes of its own."""
    command, environ = [sys.executable, path, *words], {**os.environ, "PYTHONPATH": TESTS}
    subprocess.run(command, check=True, env=environ, timeout=PATIENCE_S, capture_output=True)
