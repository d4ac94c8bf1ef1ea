"""Which code the runs of one agent have: seen, saved, and told once where it is not the same.

Nothing of this ends an agent or delays a run. See `docs/decisions/0057-a-look-is-a-process.md`.
"""

from __future__ import annotations

import math
import os
import sys
import time
from typing import TYPE_CHECKING

from sweepcli import env
from sweepcli.code import place as code_place
from sweepcli.code.watch import Watch
from sweepcli.records import CodeSeen
from sweepcli.runs import attempt_record, programs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sweepcli.code.place import Place
    from sweepcli.records import Run, Sweep, SweepConfig
    from sweepcli.runs.attempt import RunningAttempt
    from sweepcli.stores import Store

END_WAITS_S = 2.0  # how long the end of an agent waits for a look, and so does a run given out
SLOW_S = 10.0  # a look that takes longer is told


class CodeOfRuns:
    """The code and the environment of the runs that one agent starts."""

    def __init__(self, store: Store, agent_id: str, warn: Callable[[str], None]) -> None:
        self._store = store
        self._warn = warn
        # A run that is a function changes the environment later. The agent's warden ends looks.
        self._environ = {**os.environ, env.AGENT_ID: agent_id}
        self._watches: dict[Place, Watch] = {}
        self._of: dict[str, tuple[Sweep, Watch]] = {}  # by the sweep's id
        self._first: dict[str, str | None] = {}  # the code that is no news, by the sweep's id
        self._unsaved: list[tuple[Run, str]] = []  # runs, and the folders of their attempts
        self._untold: list[Run] = []
        self._told = set[str]()
        self._has_started = False
        self._waits_until: float | None = None  # monotonic

    def add(self, sweep: Sweep, config: SweepConfig, interpreter: str, results: str) -> None:
        """Watch the code of a sweep, unless its config says not to."""
        if config.code.is_frozen:
            self._first[sweep.id] = sweep.code
        if not (config.code.is_recorded and env.records_code(self._environ)):
            return
        is_function = config.command != sweep.config.command
        try:
            place = code_place.place_of(
                config,
                results=results,
                cwd=os.getcwd(),
                interpreter=sys.executable if is_function else programs.file_of(interpreter),
            )
        except OSError as error:
            self._tell("failure", f"which code runs have is not recorded: {error}")
            return
        if is_function:
            place = place._replace(program=config.program or "", named=())
        if place not in self._watches:
            self._watches[place] = Watch(place, self._environ, is_fixed=is_function)
        self._of[sweep.id] = (sweep, self._watches[place])
        self._first[sweep.id] = sweep.code

    def seen(self, sweep_id: str) -> CodeSeen:
        """Return what a run of a sweep has that starts now, as far as is known."""
        if sweep_id not in self._of:
            return CodeSeen(code=self._first.get(sweep_id))
        sweep, watch = self._of[sweep_id]
        watch.check()
        return _of_sweep(sweep, watch.now)

    def started(self, live: RunningAttempt, folder: str) -> None:
        """Record that a run has started, and look again where that is due."""
        run = live.run
        if run.sweep_id in self._of:
            watch = self._of[run.sweep_id][1]
            self._has_started = True
            watch.start(run, folder)
            watch.look_if_due(is_start=True)
            self._hear(run)

    def given_out(self, run: Run) -> None:
        """Tell of a run that a person starts."""
        if run.sweep_id in self._of:
            self._hear(run)
            self.save(has_store=True)

    def ended(self, run: Run) -> None:
        """Record that a run has ended."""
        if run.sweep_id in self._of:
            self._of[run.sweep_id][1].end(run)

    def look(self) -> Iterator[Run]:
        """Go on with what is at work; yield runs of which something else is known now."""
        for watch in self._watches.values():
            watch.check()
            if self._has_started:  # the first run comes first
                watch.look_if_due()
            for run, folder, *_ in watch.poll():
                known = run.with_code(_of_sweep(self._of[run.sweep_id][0], run.seen))
                self._unsaved.append((known, folder))
                self._hear(known)
                yield known
            self._tell_of(watch)

    def save(self, *, has_store: bool) -> None:
        """Save what is known now, after all that was known before; tell what has changed.

        Raises StoreUnavailable: then it is done again.
        """
        while self._unsaved:
            run, folder = self._unsaved[0]
            attempt_record.note_code(folder, run)
            if has_store:
                self._store.save_code(run)
            del self._unsaved[0]
        while self._untold and has_store:
            self._compare(self._untold[0])
            del self._untold[0]

    # When there is something to do

    @property
    def has_news(self) -> bool:
        """Whether there is something to save."""
        return bool(self._unsaved or self._untold)

    @property
    def reads(self) -> list[int]:
        """The descriptors from which looks are read."""
        return [fd for watch in self._watches.values() for fd in watch.reads]

    @property
    def patience_s(self) -> float:
        """Return how long there is nothing to do, unless there is something to read."""
        left = (self._waits_until or 0.0) - time.monotonic()
        return left if left > 0 else math.inf

    def is_awaited(self, *, is_hurried: bool) -> bool:
        """Return whether the end of the agent waits for a look at what its last runs had."""
        if is_hurried:
            return False
        if self._waits_until is None:
            self._waits_until = time.monotonic() + END_WAITS_S
            for watch in self._watches.values():
                watch.check(is_last=True)
                watch.look_if_due(is_last=True)
        is_uncertain = any(watch.is_uncertain for watch in self._watches.values())
        return is_uncertain and time.monotonic() < self._waits_until

    def look_now(self) -> None:
        """Look where that is due, and wait for it: for a run that nobody watches."""
        for watch in self._watches.values():
            watch.begin_now()
            watch.finish_now(END_WAITS_S)
            self._tell_of(watch)

    def close(self) -> None:
        """End the looks at work."""
        for watch in self._watches.values():
            watch.close()

    # What people hear of it

    def _tell(self, what: str, text: str) -> None:
        """Say something, and nothing more of that kind."""
        if what not in self._told:
            self._told.add(what)
            self._warn(text)

    def _tell_of(self, watch: Watch) -> None:
        if watch.failure:
            text = "which code runs have is not recorded, since the look at it failed: "
            self._tell("failure", f"{text}{watch.failure}; `code: off` in the config stops looks")
        if watch.seen and watch.seen.problem:
            self._tell("problem", f"the code of the runs: {watch.seen.problem}")
        if watch.seen and watch.seen.seconds > SLOW_S:
            self._tell(
                "slow",
                f"a look at the code takes {watch.seen.seconds:.0f} s, beside the runs; less with "
                "`code: {exclude: […]}` in the config, for folders that are no code",
            )

    def _hear(self, run: Run) -> None:
        """Remember a run whose code may be news."""
        code = run.code_after or run.code
        if code not in (None, self._first[run.sweep_id]) and "changed" not in self._told:
            self._untold.append(run)

    def _compare(self, run: Run) -> None:
        """Tell if a run has other code than an earlier one of its sweep."""
        code = str(run.code_after or run.code)
        other = self._store.last_of_other_code(run.sweep_id, code)
        if other is None:
            self._first[run.sweep_id] = code
            return
        from sweepcli.agents import changed_code  # noqa: PLC0415 -- for code that changes

        sweep, watch = self._of[run.sweep_id]
        self._tell("changed", changed_code.text(sweep, run, *other, watch.place))


def _of_sweep(sweep: Sweep, seen: CodeSeen) -> CodeSeen:
    """Return what a run of a sweep has of what was seen: frozen code is that of its creation."""
    if sweep.config.code.is_frozen:
        return seen._replace(code=sweep.code, code_after=None)
    return seen
