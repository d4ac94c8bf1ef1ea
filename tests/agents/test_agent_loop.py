"""An agent of this process with real programs; agents as processes: `acceptance/`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from postgres_server import Server
from support import Told, a_sweep, grid, place, shell
from sweepcli.agents import loop
from sweepcli.agents.loop import run_agent
from sweepcli.agents.options import AgentOptions
from sweepcli.agents.wakeup import Wakeup
from sweepcli.errors import StoreUnavailable
from sweepcli.records import Goal, Progress, Row, Run, RunState, SweepState
from sweepcli.runs import timing
from sweepcli.runs.slots import Slot
from sweepcli.stores import open_store

F = RunState.FINISHED
LOGS_X = shell("""echo "{\\"loss\\": $SWEEPCLI_PARAM_x}" >> $SWEEPCLI_EVENTS""")
UNIFORM = {"distribution": "uniform", "min": 0, "max": 1}


def test_a_grid_is_run_to_its_end_in_order(tmp_path: Path) -> None:
    with place(tmp_path, grid(3, ["/bin/true", "${args}"])) as here:
        report = here.run()

        assert (report.ran, report.states, report.exit_code) == (3, {F: 3}, 0)
        assert report.why == "nothing is left: all 3 runs of the grid search are claimed"
        assert here.told.argvs == [["/bin/true", f"--x={x}"] for x in (1, 2, 3)]
        assert here.states() == [F, F, F]
        assert here.told.notes == []


def test_the_state_goes_from_pending_over_running_to_finished(tmp_path: Path) -> None:
    with place(tmp_path, grid(2)) as here:
        seen = [here.store.sweep("s1").state]
        for count in (1, 1):
            here.run(run_limit=count)
            seen.append(here.store.sweep("s1").state)

        assert seen == [SweepState.PENDING, SweepState.RUNNING, SweepState.FINISHED]


@pytest.mark.parametrize("count", [1, 3])
def test_count_ends_the_agent_after_so_many_runs(tmp_path: Path, count: int) -> None:
    with place(tmp_path, {**grid(1), "method": "random", "parameters": {"x": UNIFORM}}) as here:
        report = here.run(run_limit=count)

        assert (report.ran, report.why) == (count, f"its count of {count} is reached")
        assert here.states() == [F] * count


def test_the_run_cap_ends_the_sweep(tmp_path: Path) -> None:
    config = {**grid(1), "method": "random", "parameters": {"x": UNIFORM}, "run_cap": 4}
    with place(tmp_path, config) as here:
        report = here.run()

        assert (report.ran, report.why) == (4, "nothing is left: the run_cap of 4 is reached")
        assert here.store.sweep("s1").state is SweepState.FINISHED


def test_an_agent_that_comes_late_ends_well_with_nothing_to_do(tmp_path: Path) -> None:
    with place(tmp_path, grid(2)) as here:
        here.run()
        late = here.run(run_limit=1)

        assert (late.ran, late.exit_code, late.why) == (
            *(0, 0),
            "the sweep is finished: all 2 runs of the grid search are claimed",
        )
        assert here.store.number_of_runs("s1") == 2


def test_random_search_of_six_values_makes_six_different_runs(tmp_path: Path) -> None:
    with place(tmp_path, {**grid(6), "method": "random", "seed": 7}) as here:
        assert here.run(run_limit=10).ran == 6
        assert sorted(run.params["x"] for run in here.store.runs("s1")) == [1, 2, 3, 4, 5, 6]


def test_values_that_a_script_writes_back_otherwise_do_not_repeat_a_run(tmp_path: Path) -> None:
    drift = (
        """echo '{"_event": "config", "config": {"x": "1.0", "more": {}}}' >> $SWEEPCLI_EVENTS"""
    )
    with place(tmp_path, grid(3, shell(drift))) as here:
        assert here.run(run_limit=9).ran == 3

        assert [run.params for run in here.store.runs("s1")] == [{"x": 1}, {"x": 2}, {"x": 3}]


@pytest.mark.parametrize("state", [SweepState.FINISHED, SweepState.CANCELED])
def test_a_sweep_that_is_stopped_hands_out_no_more(tmp_path: Path, state: SweepState) -> None:
    with place(tmp_path, grid(3)) as here:
        here.run(run_limit=1)
        here.store.set_state("s1", state, allowed=list(SweepState))

        report = here.run()

        assert (report.ran, report.exit_code, report.why) == (0, 0, f"the sweep is {state}")


@pytest.mark.parametrize(
    ("script", "state", "exit_code", "reason"),
    [
        ("exit 0", "finished", 0, None),
        ("exit 3", "failed", 3, "exit code 3"),
        ("kill -9 $$", "crashed", -9, "killed by SIGKILL"),
        ("kill -11 $$", "crashed", -11, "killed by SIGSEGV"),
        (
            "echo not found; exit 127",
            "failed",
            127,
            "exit code 127: a program in the command was not found: not found",
        ),
    ],
)
def test_a_run_ends_in_the_state_that_its_program_earned(
    tmp_path: Path, script: str, state: str, exit_code: int, reason: str | None
) -> None:
    with place(tmp_path, grid(2, shell(script))) as here:
        report = here.run()

        runs = here.store.runs("s1")
        assert [(r.state, r.exit_code, r.reason) for r in runs] == [(state, exit_code, reason)] * 2
        attempts = 8 if state == "crashed" else 2  # what the machine ended is tried again
        assert report.states == {RunState(state): attempts}
        assert here.store.sweep("s1").state is SweepState.FINISHED
        assert [run for run in here.told.runs if run.state == state] == runs


def test_an_agent_whose_runs_only_fail_gives_up_and_gives_them_back(tmp_path: Path) -> None:
    with place(tmp_path, grid(9, shell("echo boom; exit 1"))) as here:
        report = here.run(timing=timing.Timing(store_retry_s=0.01))

        assert (report.exit_code, report.ran) == (3, 3)
        assert report.why == (
            "the first 3 runs failed within 60 seconds: each exit code 1: boom; "
            "3 given back for other agents"
        )
        assert set(here.states()) == {RunState.PENDING}
        assert here.store.sweep("s1").state is SweepState.RUNNING


def test_what_fails_under_a_second_agent_too_stays_failed(tmp_path: Path) -> None:
    with place(tmp_path, grid(3, ["/bin/false"])) as here:
        here.run()
        report = here.run()

        assert report.exit_code == 3
        assert here.states() == [RunState.FAILED] * 3
        assert here.store.sweep("s1").state is SweepState.FINISHED


def test_an_agent_that_has_finished_a_run_bears_failures(tmp_path: Path) -> None:
    with place(tmp_path, grid(30, shell("[ $(($SWEEPCLI_PARAM_x % 10)) = 1 ]"))) as here:
        report = here.run()
        assert (report.exit_code, report.states) == (0, {F: 3, RunState.FAILED: 27})


def test_one_early_success_does_not_keep_a_bad_node_at_work(tmp_path: Path) -> None:
    with place(tmp_path, grid(30, shell("[ $SWEEPCLI_PARAM_x = 1 ]"))) as here:
        report = here.run()

        assert (report.exit_code, report.ran) == (3, 11)
        assert report.why.startswith("10 runs failed in a row: each exit code 1")
        assert here.store.counts("s1") == {F: 1, RunState.PENDING: 29}


def test_logged_lines_become_history_summary_and_value(tmp_path: Path) -> None:
    config = grid(3, LOGS_X, metric={"name": "loss", "goal": "maximize"})
    with place(tmp_path, config) as here:
        here.run()

        best = here.store.best_run("s1", Goal.MAXIMIZE)
        assert best is not None
        assert (best.params, best.value, best.summary) == ({"x": 3}, 3.0, {"loss": 3})
        assert [row.values for row in here.store.history(best.id, 1)] == [{"loss": 3}]


def test_what_a_crashed_run_had_logged_is_kept_to_its_last_line(tmp_path: Path) -> None:
    script = """printf '{"loss": 2}\\n{"loss": 1}\\n{"lo' >> $SWEEPCLI_EVENTS; kill -9 $$"""
    with place(tmp_path, grid(1, shell(script), metric={"name": "loss"})) as here:
        here.run()

        [run] = here.store.runs("s1")
        assert (run.state, run.value, run.value_step) == ("crashed", 1.0, 1)
        assert len(here.store.history(run.id, 1)) == 2
        assert here.told.notes == [
            f"{here.folder(run)[:-1]}{attempt}/events.jsonl:3: a line is not a JSON object "
            "and skipped"
            for attempt in (1, 2, 3, 4)
        ]


@pytest.mark.parametrize(
    "line",
    [
        f'{{"loss": 1, "_step": {10**30}}}',
        f'{{"loss": 1, "_timestamp": {10**400}}}',
        '{"loss": 1, "\\\\ud800": "\\\\udfff"}',
        f'{{"loss": 1, "big": {10**4000}}}',
    ],
    ids=["step", "time", "surrogates", "number"],
)
def test_no_logged_line_ends_the_agent(tmp_path: Path, line: str) -> None:
    script = f"""printf '{line}\\n' >> $SWEEPCLI_EVENTS"""
    with place(tmp_path, grid(2, shell(script), metric={"name": "loss"})) as here:
        assert here.run().states == {F: 2}

        assert [run.value for run in here.store.runs("s1")] == [1.0, 1.0]


def test_a_metric_that_was_never_logged_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    with place(tmp_path, grid(1, LOGS_X, metric={"name": "loos"})) as here:
        here.run()

        assert here.told.notes == [
            "the sweep's metric 'loos' was never logged; similar names that were: 'loss'"
        ]
        assert here.states() == [F]


def test_a_failed_run_is_not_blamed_for_a_missing_metric(tmp_path: Path) -> None:
    with place(tmp_path, grid(1, ["/bin/false"], metric={"name": "loss"})) as here:
        here.run()
        assert here.told.notes == []


@pytest.mark.parametrize("is_shown", [False, True])
def test_output_is_kept_and_shown_if_that_is_asked_for(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], *, is_shown: bool
) -> None:
    script = "printf 'x=%s\\377\\n' $SWEEPCLI_PARAM_x; echo oh >&2"
    with place(tmp_path, grid(2, shell(script))) as here:
        here.run(show_output=is_shown)

        shown = capfdbinary.readouterr().out
        kept = [here.read(run) for run in here.store.runs("s1")]
    assert kept == [b"x=1\xff\noh\n", b"x=2\xff\noh\n"]
    assert shown == (b"".join(kept) if is_shown else b"")


class Buggy(Told):
    def started(self, _run: Run, _slot: Slot, _argv: Sequence[str]) -> None:
        raise ZeroDivisionError


def test_a_bug_in_a_reporter_leaves_no_process_and_loses_no_run(tmp_path: Path) -> None:
    with place(tmp_path, grid(1, shell("[ $SWEEPCLI_ATTEMPT = 2 ] || exec sleep 1000"))) as here:
        here.told = Buggy()
        with pytest.raises(ZeroDivisionError):
            here.run()

        here.told = Told()
        assert here.run().states == {F: 1}

        assert here.store.runs("s1")[0].attempt == 2


def test_the_next_run_starts_without_waiting_for_a_timer(tmp_path: Path) -> None:
    with place(tmp_path, grid(20)) as here:
        before = time.monotonic()
        here.run()

        # A loop that polled once a second would need twenty.
        assert time.monotonic() - before < 10


def test_an_agent_of_short_runs_still_gives_signs_of_life(tmp_path: Path) -> None:
    # Runs that end before the next heartbeat is due must not make their agent pass for dead.
    seen: list[bool] = []

    with place(tmp_path, grid(2)) as here:

        class Watching(Told):
            def started(self, run: Run, slot: Slot, argv: Sequence[str]) -> None:
                super().started(run, slot, argv)
                [(_, agent)] = here.store.running("s1")
                seen.append(agent.heartbeat_at > agent.started_at)

        here.told = Watching()
        here.run(timing=timing.Timing(tick_s=0.0))

    assert seen == [True, True]


def test_who_watches_sees_what_is_logged_long_before_a_server_has_it(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "spread", lambda seconds: seconds)
    script = 'echo "{\\"loss\\": 1}" >> $SWEEPCLI_EVENTS; while [ ! -e go ]; do sleep 0.01; done'
    kept: list[int] = []

    class Watching(Told):
        def refresh(self) -> float:
            return 0.05

        def logged(self, run: Run, _rows: Sequence[Row], _progress: Progress) -> None:
            kept.append(store.number_of_rows(run.id, run.attempt))
            Path("go").touch()

    with closing(open_store(postgres.new_database())) as store:
        store.add_sweep(a_sweep(grid(2, shell(script), run_cap=1)))
        slowly = AgentOptions(timing=timing.Timing(heartbeat_s=100.0, lease_s=1000.0))
        run_agent(store, [store.sweep("s1")], slowly, Watching(), results=str(tmp_path))
        [run] = store.runs("s1")

        assert (kept, store.number_of_rows(run.id, 1)) == ([0], 1)


def test_an_agent_sleeps_while_its_run_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    wait = Wakeup.wait

    def counted(wakeup: Wakeup, timeout_s: float, *more: Sequence[int]) -> None:
        waits.append(timeout_s)
        wait(wakeup, timeout_s, *more)

    monkeypatch.setattr(Wakeup, "wait", counted)

    with place(tmp_path, grid(1, ["/bin/sleep", "0.3"])) as here:
        here.run()

    assert len([timeout for timeout in waits if timeout <= 0]) <= 2
    assert len(waits) < 10


def test_a_strict_agent_forgives_a_failure_that_a_retry_has_mended(tmp_path: Path) -> None:
    config = grid(1, shell("[ $SWEEPCLI_ATTEMPT = 2 ]"), max_retries=1)
    with place(tmp_path, config) as here:
        report = here.run(is_strict=True)

        assert (report.exit_code, report.states) == (0, {RunState.FAILED: 1, F: 1})


def test_an_agent_sleeps_between_its_tries_while_the_database_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = timing.Timing(outage_quiet_s=0.0, store_retry_s=0.1)
    tries: list[float] = []

    with place(tmp_path, grid(1)) as here:

        def end_attempt(*_: object) -> bool:
            tries.append(time.monotonic())
            if len(tries) == 3:
                monkeypatch.undo()
            raise StoreUnavailable("sweeps.db: the disk is full")

        monkeypatch.setattr(here.store, "end_attempt", end_attempt)
        assert here.run(timing=soon).states == {F: 1}

    assert all(later - earlier >= 0.05 for earlier, later in pairwise(tries))
    assert [note.split(".")[1].split(":")[1] for note in here.told.notes[:1]] == [
        " the disk is full"
    ]


def test_giving_up_is_tried_again_where_the_database_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with place(tmp_path, grid(9, ["/bin/false"])) as here:

        def give_back_failed(*_: object, **__: object) -> list[Run]:
            monkeypatch.undo()
            raise StoreUnavailable("sweeps.db: the disk is full")

        monkeypatch.setattr(here.store, "give_back_failed", give_back_failed)
        report = here.run(timing=timing.Timing(store_retry_s=0.01))

        assert (report.exit_code, report.ran) == (3, 3)
        assert set(here.states()) == {RunState.PENDING}
