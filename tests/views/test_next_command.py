from __future__ import annotations

import signal
from dataclasses import replace

import pytest

from support import a_sweep
from sweepcli.agents.report import AgentReport, OwnRuns
from sweepcli.records import Run, RunState, SweepState
from sweepcli.views import next_command
from sweepcli.views.failures import Failure
from sweepcli.views.status import SweepStatus
from sweepcli.views.sweep_state import ShownState

PATH = "someone/things/s1"
GOOD = Run("r1", "s1", 1, "1", RunState.FINISHED, {}, value=1.0)
FAILED = (Failure("exit code 1", ("r9", "r8")),)


def a_status(state: SweepState, *, is_idle: bool = False, **more: object) -> SweepStatus:
    shown = ShownState(str(state), is_idle=is_idle)
    found = SweepStatus(a_sweep()._replace(state=state), {}, 3, GOOD, 1.0, shown)
    return replace(found, **more)  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (a_status(SweepState.PENDING, is_idle=True), f"agent {PATH}"),
        (a_status(SweepState.RUNNING, is_idle=True, failures=FAILED), f"agent {PATH}"),
        (a_status(SweepState.PENDING), f"sweep top {PATH}"),
        (a_status(SweepState.RUNNING), f"sweep top {PATH}"),
        (a_status(SweepState.FINISHED, counts={RunState.RUNNING: 1}), f"sweep top {PATH}"),
        (a_status(SweepState.PAUSED, is_idle=True), f"sweep resume {PATH}"),
        (a_status(SweepState.FINISHED, failures=FAILED), "sweep logs r9"),
        (a_status(SweepState.CANCELED), f"sweep best {PATH}"),
        (a_status(SweepState.FINISHED), f"sweep best {PATH}"),
        (a_status(SweepState.FINISHED, best=None), f"sweep runs {PATH}"),
    ],
)
def test_a_status_leads_to_what_is_to_do(status: SweepStatus, words: str) -> None:
    assert next_command.after_status(status) == words
    assert next_command.after_watching(status) == words.replace("top", "runs")


@pytest.mark.parametrize(
    ("states", "number", "best", "words"),
    [
        ([RunState.FINISHED], 0, GOOD, f"sweep best {PATH}"),
        ([RunState.FINISHED], 0, None, f"sweep show {PATH}"),
        ([RunState.FAILED, RunState.FINISHED], 0, GOOD, f"sweep show {PATH}"),
        ([RunState.FAILED], 0, None, "sweep logs r0"),
        ([RunState.FINISHED], signal.SIGINT, GOOD, f"agent {PATH}"),
        ([RunState.PREEMPTED], signal.SIGTERM, GOOD, None),
        ([], 0, GOOD, None),
    ],
)
def test_an_agent_leads_to_its_runs(
    states: list[RunState], number: int, best: Run | None, words: str | None
) -> None:
    runs = OwnRuns()
    for at, state in enumerate(states):
        runs.add(f"r{at}", state)
    report = AgentReport(runs, "nothing is left", 0, 0, number)

    assert next_command.after_agent(report, a_sweep(), best) == words


def test_a_run_leads_to_its_output_and_that_to_the_run() -> None:
    def after(state: RunState) -> tuple[str, str]:
        run, sweep = GOOD._replace(state=state), a_sweep()
        return next_command.after_run(run, sweep), next_command.after_output(run)

    assert after(RunState.FINISHED) == ("sweep logs r1", "sweep show r1")
    assert after(RunState.FAILED) == ("sweep logs r1", "sweep retry r1")
    assert after(RunState.RUNNING) == ("sweep logs r1 --follow", "sweep show r1")
    assert after(RunState.PENDING)[0] == f"agent {PATH}"


def test_the_newest_sweep_is_what_a_list_leads_to() -> None:
    older = a_status(SweepState.PENDING)
    newer = replace(
        older, sweep=older.sweep._replace(id="s2", created_at=older.sweep.created_at + 1)
    )
    assert next_command.after_list([]) is None
    assert next_command.after_list([newer, older]) == "sweep show someone/things/s2"


def test_a_path_with_spaces_is_quoted() -> None:
    assert next_command.of_sweep("agent", "me/a b/s1") == "agent 'me/a b/s1'"
