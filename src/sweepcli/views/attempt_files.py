"""The files of an attempt: where they are (they stay where the run ran), and what is in them."""

from __future__ import annotations

import os
import shlex
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders, regular_files
from sweepcli.agents.recovery import Recovery
from sweepcli.records import UNFINISHED, WAITING, RunState
from sweepcli.regular_files import NotRegular
from sweepcli.runs import attempt_record, timing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sweepcli.records import Attempt, Run, Sweep
    from sweepcli.stores import Store

ON_HOST = "on {host}: {file} in the results directory there"
REMOVED = (
    "not in {folder}, though run {run} ran on this machine: it was removed, or another results "
    "directory (--dir) has it"
)
NO_FILE = "not in {folder}: it was removed, or was never written there, as with `agent --next`"
LOOK_S = 0.2  # between two looks at the file
ALIVE_S = 2.0  # between two looks at whether the agent lives
CHUNK = 1 << 16


class AttemptFiles(NamedTuple):
    """The folder of an attempt as it would be here, and the host that has it if we have not."""

    run_id: str
    folder: str
    host: str | None
    results: str
    tail: str | None  # the last lines of what it printed, if the store has them

    @property
    def output(self) -> str:
        """The file of what it printed."""
        return os.path.join(self.folder, folders.OUTPUT)

    @property
    def has_output(self) -> bool:
        """Whether that file is here and can be read."""
        return os.path.isfile(self.output) and self.trouble is None

    @property
    def trouble(self) -> str | None:
        """Why what is in the place of that file cannot be read; None also if nothing is there."""
        try:
            os.close(regular_files.descriptor(self.output))
        except FileNotFoundError:
            return None
        except NotRegular as error:
            return f"not read: {error}"
        except OSError as error:
            return f"not read: {self.output}: {error.strerror}"
        return None

    @property
    def output_words(self) -> str:
        """Where the output is if it is not here, or that this is unknown."""
        if trouble := self.trouble:
            return trouble
        if self.host is None:
            words = NO_FILE if os.path.isdir(self.folder) else REMOVED
            return words.format(folder=self.folder, run=self.run_id)
        return ON_HOST.format(host=self.host, file=os.path.relpath(self.output, self.results))


def of(
    results: str, sweep: Sweep, run: Run, attempts: Sequence[Attempt], number: int
) -> AttemptFiles:
    """Return where the files of an attempt at a run are."""
    folder = folders.attempt_folder(results, sweep, run.id, number)
    attempt = next((each for each in attempts if each.attempt == number), None)
    host, tail = (attempt.host, attempt.output) if attempt else (None, None)
    is_here = host == os.uname().nodename or os.path.isdir(folder)
    return AttemptFiles(run.id, folder, None if is_here else host, results, tail)


class Started(NamedTuple):
    """What the agent recorded at the start of an attempt."""

    command: str  # as one would type it in a shell
    directory: str
    environment: dict[str, str]  # what the agent set, without the params


def started(folder: str) -> Started | None:
    """Return how the attempt in a folder was started, None if that is not known.

    Attempts of older versions have no such file, nor have those of other machines.
    """
    found = attempt_record.started(folder)
    return Started(shlex.join(found[0]), *found[1:]) if found else None


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
    """What is known of a run that is read again and again."""

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
        if where.host or where.trouble:
            self._note(f"the output of attempt {attempt} is {where.output_words}")
        place = 0
        while True:
            is_over = not self._is_at_work(run.id, attempt)  # before the last look at the file
            with suppress(OSError):  # nothing there yet, or what is no file
                for behind, part in pieces(where.output, place):
                    place = behind
                    yield part
            if is_over:
                break
            yield b""  # a chance to flush
            self._pause()
        tail = self._files(run, attempt, results).tail
        if tail and not where.has_output:
            self._note("the database has its last lines")
            yield f"{tail}\n".encode()

    def _files(self, run: Run, attempt: int, results: str) -> AttemptFiles:
        attempts = self._store.attempts(run.id)
        return of(results, self._sweep, run, attempts, attempt)

    def until_taken(self, run_id: str, attempt: int) -> bool:
        """Wait until an agent has claimed the run again; False if no agent will."""
        run = self._store.run(run_id)
        self._note(f"run {run_id} is {run.state} and waits for an agent")
        while run.state in WAITING and run.attempt <= attempt:
            state = self._store.sweep(self._sweep.id).state
            if state not in UNFINISHED:
                self._note(f"its sweep is {state}: no agent will claim it")
                return False
            self._pause()
            run = self._store.run(run_id)
        return run.attempt > attempt

    def _pause(self) -> None:
        self._store.database.rest()
        time.sleep(self._look_s)

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
                self._note(f"the agent of run {run_id} has died; another one will claim the run")
                return False
        return True


def pieces(path: str, place: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield a regular file from a byte on, in pieces, each with the byte behind it."""
    fd = regular_files.descriptor(path)
    try:
        while True:
            begin, part = regular_files.next_piece(fd, place, CHUNK)
            if not part:
                return
            place = begin + len(part)
            yield place, part
    finally:
        os.close(fd)
