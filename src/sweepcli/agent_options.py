"""What an agent is asked to do, and what it tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from sweepcli.slots import Slot
from sweepcli.timing import Timing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import Ending, Run, RunState


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
    timing: Timing = Timing()


class Reporter(Protocol):
    """Told what happens, as it happens."""

    def started(self, run: Run, slot: Slot, argv: Sequence[str]) -> None:
        """Take note of a run that is about to start."""

    def ended(self, run: Run, ending: Ending) -> None:
        """Take note of how an attempt has ended; the run has the state that it is in now."""

    def note(self, text: str) -> None:
        """Take note of anything else a person should know."""

    def warn(self, text: str) -> None:
        """Take note of what a person should mend."""


class AgentReport(NamedTuple):
    """What an agent did, and why it ended."""

    states: dict[RunState, int]  # how many of its attempts ended in each
    why: str
    exit_code: int

    @property
    def ran(self) -> int:
        """How many attempts it made."""
        return sum(self.states.values())
