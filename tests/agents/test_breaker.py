from __future__ import annotations

import pytest

from sweepcli.agents.breaker import Breaker
from sweepcli.errors import UsageError
from sweepcli.records import Ending, Run, RunState

START = 1000.0
PATIENT = {"WANDB_AGENT_DISABLE_FLAPPING": "true"}


def runs_until_it_trips(breaker: Breaker, pattern: str, *, every_s: float) -> tuple[int, str]:
    """Let runs end as the letters say: f failed, c crashed, k killed, p preempted, . finished."""
    states = {"f": "failed", "c": "crashed", "k": "killed", "p": "preempted", ".": "finished"}
    for number, letter in enumerate(pattern, 1):
        run = Run(f"r{number}", "s1", number, "", RunState.RUNNING, {})
        ending = Ending(RunState(states[letter]), 1, f"exit code 1: boom {number}", 1.0)
        if why := breaker.trips(run, ending, START + number * every_s):
            return number, why
    return 0, ""


@pytest.mark.parametrize(
    ("environ", "limit", "pattern", "every_s", "trips_at"),
    [
        ({}, None, "fff", 1.0, 3),
        ({}, None, "fcf", 1.0, 3),
        ({}, None, "fkfpf", 1.0, 5),
        ({}, None, "fffff", 60.0, 5),
        (PATIENT, None, "fffff", 1.0, 5),
        ({"WANDB_AGENT_MAX_INITIAL_FAILURES": "7"}, None, "f" * 9, 60.0, 7),
        ({"WANDB_AGENT_MAX_INITIAL_FAILURES": "1000", **PATIENT}, None, "f" * 999, 1.0, 0),
        ({}, None, "f." + "f" * 9, 1.0, 0),
        ({}, None, "." + "f" * 11, 60.0, 11),
        ({}, None, (".fffffffff" * 9), 1.0, 0),
        ({}, 2, "ff", 60.0, 2),
        ({}, 2, ".f.ff", 60.0, 5),
        ({}, 50, "f" * 49, 1.0, 0),
    ],
)
def test_it_trips_after_failures_in_a_row(
    environ: dict[str, str], limit: int | None, pattern: str, every_s: float, trips_at: int
) -> None:
    breaker = Breaker(environ, START, limit)
    assert runs_until_it_trips(breaker, pattern, every_s=every_s)[0] == trips_at


def test_a_run_that_fails_again_and_again_counts_once() -> None:
    breaker = Breaker({}, START)
    run = Run("r1", "s1", 1, "", RunState.RUNNING, {})

    tripped = [
        breaker.trips(run, Ending(RunState.CRASHED, -9, "killed by SIGKILL", 1.0), START)
        for _ in range(20)
    ]

    assert tripped == [None] * 20
    assert breaker.failed == [run]


def test_it_tells_the_cause_and_which_runs_failed() -> None:
    breaker = Breaker({}, START)

    _, why = runs_until_it_trips(breaker, "fff", every_s=1.0)

    assert why == "the first 3 runs failed within 60 seconds: each exit code 1: boom 3"
    assert [run.id for run in breaker.failed] == ["r1", "r2", "r3"]


def test_of_different_causes_it_tells_the_last() -> None:
    breaker = Breaker({}, START, 2)
    run = Run("r1", "s1", 1, "", RunState.RUNNING, {})
    breaker.trips(run, Ending(RunState.FAILED, 1, "exit code 1", 1.0, "one"), START)

    why = breaker.trips(
        run._replace(id="r2"), Ending(RunState.CRASHED, -9, "killed by SIGKILL", 1.0), START
    )

    assert why == "the first 2 runs failed within 60 seconds: the last killed by SIGKILL"


@pytest.mark.parametrize("text", ["0", "-1", "many"])
def test_a_limit_that_is_no_number_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="WANDB_AGENT_MAX_INITIAL_FAILURES"):
        Breaker({"WANDB_AGENT_MAX_INITIAL_FAILURES": text}, START)
