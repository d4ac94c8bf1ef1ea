"""Turns a run's exit into a state: of the attempt (`of`), then of its run (`next_state`). Pure."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.records import Ending, RunState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.records import SweepConfig

CRASHES = 3  # how often a crashed run is tried again, even without max_retries
PREEMPTIONS = 10  # how often a program may say that it was preempted
HINTS = {
    126: "a program in the command is not executable",
    127: "a program in the command was not found",
}
SAID = "finish() said exit code {}"  # of a process that exited with 0, or a function that returned
# Signals that a program brings upon itself; others come from outside, whatever it printed last.
FAULTS = frozenset(
    {signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGSEGV, signal.SIGSYS}
)
OUT_OF_MEMORY = "the kernel ran out of memory and killed a process"


class Reason(NamedTuple):
    """Why the agent ended a run, and the state in which its attempt ends."""

    state: RunState  # killed, preempted, stopped or failed
    text: str


def of(
    exit_code: int,
    at: float,
    *,
    reason: Reason | None = None,
    said: int | None = None,
    is_preempting: bool = False,
    is_out_of_memory: bool = False,
) -> Ending:
    """Return how an attempt ended; a negative exit code is the signal that ended it.

    A run that the agent ended is never finished, whatever its exit code: a program that catches
    the signal and exits with 0 has not done all its work. Nor is one whose script has `said` in
    `finish` that it failed, though its process exited with 0: W&B's rule.
    """
    if reason is not None:
        return Ending(reason.state, exit_code, reason.text, at)
    how = _said(exit_code)
    if said and exit_code == 0:
        exit_code, how = said, SAID.format(said)
    if exit_code == 0:
        return Ending(RunState.FINISHED, 0, None, at)
    if is_preempting:
        return Ending(RunState.PREEMPTED, exit_code, f"the program was preempted ({how})", at)
    if exit_code < 0:
        cause = f"; {OUT_OF_MEMORY}" if exit_code == -signal.SIGKILL and is_out_of_memory else ""
        return Ending(RunState.CRASHED, exit_code, how + cause, at)
    return Ending(RunState.FAILED, exit_code, how, at)


def is_unexplained(ending: Ending) -> bool:
    """Return whether an end is the program's own fault, and only its exit code is known."""
    code = ending.exit_code
    if code is None or (code < 0 and -code not in FAULTS):
        return False
    return ending.reason in (_said(code), SAID.format(code))


def next_state(
    ending: Ending, before: Mapping[RunState, int], config: SweepConfig, *, by_agent: bool = False
) -> RunState:
    """Return the state of a run after an attempt; `before` counts the endings of earlier ones.

    A crashed run is tried again up to CRASHES times, a failed one only as often as `max_retries`
    says, a preempted one always if its agent ended it (`by_agent`), else up to PREEMPTIONS times.
    """
    times = before.get(ending.state, 0)
    if ending.state is RunState.CRASHED and times < max(CRASHES, config.max_retries):
        return RunState.PENDING
    if ending.state is RunState.FAILED and times < config.max_retries:
        return RunState.PENDING
    if ending.state is RunState.PREEMPTED and times >= PREEMPTIONS and not by_agent:
        return RunState.FAILED
    return ending.state


def signal_name(number: int) -> str:
    """Return a signal's name, or its number where it has none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _said(exit_code: int) -> str:
    if exit_code < 0:
        return f"killed by {signal_name(-exit_code)}"
    hint = f": {HINTS[exit_code]}" if exit_code in HINTS else ""
    return f"exit code {exit_code}{hint}"
