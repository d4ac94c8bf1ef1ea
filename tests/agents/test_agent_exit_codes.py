"""What an agent's exit code says of its runs, and what it leaves behind about its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import a_sweep, grid, place, shell
from sweepcli.agents.report import OwnRuns
from sweepcli.records import RunState

F, S, BAD, LOST, K, P = (
    *(RunState.FINISHED, RunState.STOPPED, RunState.FAILED),
    *(RunState.CRASHED, RunState.KILLED, RunState.PREEMPTED),
)


@pytest.mark.parametrize(
    ("ends", "have_failed"),
    [
        ([], False),
        ([F, BAD], False),
        ([BAD], True),
        ([BAD, LOST], True),
        ([BAD, S, K, P], True),  # what others ended counts neither way
        ([S, K, P], False),
    ],
)
def test_runs_of_which_all_that_count_failed_are_no_success(
    ends: list[RunState], have_failed: bool
) -> None:
    runs = OwnRuns()
    for number, state in enumerate(ends):
        runs.add(f"r{number}", state)
    assert runs.have_failed([], is_strict=False) is have_failed


def test_a_run_counts_as_its_last_attempt_alone() -> None:
    runs = OwnRuns()
    for state in (BAD, BAD, K):
        runs.add("r1", state)
    assert (runs.have_failed([], is_strict=False), runs.failed) == (False, [])
    assert (runs.states, runs.attempts) == ({K: 1}, {BAD: 2, K: 1})


@pytest.mark.parametrize(
    ("script", "code"), [("exit 1", 1), ("kill -9 $$", 1), ("[ $SWEEPCLI_PARAM_x = 2 ]", 0)]
)
def test_an_agent_whose_runs_all_failed_exits_with_1(
    tmp_path: Path, script: str, code: int
) -> None:
    with place(tmp_path, grid(2, shell(script))) as here:
        report = here.run(run_limit=2)
        assert (report.exit_code, report.own_code) == (code, 0)


def test_a_strict_agent_that_found_nothing_judges_the_sweep(tmp_path: Path) -> None:
    with place(tmp_path, grid(2, shell("[ $SWEEPCLI_PARAM_x = 2 ]"))) as here:
        here.run()
        assert [here.run(is_strict=strict).exit_code for strict in (True, False)] == [1, 0]

        here.store.add_sweep(a_sweep(grid(1), "s2"))
        codes = [here.run(sweep_id="s2", is_strict=True).exit_code for _ in range(2)]
        assert codes == [0, 0]


@pytest.mark.parametrize(
    ("options", "code", "why"),
    [
        ({"run_limit": 1}, 1, "its count of 1 is reached"),
        ({"max_time_s": 0.0}, 0, "its time of 0 s is over"),
        ({"most_failures": 2}, 3, "the first 2 runs failed"),
    ],
)
def test_an_agent_leaves_behind_why_it_ended(
    tmp_path: Path, options: dict[str, int], code: int, why: str
) -> None:
    with place(tmp_path, grid(3, ["/bin/false"])) as here:
        here.run(**options)  # type: ignore[arg-type]  # some of AgentOptions

        agent = here.store.last_ended("s1")
        assert agent is not None
        assert (agent.ended_code, agent.sweeps) == (code, " s1 ")
        assert (agent.ended_why or "").startswith(why)
