"""What has changed in a sweep since a page last asked, told from the outside.

The runs in the store carry no time of change. So the server compares: state, attempt and end of
every run with what they were, and what the running ones have shown. That costs a millisecond
for a thousand runs, needs nothing of those who write, and misses nothing.
"""

from __future__ import annotations

import secrets
import threading
import time
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.records import RunState

if TYPE_CHECKING:
    from sweepcli.records import Run
    from sweepcli.stores import Store

FRESH_S = 0.2  # a look that is not older serves everybody
SHARE = 0.1  # of the time, at most, is spent on looking


class Changed(NamedTuple):
    """What a page needs to be up to date."""

    cursor: str  # for the next question
    is_full: bool  # the runs are all there are, not only those that have changed
    runs: list[Run]


class Changes:
    """The changes of one sweep's runs, numbered as they are seen."""

    def __init__(self, sweep_id: str) -> None:
        self.version = 0
        self._pause_s = FRESH_S  # how long to wait between two looks
        self._sweep_id = sweep_id
        self._lock = threading.Lock()
        self._looked_at = 0.0  # monotonic
        self._forget()

    def _forget(self) -> None:
        self._epoch = secrets.token_hex(4)
        self._stamps: list[tuple[int, str, int, float | None]] = []
        self._shown: dict[int, Run] = {}  # the running ones
        self._changed_at: dict[int, int] = {}  # number of a run -> version

    def look(self, store: Store) -> int:
        """Compare the runs with what they were; return the version that holds now."""
        with self._lock:
            start = time.monotonic()
            if start - self._looked_at >= self._pause_s:
                self._compare(store)
                self._looked_at = time.monotonic()
                self._pause_s = max(FRESH_S, (self._looked_at - start) / SHARE)
            return self.version

    def since(self, store: Store, cursor: str) -> Changed:
        """Return what has changed since a cursor; everything for one that is not ours."""
        version = self.look(store)
        epoch, _, number = cursor.partition(":")
        with self._lock:
            now = f"{self._epoch}:{version}"
            is_known = epoch == self._epoch and number.isdigit()
            wanted = [n for n, at in self._changed_at.items() if is_known and at > int(number)]
        if is_known and len(wanted) < max(100, len(self._stamps) // 2):
            return Changed(now, is_full=False, runs=store.numbered(self._sweep_id, wanted))
        return Changed(now, is_full=True, runs=store.runs(self._sweep_id))

    def _compare(self, store: Store) -> None:
        stamps = store.stamps(self._sweep_id)
        if len(stamps) < len(self._stamps):  # another config, and other runs
            self._forget()
            self.version += 1
        pairs = zip_longest(self._stamps, stamps)
        differing = [stamp[0] for before, stamp in pairs if stamp is not None and stamp != before]
        at_work = [stamp[0] for stamp in stamps if stamp[1] == RunState.RUNNING]
        running = {run.number: run for run in store.numbered(self._sweep_id, at_work)}
        showing = [n for n, run in running.items() if self._shown.get(n) != run]
        if changed := {*differing, *showing}:
            self.version += 1
            self._changed_at |= dict.fromkeys(changed, self.version)
        self._stamps, self._shown = stamps, running
