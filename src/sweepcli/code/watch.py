"""Which code and which environment each run of an agent has had, by looks from time to time.

Between two looks `stat` of a few files says whether there is anything new. A run has what was seen
last before its start; a look that finds another version later knows by the times of the changed
files which runs that one was there for.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.code import kept, looking
from sweepcli.code.looking import LookError, Looking, Stamp
from sweepcli.records import NOT_SEEN, CodeSeen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sweepcli.code.looking import Look
    from sweepcli.code.place import Place
    from sweepcli.records import Run

CHECK_EACH_S = 0.05  # 50 files take 0.1 ms, which is much for a run of a millisecond
START_S = 10.0  # for so long after its start, a program may read its files
FRESH_S, FRESH_LOOKS = 5.0, 50  # a look is repeated after so long, or so many times its own time
FRESH_ALL_S = 60.0  # where checks see all files, and a look could only find new ones
REST_LOOKS = 10  # but after a change not before so many times its own time
AFTER_FAILURE_S = 60.0
MOST_STARTS = 1000  # runs of which a later look may change something


class Start(NamedTuple):
    """A run that was started, with what it has had as far as is known."""

    run: Run
    folder: str  # of the attempt
    started_at: float  # seconds since the epoch, as is the next
    ended_at: float | None = None

    @property
    def read_until(self) -> float:
        """Until when its program may have read files of the code."""
        end = self.started_at + START_S
        return end if self.ended_at is None else min(end, self.ended_at)


class Watch:
    """The code and the environment in one place, watched for an agent."""

    def __init__(self, place: Place, environ: Mapping[str, str], *, is_fixed: bool = False) -> None:
        """Begin with what was kept of an earlier look; nothing is started yet.

        `is_fixed` is for functions: the agent's own process has loaded the code, which stays, so
        that one look is enough.
        """
        self.place = place
        self.seen = looking.kept(place)
        self.failure: str | None = None  # of the last look
        self._environ = environ
        self._is_fixed = is_fixed
        self._has_looked = False
        self._looking: Looking | None = None
        self._before: Look | None = None  # what was seen when the look at work began
        self._changed_at: float | None = None  # when a check has first found a change
        self._next_check = self._next_look = 0.0  # monotonic
        self._starts: dict[tuple[str, int], Start] = {}  # by run and attempt

    @property
    def reads(self) -> Sequence[int]:
        """The descriptor from which a look at work is read."""
        return self._looking.reads if self._looking else ()

    @property
    def now(self) -> CodeSeen:
        """What is there, as far as it was seen; nothing where it has changed since."""
        if self.seen is None or self._changed_at is not None:
            return NOT_SEEN
        return CodeSeen(code=self.seen.code, environment=self.seen.environment)

    @property
    def is_uncertain(self) -> bool:
        """Whether a look at work may say more about runs that were started."""
        is_partial = self.seen is not None and not self.seen.is_all
        return bool(self._looking and self._starts) and (self.is_new or is_partial)

    def check(self, *, is_last: bool = False) -> None:
        """Find out whether a file has changed, unless that was done just now."""
        now = time.monotonic()
        if self.seen is None or self._changed_at is not None:
            return
        if (now < self._next_check and not is_last) or (self._is_fixed and self._next_check):
            return
        self._next_check = now + CHECK_EACH_S
        if not (self._is_kept(self.seen) and all(map(_is_as_before, self.seen.watch))):
            self._changed_at = time.time()
        elif self.seen.is_all:
            self._settle(time.time())

    def _is_kept(self, seen: Look) -> bool:
        """Return whether the version that was seen is still there: somebody may have removed it."""
        try:
            record = seen.code and kept.record_of(self.place.results, seen.code)
        except ValueError:  # no id of ours, so that nothing of it can be missing
            return True
        return not record or os.path.exists(record)

    def look_if_due(self, *, is_start: bool = False, is_last: bool = False) -> None:
        """Start a look if one is due: after a change, or where the last is old as a run starts."""
        if self._looking is not None or (self._is_fixed and (self._has_looked or not self.is_new)):
            return
        is_due = self.is_new or (is_start and self._is_old())
        is_hurried = is_last and not self.failure
        if is_due and (is_hurried or time.monotonic() >= self._next_look):
            self._before, self._has_looked, self.failure = self.seen, True, None
            try:
                self._looking = Looking(self.place, self.seen and self.seen.code, self._environ)
            except LookError as error:
                self._fail(error)

    @property
    def is_new(self) -> bool:
        """Whether what is there was not seen yet, or has changed since."""
        return self.seen is None or self._changed_at is not None

    def _is_old(self) -> bool:
        if self.seen is None:
            return True
        age_s = time.time() - self.seen.begun_at
        fresh_s = FRESH_ALL_S if self.seen.is_all else FRESH_S
        return not 0 <= age_s <= max(fresh_s, FRESH_LOOKS * self.seen.seconds)

    def start(self, run: Run, folder: str) -> None:
        """Record that a run was started just now."""
        self._starts[run.id, run.attempt] = Start(run, folder, time.time())
        if len(self._starts) > MOST_STARTS:
            del self._starts[next(iter(self._starts))]

    def end(self, run: Run) -> None:
        """Record that a run has ended just now: what changes from now on is not its code."""
        if start := self._starts.get((run.id, run.attempt)):
            self._starts[run.id, run.attempt] = start._replace(ended_at=time.time())

    def poll(self) -> list[Start]:
        """Return the starts of which a look, done since the last call, says something else."""
        if self._looking is None:
            return []
        try:
            look = self._looking.found()
        except LookError as error:
            self._fail(error)
            return []
        if look is None:
            return []
        took_s = time.time() - look.begun_at
        self._next_look = time.monotonic() + REST_LOOKS * took_s
        self.close()
        return self._take_in(look)

    def _take_in(self, look: Look) -> list[Start]:
        before, changed_at = self._before, self._changed_at
        self.seen, self.failure, self._changed_at = look, None, None
        news = []
        for key, each in self._starts.items():
            seen = understood(each, look, before, changed_at)
            if seen != each.run.seen:
                self._starts[key] = each._replace(run=each.run.with_code(seen))
                news.append(self._starts[key])
        self._settle(look.begun_at)
        return news

    def _settle(self, now: float) -> None:
        """Forget the starts of which nothing new can be learnt."""
        self._starts = {key: each for key, each in self._starts.items() if each.read_until >= now}

    def _fail(self, error: LookError) -> None:
        self.failure = str(error)
        self._next_look = time.monotonic() + AFTER_FAILURE_S
        self._starts.clear()
        self.close()

    def begin_now(self) -> None:
        """Begin to see what is there at this moment, for `finish_now`."""
        self.check()
        is_sure = self.seen is not None and self.seen.is_all
        self.look_if_due(is_start=not is_sure)

    def finish_now(self, timeout_s: float) -> CodeSeen:
        """Return what is there, as far as it is known within a time.

        A look that takes longer goes on alone: what it finds is kept for whoever asks next.
        """
        if self._looking is not None:
            with suppress(LookError):
                self._looking.wait(timeout_s)
            self.poll()
        if self._looking is not None:
            self._looking.leave()
            self._looking = None
        return self.now

    def close(self) -> None:
        """End a look that is at work."""
        if self._looking is not None:
            self._looking.end()
            self._looking = None


def _is_as_before(stamp: Stamp) -> bool:
    try:
        found = os.lstat(stamp.path)
    except OSError:
        return False
    return (
        found.st_mtime_ns == stamp.mtime_ns
        and found.st_ctime_ns == stamp.ctime_ns
        and found.st_size == stamp.size
        and found.st_ino == stamp.inode
    )


def understood(start: Start, look: Look, before: Look | None, noticed_at: float | None) -> CodeSeen:
    """Return what a run has had, now that a look has found something.

    `before` is what was seen until then; `noticed_at` is when a change since then was noticed.
    """
    code, after, environment = start.run.seen
    others = set(before.watch) if before else set()
    at = max((stamp.ctime_ns / 1e9 for stamp in look.watch if stamp not in others), default=0.0)
    if environment is None or (look.environment != environment and at <= start.started_at):
        environment = look.environment
    if after is not None:
        return CodeSeen(code, after, environment)
    known = before.code if before else None
    if look.code == known:
        return CodeSeen(code or look.code, None, environment)
    # Of what was removed there is no time; it was noticed at the latest when the look began.
    unknown = noticed_at if noticed_at is not None else look.begun_at
    times = [unknown if when is None else when for _, when in look.changed] or [unknown]
    if known is None:
        times = [at]
    if all(when <= start.started_at for when in times):
        return CodeSeen(look.code, None, environment)
    if any(start.started_at < when <= start.read_until for when in times):
        return CodeSeen(code or known, look.code, environment)
    return CodeSeen(code, None, environment)
