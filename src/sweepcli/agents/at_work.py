"""The running runs of one agent, each in its slot. Knows processes, and no store."""

from __future__ import annotations

import math
import signal
import time
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.agents import output
from sweepcli.agents.output import Output
from sweepcli.agents.shutdown import PREEMPTING
from sweepcli.errors import ConfigError, FolderError, LaunchError
from sweepcli.records import Ending, RunState
from sweepcli.runs import prepare, process_table, processes
from sweepcli.runs.outcome import Reason
from sweepcli.stores.location import Location

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sweepcli.agents.assignment import Assignment
    from sweepcli.agents.code_of_runs import CodeOfRuns
    from sweepcli.agents.ground import Ground
    from sweepcli.agents.options import AgentOptions
    from sweepcli.agents.report import Reporter
    from sweepcli.records import Run
    from sweepcli.runs.attempt import RunningAttempt
    from sweepcli.runs.slots import Slot

FLUSH_S = 1.0  # how long the reader of the output may take where the agent was told to end


class Work(NamedTuple):
    """A run in its slot."""

    live: RunningAttempt
    assignment: Assignment


class Ended(NamedTuple):
    """An attempt that is over, and not recorded yet."""

    run: Run
    assignment: Assignment
    how: RunningAttempt | Ending  # an Ending where no process was started

    @property
    def folder(self) -> str:
        """The folder of the attempt."""
        return self.assignment.folder_of(self.run)


def preempted(ended: Sequence[Ended]) -> list[RunningAttempt]:
    """Return those that a scheduler may have ended together with their agent."""
    lives = [each.how for each in ended if not isinstance(each.how, Ending)]
    return [live for live in lives if live.killed_by in PREEMPTING]


class RunningRuns:
    """Starts runs, watches them, and returns those that have ended."""

    def __init__(self, options: AgentOptions, reporter: Reporter, code: CodeOfRuns) -> None:
        self._code = code
        self._timing = options.timing
        self._slots = options.slots
        self._wandb = options.wandb
        self._store = options.store
        self._launcher = options.launcher or processes.start
        self._reporter = reporter
        sink = options.output or output.standard(shown=options.show_output)
        self._output = Output(sink, prefixed=len(options.slots) > 1)
        self._work: dict[Slot, Work] = {}
        self._oom_kills = process_table.oom_kills()

    def __iter__(self) -> Iterator[Work]:
        return iter(list(self._work.values()))

    def __len__(self) -> int:
        return len(self._work)

    @property
    def free(self) -> Sequence[Slot]:
        """The slots without a run."""
        return [slot for slot in self._slots if slot not in self._work]

    @property
    def is_output_written(self) -> bool:
        """Whether the whole output of ended runs is shown."""
        return self._output.is_done

    @property
    def waits_for(self) -> Sequence[int]:
        """The descriptors that must become writable for output to be shown."""
        return self._output.waits_for

    def patience_s(self) -> float:
        """Return how long there is nothing to do, unless a process ends."""
        due_at = min((work.live.due_at for work in self), default=math.inf)
        return min(due_at - time.monotonic(), self._output.patience_s, self._code.patience_s)

    def start(self, assignment: Assignment, run: Run, ground: Ground) -> Ended | None:
        """Start a run in a free slot; return its end where the system refuses to.

        Raises FolderError where the results directory cannot be written, or has been moved;
        StoreUnavailable where the disk is full.
        """
        slot, config = self.free[0], assignment.config
        try:
            prepared = prepare.prepare(
                run,
                assignment.sweep,
                config,
                slot,
                location=Location(assignment.results, self._store),
                interpreter=assignment.interpreter,
                wandb=self._wandb,
                frozen=assignment.frozen,
            )
            if lost := ground.lost():  # the folder was made where nobody looks
                raise FolderError(lost)
            self._reporter.started(run, slot, prepared.shown)
            live = prepare.start(prepared, config, self._launcher)
        except (LaunchError, ConfigError) as error:
            return Ended(run, assignment, Ending(RunState.FAILED, None, str(error), time.time()))
        self._work[slot] = Work(live, assignment)
        self._code.started(live, prepared.folder)
        self._output.follow(run.id, live.output_path)
        return None

    def watch(self) -> list[Ended]:
        """Send the signals that are due, show output, and return what has ended."""
        ended = []
        for slot, work in list(self._work.items()):
            work.live.escalate(time.monotonic(), self._timing)
            if work.live.has_ended(self._has_memory_run_out):
                del self._work[slot]
                self._code.ended(work.live.run)
                self._output.end(work.live.run.id)
                ended.append(Ended(work.live.run, work.assignment, work.live))
        self._output.pump()
        for run in self._code.look():
            for live, _ in self:
                if live.run.id == run.id:
                    live.run = run
        return ended

    def send(
        self, number: int, reason: Reason | None, *, assignment: Assignment | None = None
    ) -> None:
        """Send all runs, or those of one assignment, a signal; a `reason` ends them."""
        for work in self:
            if assignment is not None and work.assignment is not assignment:
                continue
            if reason is None:
                work.live.relay(number)
            else:
                work.live.end(number, reason, self._timing)

    def kill_after(self, seconds: float, reason: Reason) -> None:
        """Kill what still runs after a time."""
        for work in self:
            work.live.kill_by(time.monotonic() + seconds, reason)

    def look_at_memory(self) -> None:
        """Record how often the kernel has run out of memory up to now."""
        self._oom_kills = process_table.oom_kills()

    def close(self) -> None:
        """Kill whatever still runs, looks included, and show the rest of the output."""
        self._code.close()
        self.send(signal.SIGKILL, Reason(RunState.KILLED, "the agent failed"))
        self._output.pump(FLUSH_S)

    def _has_memory_run_out(self) -> bool:
        before, self._oom_kills = self._oom_kills, process_table.oom_kills()
        return before is not None and self._oom_kills != before
