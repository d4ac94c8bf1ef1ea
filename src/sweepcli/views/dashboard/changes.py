"""What has changed in a sweep since a page last asked: found, as columns, and as events.

The runs in the store carry no time of change. So the server compares: state, attempt and end of
every run with what they were, and what the running ones have shown. That costs a millisecond
for a thousand runs, needs nothing of those who write, and misses nothing.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
import time
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from starlette.concurrency import run_in_threadpool

from sweepcli.records import Run, RunState
from sweepcli.values import leaves
from sweepcli.views import render
from sweepcli.views.columns import BARE, SAID
from sweepcli.views.dashboard import questions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Hashable, Iterable, Mapping, Sequence

    from sweepcli.records import JSON
    from sweepcli.stores import Store
    from sweepcli.stores.runs import Stamp

FRESH_S = 0.2  # a look that is not older serves everybody
SHARE = 0.1  # of the time, at most, is spent on looking
LOOK_S = 0.3  # between two looks of an open page, unless a look takes long
ALIVE_S = 10.0  # a sign of life, by which a closed page is noticed
NOT_COLUMNS = {*render.INTERNAL, *BARE, "params", "summary", "search_info", "value_step"}
COLUMNS = tuple(name for name in Run._fields if name not in NOT_COLUMNS)
LONGEST_TEXT = 300  # characters of a value; the page of a run has the rest


class Changed(NamedTuple):
    """What a page needs to be up to date."""

    cursor: str  # for the next question
    is_full: bool  # the runs are all there are, not only those that have changed
    runs: list[Run]

    def record(self) -> dict[str, JSON]:
        """Return it as the page reads it."""
        return {"cursor": self.cursor, "full": self.is_full, "columns": columns(self.runs)}


class Changes:
    """The changes of one sweep's runs, numbered as they are seen.

    Runs that no agent has taken are left out, as `sweep runs` does: they are but suggestions.
    """

    def __init__(self, sweep_id: str) -> None:
        self.version = 0
        self._pause_s = FRESH_S  # how long to wait between two looks
        self._sweep_id = sweep_id
        self._lock = threading.Lock()
        self._looked_at = 0.0  # monotonic
        self._forget()

    def _forget(self) -> None:
        self._epoch = secrets.token_hex(4)
        self._stamps: list[Stamp] = []
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
            is_known = epoch == self._epoch and questions.is_number(number)
            wanted = [n for n, at in self._changed_at.items() if is_known and at > int(number)]
        if is_known and len(wanted) < max(100, len(self._stamps) // 2):
            runs = store.numbered(self._sweep_id, wanted)
            return Changed(now, is_full=False, runs=[run for run in runs if run.attempt])
        return Changed(now, is_full=True, runs=store.runs(self._sweep_id, taken=True))

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


def columns(runs: Sequence[Run]) -> dict[str, JSON]:
    """Return runs as columns of equal length: fields, and by name their params and summaries.

    The page draws thousands of them: this is the shortest JSON there is.
    """
    return {
        **{name: [getattr(run, name) for run in runs] for name in COLUMNS},
        "step": [run.value_step for run in runs],
        **_said(runs),
        "params": _named(len(runs), (leaves(run.params) for run in runs)),
        "summary": _named(len(runs), (run.summary.items() for run in runs)),
    }


def _said(runs: Sequence[Run]) -> dict[str, list[JSON]]:
    """Return the names, notes, tags and code of runs, those that any has."""
    found = {name: [_cut(read(run)) or None for run in runs] for name, read in SAID.items()}
    return {name: values for name, values in found.items() if any(values)}


def _named(count: int, rows: Iterable[Iterable[tuple[str, JSON]]]) -> Mapping[str, list[JSON]]:
    found: dict[str, list[JSON]] = {}
    for place, row in enumerate(rows):
        for name, value in row:
            column = found.get(name)
            if column is None:
                column = found[name] = [None] * count
            column[place] = _short(value)
    return found


def _short(value: JSON) -> JSON:
    if isinstance(value, (dict, list)):
        value = json.dumps(value)
    return _cut(value)


def _cut(value: JSON) -> JSON:
    return value[:LONGEST_TEXT] if isinstance(value, str) else value


async def ticks(
    look: Callable[[], Hashable], is_over: Callable[[], bool], about: str | None
) -> AsyncIterator[str]:
    """Yield an event whenever what `look` returns has changed, until the server ends.

    `about` is the sweep that is looked at, if it is one.
    """
    seen: Hashable = object()
    said_at = 0.0
    while not is_over():
        start = time.monotonic()
        found = await run_in_threadpool(look)
        now = time.monotonic()
        if found != seen:
            seen, said_at = found, now
            yield f"event: change\ndata: {json.dumps({'sweep': about})}\n\n"
        elif now - said_at > ALIVE_S:
            said_at = now
            yield ": alive\n\n"
        await asyncio.sleep(max(LOOK_S, (now - start) / SHARE))
