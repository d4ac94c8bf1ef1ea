from __future__ import annotations

import pytest

from support import an_ending, grid
from sweepcli.records import RunState
from sweepcli.runs import outcome
from sweepcli.runs.outcome import Reason
from sweepcli.sweep_config import parse


@pytest.mark.parametrize(
    ("exit_code", "state", "reason"),
    [
        (0, "finished", None),
        (1, "failed", "exit code 1"),
        (126, "failed", "exit code 126: a program in the command is not executable"),
        (127, "failed", "exit code 127: a program in the command was not found"),
        (-9, "crashed", "killed by SIGKILL"),
        (-11, "crashed", "killed by SIGSEGV"),
        (-64, "crashed", "killed by SIGRTMAX"),
        (-50, "crashed", "killed by signal 50"),
    ],
)
def test_an_exit_code_says_how_an_attempt_ended(
    exit_code: int, state: str, reason: str | None
) -> None:
    ending = outcome.of(exit_code, 9.0)
    assert (ending.state, ending.exit_code, ending.reason) == (state, exit_code, reason)


@pytest.mark.parametrize("exit_code", [0, 1, -2, -9])
def test_who_was_told_to_end_ends_as_told_whatever_the_exit_code(exit_code: int) -> None:
    reason = Reason(RunState.PREEMPTED, "its agent was interrupted by SIGTERM")
    ending = outcome.of(exit_code, 9.0, reason=reason, is_preempting=True, is_out_of_memory=True)
    assert (ending.state, ending.exit_code, ending.reason) == (*reason[:1], exit_code, reason.text)


def test_a_kill_while_memory_ran_out_says_so_and_no_other_end_does() -> None:
    assert [outcome.of(code, 9.0, is_out_of_memory=True).reason for code in (-9, -15, 1)] == [
        "killed by SIGKILL; the kernel ran out of memory and killed a process",
        "killed by SIGTERM",
        "exit code 1",
    ]


@pytest.mark.parametrize(
    ("exit_code", "state"), [(0, "finished"), (1, "preempted"), (-15, "preempted")]
)
def test_a_program_that_says_it_is_preempted_is_so_unless_it_succeeds(
    exit_code: int, state: str
) -> None:
    assert outcome.of(exit_code, 9.0, is_preempting=True).state == state


def test_a_script_that_says_that_it_failed_has_failed_though_its_process_ended_well() -> None:
    ending = outcome.of(0, 9.0, said=3)
    assert (ending.state, ending.exit_code) == ("failed", 3)
    assert ending.reason == "finish() said exit code 3"
    assert outcome.of(0, 9.0, said=1, is_preempting=True).state == "preempted"


@pytest.mark.parametrize("said", [None, 0, 3])
def test_what_a_script_says_of_its_end_changes_no_bad_end(said: int | None) -> None:
    reason = Reason(RunState.STOPPED, "stopped")
    assert outcome.of(0, 9.0, said=said, reason=reason).exit_code == 0
    assert outcome.of(1, 9.0, said=said) == outcome.of(1, 9.0)
    assert outcome.of(-9, 9.0, said=said) == outcome.of(-9, 9.0)


@pytest.mark.parametrize(
    ("state", "exit_code", "before", "max_retries", "then"),
    [
        ("finished", 0, 0, 5, "finished"),
        ("killed", -2, 0, 5, "killed"),
        ("stopped", -2, 0, 5, "stopped"),
        ("failed", 1, 0, 0, "failed"),
        ("failed", 1, 1, 2, "pending"),
        ("failed", 1, 2, 2, "failed"),
        ("failed", None, 0, 1, "pending"),
        ("crashed", -9, 0, 0, "pending"),
        ("crashed", -9, 2, 0, "pending"),
        ("crashed", -9, 3, 0, "crashed"),
        ("crashed", None, 3, 4, "pending"),
    ],
)
def test_a_run_is_tried_again_as_often_as_its_ending_allows(
    state: str, exit_code: int | None, before: int, max_retries: int, then: str
) -> None:
    config = parse.parse(grid(1, max_retries=max_retries))
    ending = an_ending(RunState(state), exit_code)
    assert outcome.next_state(ending, {RunState(state): before}, config) == then


@pytest.mark.parametrize(
    ("times", "by_agent", "then"),
    [(9, False, "preempted"), (10, False, "failed"), (99, True, "preempted")],
)
def test_a_program_that_says_for_ever_that_it_is_preempted_is_not_believed_for_ever(
    times: int, *, by_agent: bool, then: str
) -> None:
    ending, before = an_ending(RunState.PREEMPTED, 1), {RunState.PREEMPTED: times}
    assert outcome.next_state(ending, before, parse.parse(grid(1)), by_agent=by_agent) == then
