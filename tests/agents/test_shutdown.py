from __future__ import annotations

import signal

import pytest

from sweepcli.agents.shutdown import Shutdown
from sweepcli.records import RunState

INT, TERM, HUP, QUIT, KILL = (
    *(signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGKILL),
)
USR1, USR2 = signal.SIGUSR1, signal.SIGUSR2


def climbed(*signals: signal.Signals, forwards: bool = False) -> Shutdown:
    shutdown = Shutdown(forwards=forwards)
    for number in signals:
        shutdown.climb(number)
    return shutdown


@pytest.mark.parametrize(
    ("signals", "sent"),
    [
        ([], None),
        ([INT], None),
        ([INT, INT], INT),
        ([INT, INT, INT], KILL),
        ([INT] * 9, KILL),
        ([TERM], TERM),
        ([HUP], TERM),  # a run has no terminal to hang up
        ([QUIT], TERM),  # nor is its core wanted
        ([USR1], USR1),
        ([INT, TERM], TERM),
        ([TERM, INT], KILL),
        ([TERM, TERM], KILL),
        ([USR2], None),
        ([USR2, USR2], None),
        ([USR2, INT], INT),
    ],
)
def test_each_signal_climbs_the_ladder(
    signals: list[signal.Signals], sent: signal.Signals | None
) -> None:
    assert climbed(*signals).sent == sent


@pytest.mark.parametrize(
    ("signals", "exit_code", "state"),
    [
        ([INT, TERM], 130, RunState.KILLED),
        ([QUIT], 131, RunState.KILLED),
        ([TERM, INT], 75, RunState.PREEMPTED),
        ([USR1], 75, RunState.PREEMPTED),
        ([HUP], 75, RunState.PREEMPTED),
        ([USR2, TERM], 75, RunState.PREEMPTED),
        ([USR2, INT], 130, RunState.KILLED),
    ],
)
def test_the_first_signal_says_what_becomes_of_the_runs_and_the_exit_code(
    signals: list[signal.Signals], exit_code: int, state: RunState
) -> None:
    shutdown = climbed(*signals)
    assert (shutdown.exit_code, shutdown.reason.state) == (exit_code, state)


def test_a_drain_is_no_failure() -> None:
    shutdown = climbed(USR2)
    assert (shutdown.rung, shutdown.is_over, shutdown.exit_code) == (1, False, 0)


def test_a_ctrl_c_that_was_meant_for_the_script_around_is_the_second_rung() -> None:
    shutdown = Shutdown(is_background=True)
    shutdown.climb(INT)
    assert (shutdown.is_over, shutdown.sent, shutdown.exit_code) == (True, INT, 130)


def test_forwarding_sends_the_first_ctrl_c_on_and_keeps_usr1_for_the_runs() -> None:
    first, usr1 = climbed(INT, forwards=True), climbed(USR1, forwards=True)
    assert (first.rung, first.is_over, first.sent) == (1, False, INT)
    assert (usr1.rung, usr1.is_over, usr1.sent) == (0, False, USR1)


def test_each_rung_says_what_the_next_signal_would_do() -> None:
    shutdown = Shutdown()

    said = [shutdown.climb(INT) for _ in range(3)]

    assert "Send ctrl-c again to terminate them." in said[0]
    assert "again to kill" in said[1]
    assert said[2].startswith("Killing")
    assert shutdown.why == "interrupted by SIGINT"
