"""How an attempt at a run ended, and what becomes of the run. Pure."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.records import Ending, RunState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.records import SweepConfig

CRASHES = 3  # how often a run that the machine ended is tried again without being asked for
PREEMPTIONS = 10  # how often a program may say by itself that it was preempted
HINTS = {
    126: "a program in the command is not executable",
    127: "a program in the command was not found",
}
OUT_OF_MEMORY = "the kernel ran out of memory and killed a process"


class Told(NamedTuple):
    """Why a run was told to end, and the state that this makes of it."""

    state: RunState  # killed, preempted, stopped or failed
    reason: str


def of(
    exit_code: int,
    at: float,
    *,
    told: Told | None = None,
    is_preempting: bool = False,
    is_out_of_memory: bool = False,
) -> Ending:
    """Return how an attempt ended; a negative exit code is the signal that ended it.

    A run that was told to end is never finished, whatever its exit code: a program that catches
    the signal and exits with 0 has not done its work.
    """
    if told is not None:
        return Ending(told.state, exit_code, told.reason, at)
    if exit_code == 0:
        return Ending(RunState.FINISHED, 0, None, at)
    if is_preempting:
        reason = f"the program was preempted ({_said(exit_code)})"
        return Ending(RunState.PREEMPTED, exit_code, reason, at)
    if exit_code < 0:
        cause = f"; {OUT_OF_MEMORY}" if exit_code == -signal.SIGKILL and is_out_of_memory else ""
        return Ending(RunState.CRASHED, exit_code, _said(exit_code) + cause, at)
    hint = f": {HINTS[exit_code]}" if exit_code in HINTS else ""
    return Ending(RunState.FAILED, exit_code, _said(exit_code) + hint, at)


def next_state(
    ending: Ending, before: Mapping[RunState, int], config: SweepConfig, *, is_told: bool = False
) -> RunState:
    """Return the state of a run after an attempt; `before` counts the endings of earlier ones.

    What the machine ended is tried again up to CRASHES times, what the program ended only as
    often as `max_retries` says. A preempted run always is, if its agent knows of it (`is_told`).
    """
    times = before.get(ending.state, 0)
    if ending.state is RunState.CRASHED and times < max(CRASHES, config.max_retries):
        return RunState.PENDING
    if ending.state is RunState.FAILED and times < config.max_retries:
        return RunState.PENDING
    if ending.state is RunState.PREEMPTED and times >= PREEMPTIONS and not is_told:
        return RunState.FAILED
    return ending.state


def signal_name(number: int) -> str:
    """Return a signal's name, or its number where it has none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _said(exit_code: int) -> str:
    return f"killed by {signal_name(-exit_code)}" if exit_code < 0 else f"exit code {exit_code}"
