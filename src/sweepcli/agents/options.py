"""What an agent is asked to do, and what it tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from sweepcli.runs import processes
from sweepcli.runs.slots import Slot
from sweepcli.runs.timing import Timing
from sweepcli.runs.wandb_use import WandbUse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.agents.output import Sink
    from sweepcli.records import Ending, Progress, Row, Run, RunState
    from sweepcli.runs.launcher import Launcher


class AgentOptions(NamedTuple):
    """How an agent works; the fields are those of `agent --help`."""

    run_limit: int | None = None  # end after so many attempts
    slots: Sequence[Slot] = (Slot(0),)  # one run at a time in each
    show_output: bool = False
    max_time_s: float | None = None  # start no run after this
    waits: bool = False  # for runs that other agents may give back
    is_strict: bool = False  # any run that did not finish makes it an error
    most_failures: int | None = None  # in a row
    forwards: bool = False  # W&B's --forward-signals
    term_timeout_s: float | None = None  # from a shutdown signal to SIGKILL
    wandb: WandbUse = WandbUse.AUTO
    store: str | None = None  # that runs are told of, if they do not inherit it; no password in it
    launcher: Launcher = processes.start
    command: tuple[str, ...] | None = None  # instead of the one in the config
    output: Sink | None = None  # takes what runs print, instead of standard output
    tells_tails: bool = True  # of what failed runs printed, unless that is seen anyway
    timing: Timing = Timing()


class Reporter(Protocol):
    """Told what happens, as it happens."""

    def started(self, run: Run, slot: Slot, argv: Sequence[str]) -> None:
        """Take note of a run that is about to start."""

    def ended(self, run: Run, ending: Ending) -> None:
        """Take note of how an attempt has ended; the run has the state that it is in now."""

    def logged(self, run: Run, rows: Sequence[Row], progress: Progress) -> None:
        """Take note of what a run has logged, and of all that it has shown so far."""

    def logs(self, run: Run, way: str) -> None:
        """Take note of how a run tells its metrics."""

    def signaled(self, text: str) -> None:
        """Take note of a signal to the agent, and of what that means for its runs."""

    def note(self, text: str) -> None:
        """Take note of anything else a person should know."""

    def warn(self, text: str) -> None:
        """Take note of what a person should mend."""

    def refresh(self) -> float:
        """Show what has changed; return for how many seconds that will do."""


class AgentReport(NamedTuple):
    """What an agent did, and why it ended."""

    states: dict[RunState, int]  # how many of its attempts ended in each
    why: str
    exit_code: int
    signal: int = 0  # what it was told to end by; 0 for nothing

    @property
    def ran(self) -> int:
        """How many attempts it made."""
        return sum(self.states.values())
