"""Following what a run prints, as it prints it, over all its attempts from one on."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from sweepcli.agents.recovery import Recovery
from sweepcli.records import UNFINISHED, RunState
from sweepcli.runs import timing
from sweepcli.views import attempt_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sweepcli.records import Run, Sweep
    from sweepcli.stores import Store
    from sweepcli.views.attempt_files import AttemptFiles

LOOK_S = 0.2  # between two looks at the file
ALIVE_S = 2.0  # between two looks at whether the agent lives
CHUNK = 1 << 16
WAITING = (RunState.PENDING, RunState.PREEMPTED)


def follow(
    store: Store,
    sweep: Sweep,
    run: Run,
    results: str,
    *,
    note: Callable[[str], None],
    only: int | None = None,
    look_s: float = LOOK_S,
) -> Iterator[bytes]:
    """Yield what a run prints until it has ended for good; its later attempts, too.

    With `only`, until that attempt has ended. `note` gets what the output does not say.
    """
    watch = _Watch(store, sweep, note, look_s)
    attempt = only or run.attempt
    while True:
        if attempt > 0:
            yield from watch.printed(run, attempt, results)
        run = store.run(run.id)
        if only is not None or (run.attempt <= attempt and run.state not in WAITING):
            return
        if run.attempt <= attempt and not watch.until_taken(run.id, attempt):
            return
        attempt += 1
        note(f"attempt {attempt} of run {run.id}")


class _Watch:
    """What is known of a run that is looked at again and again."""

    def __init__(
        self, store: Store, sweep: Sweep, note: Callable[[str], None], look_s: float
    ) -> None:
        self._store = store
        self._sweep = sweep
        self._note = note
        self._look_s = look_s
        self._recovery = Recovery(timing.read(os.environ).lease_s)
        self._looked_at = 0.0

    def printed(self, run: Run, attempt: int, results: str) -> Iterator[bytes]:
        """Yield an attempt's output until the attempt has ended.

        Of one that prints on another machine, the last lines at its end if the store has them.
        """
        where = self._files(run, attempt, results)
        if where.host:
            self._note(f"attempt {attempt} is not here: {where.output_words}")
        place = 0
        while True:
            is_over = not self._is_at_work(run.id, attempt)  # before the last look at the file
            while part := _read(where.output, place):
                place += len(part)
                yield part
            if is_over:
                break
            yield b""  # a chance to flush
            time.sleep(self._look_s)
        tail = self._files(run, attempt, results).tail
        if tail and not os.path.isfile(where.output):
            self._note("these are its last lines, which the database has")
            yield f"{tail}\n".encode()

    def _files(self, run: Run, attempt: int, results: str) -> AttemptFiles:
        attempts = self._store.attempts(run.id)
        return attempt_files.of(results, self._sweep, run, attempts, attempt)

    def until_taken(self, run_id: str, attempt: int) -> bool:
        """Wait until an agent has taken the run again; False if that will not come."""
        run = self._store.run(run_id)
        self._note(f"run {run_id} is {run.state} and waits for an agent")
        while run.state in WAITING and run.attempt <= attempt:
            state = self._store.sweep(self._sweep.id).state
            if state not in UNFINISHED:
                self._note(f"its sweep is {state}: no agent will take it")
                return False
            time.sleep(self._look_s)
            run = self._store.run(run_id)
        return run.attempt > attempt

    def _is_at_work(self, run_id: str, attempt: int) -> bool:
        run = self._store.run(run_id)
        if run.attempt != attempt or run.state is not RunState.RUNNING:
            return False
        now = time.monotonic()
        if now - self._looked_at < ALIVE_S:
            return True
        self._looked_at = now
        for each, agent in self._store.running(self._sweep.id):
            if each.id == run_id and self._recovery.is_dead(agent, time.time(), now):
                self._note(f"the agent of run {run_id} has died; another one will take the run")
                return False
        return True


def _read(path: str, place: int) -> bytes:
    """Return what comes next in a file, nothing if there is no such file yet."""
    try:
        with open(path, "rb") as file:
            file.seek(place)
            return file.read(CHUNK)
    except FileNotFoundError:
        return b""
