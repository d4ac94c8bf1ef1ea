"""One attempt at a run, from its process to its last logged line."""

from __future__ import annotations

import math
import os
import signal
import time
from typing import TYPE_CHECKING

from sweepcli import folders, printed, regular_files
from sweepcli.records import Ending, RunState
from sweepcli.runs import outcome, process_table
from sweepcli.runs.outcome import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from sweepcli.records import Progress, Row, Run, SweepConfig
    from sweepcli.runs.launchers import Started
    from sweepcli.runs.metrics.run_metrics import RunMetrics
    from sweepcli.runs.timing import Timing

TAIL_LINES = 20
TAIL_BYTES = 32_768
# A launcher's report, and what other ranks print, stand after the cause of a failure.
CAUSE_BYTES, CAUSE_LINES = 262_144, 4_000
LONGEST_LINE = 1_000  # characters of a line of the tail


class RunningAttempt:
    """A run that this agent has started and watches over."""

    def __init__(
        self, run: Run, folder: str, config: SweepConfig, metrics: RunMetrics, process: Started
    ) -> None:
        self.run = run
        self.unsaved: list[Row] = []  # collected, and not yet in the store
        self._saved = metrics.tally.description
        self._folder = folder
        self._metrics = metrics
        metrics.open_files = process.open_files
        self._process = process
        self._exit_code = 0
        self._ended_at = 0.0
        self._is_out_of_memory = False
        self._reason: Reason | None = None
        self._timeout_s = math.inf if config.timeout_s is None else config.timeout_s
        self._timeout_at = time.monotonic() + self._timeout_s
        self._next_signals: list[tuple[float, int]] = []  # when (monotonic), and which
        self._kill_at = math.inf
        self._kill_reason: Reason | None = None

    @property
    def is_ending(self) -> bool:
        """Whether the agent is ending the run."""
        return self._reason is not None

    @property
    def has_failed(self) -> bool:
        """Whether the run has not ended well, and the agent did not end it."""
        return self._exit_code != 0 and self._reason is None

    @property
    def killed_by(self) -> int | None:
        """The signal that ended the run, if the agent did not send it."""
        return -self._exit_code if self._exit_code < 0 and self._reason is None else None

    @property
    def due_at(self) -> float:
        """When `escalate` has something to do (monotonic)."""
        timeout_at = math.inf if self.is_ending else self._timeout_at
        signal_at = self._next_signals[0][0] if self._next_signals else math.inf
        return min(timeout_at, signal_at, self._kill_at)

    @property
    def read_up_to(self) -> int:
        """How many bytes of the event file were read."""
        return self._metrics.read_up_to

    @property
    def progress(self) -> Progress:
        """What the run has logged so far, added up."""
        return self._metrics.tally.progress

    @property
    def has_unsaved(self) -> bool:
        """Whether the store lacks something that the run has logged, or said of itself."""
        return bool(self.unsaved) or self._metrics.tally.description != self._saved

    def saved(self) -> None:
        """Record that the store has all that is collected."""
        self.unsaved.clear()
        self._saved = self._metrics.tally.description

    @property
    def has_said_finish(self) -> bool:
        """Whether the script has said that it is done, for each run that it began in this one."""
        return self._metrics.tally.finishes.are_all_said

    @property
    def channel(self) -> str | None:
        """How the run logs, for people; None until it has logged."""
        return self._metrics.channel

    @property
    def polite_signal(self) -> int:
        """The signal on which the run ends without losing what it logged."""
        # W&B's package writes the rest of its log on SIGINT, and loses it on SIGTERM.
        return signal.SIGINT if self._metrics.wandb.is_used else signal.SIGTERM

    @property
    def output_path(self) -> str:
        """The file that holds what the run prints."""
        return os.path.join(self._folder, folders.OUTPUT)

    def follow(self, folder: str) -> None:
        """Read on in another folder, to which that of the attempt was moved; from the start."""
        if folder != self._folder:
            self._folder, self._metrics = folder, self._metrics.moved(folder)
            self.unsaved.clear()

    def has_ended(self, has_memory_run_out: Callable[[], bool]) -> bool:
        """Return whether the process has ended; if so, `ending` says how.

        `has_memory_run_out` is only called if SIGKILL ended it.
        """
        exit_code = self._process.poll()
        if exit_code is None:
            return False
        self._exit_code, self._ended_at = exit_code, time.time()
        self._is_out_of_memory = self._exit_code == -signal.SIGKILL and has_memory_run_out()
        return True

    def explain(self, reason: Reason) -> None:
        """Record why a run has ended, if the agent learns it afterwards."""
        self._reason = self._reason or reason

    def relay(self, number: int) -> None:
        """Send a signal to the run's whole group; it need not end."""
        self._process.send(number)

    def end(self, number: int, reason: Reason, timing: Timing) -> None:
        """End the run: send a signal to its whole group, and stronger ones later.

        If it is called again, the first reason stays.
        """
        self._reason = self._reason or reason
        now = time.monotonic()
        self._process.send(number)
        self._next_signals = _ladder(number, now, timing)

    def kill_by(self, at: float, reason: Reason) -> None:
        """Kill the run if it still runs at that time (monotonic)."""
        if at < self._kill_at:
            self._kill_at, self._kill_reason = at, reason

    def escalate(self, now: float, timing: Timing) -> None:
        """Send the signals that are due, and end a run that exceeds its timeout."""
        if now >= self._timeout_at and not self.is_ending:
            reason = Reason(RunState.FAILED, f"its timeout of {self._timeout_s:g} s is over")
            self.end(signal.SIGINT, reason, timing)
        while self._next_signals and now >= self._next_signals[0][0]:
            self._process.send(self._next_signals.pop(0)[1])
        if now >= self._kill_at and self._kill_reason is not None:
            self._kill_at = math.inf
            self.end(signal.SIGKILL, self._kill_reason, timing)

    def collect(self, *, ended: bool = False) -> bool:
        """Read what was logged since the last call into `unsaved`; return whether that is all.

        A backlog comes in pieces, so that neither the time of a call nor the unsaved rows grow
        with the file.
        """
        rows, is_all = self._metrics.collect(ended=ended)
        self.unsaved += rows
        return is_all

    def ending(self) -> Ending:
        """Return how the attempt ended, and kill what it left running.

        All that it logged must be collected first: it may say that it was preempted, or failed.
        """
        ending = outcome.of(
            self._exit_code,
            self._ended_at,
            reason=self._reason,
            said=self._metrics.tally.finishes.exit_code,
            is_preempting=self._metrics.tally.is_preempting,
            is_out_of_memory=self._is_out_of_memory,
        )
        if ending.state is RunState.FINISHED:
            return ending
        process_table.kill_leftovers(self.run.id, self.run.attempt)  # some leave the process group
        return with_words(ending, self._folder)

    def complaints(self, ending: Ending) -> list[str]:
        """Return what a person should know about what the run logged."""
        return self._metrics.complaints(ending)


def with_words(ending: Ending, folder: str) -> Ending:
    """Return how an attempt ended that did not finish, with what it printed last, and its cause."""
    if outcome.is_unexplained(ending):
        from sweepcli.runs import causes  # noqa: PLC0415 -- for runs that fail

        ending = causes.explained(ending, _printed(folder, CAUSE_BYTES, CAUSE_LINES))
    return ending._replace(output=tail(folder))


def tail(folder: str) -> str | None:
    """Return the last lines that an attempt printed, as a terminal would show them."""
    return _printed(folder, TAIL_BYTES, TAIL_LINES)


def _printed(folder: str, most: int, lines: int) -> str | None:
    """Return the end of an output: at most so many bytes, and lines."""
    try:
        with regular_files.opened(os.path.join(folder, folders.OUTPUT)) as file:
            size = os.fstat(file.fileno()).st_size
            file.seek(max(0, size - most))
            found = file.read(most).rstrip(b"\n").split(b"\n")[-lines:]
    except OSError:
        return None
    texts = (printed.seen(line).decode("utf-8", "replace") for line in found)
    return "\n".join(text[:LONGEST_LINE] for text in texts)


def _ladder(number: int, now: float, timing: Timing) -> list[tuple[float, int]]:
    """Return the signals that follow a first one, each with its time: TERM, then KILL."""
    if number == signal.SIGKILL:
        return []
    if number == signal.SIGTERM:
        return [(now + timing.kill_delay_s, signal.SIGKILL)]
    # A run that was warned by another signal, such as SLURM's, may need this time to save.
    patience = timing.interrupt_delay_s if number == signal.SIGINT else timing.kill_delay_s
    term_at = now + patience
    return [(term_at, signal.SIGTERM), (term_at + timing.kill_delay_s, signal.SIGKILL)]
