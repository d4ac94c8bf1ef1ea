"""Early termination and the target, by an agent of this process with real programs."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from support import (
    an_ending,
    begin,
    claimed,
    end,
    give_back,
    grid,
    place,
    shell,
)
from sweepcli.records import JSON, Metric, Row, Run, RunState, SweepState
from sweepcli.runs.attempt import RunningAttempt
from sweepcli.runs.slots import Slot
from sweepcli.runs.timing import Timing
from sweepcli.stopping import Stop
from sweepcli.stores import Store, open_store
from sweepcli.sweeps.early_stop import EarlyStop

F, STOPPED = RunState.FINISHED, RunState.STOPPED
METRIC = {"name": "loss", "goal": "minimize"}
HYPERBAND = {"type": "hyperband", "min_iter": 1}
# Logs its x, and only the first run ever ends by itself.
STAYS = """
    echo "{\\"loss\\": $SWEEPCLI_PARAM_x}" >> $SWEEPCLI_EVENTS
    test $SWEEPCLI_PARAM_x = 1 || { sleep 600 & wait; }
"""
LOGS_X = """echo "{\\"loss\\": $SWEEPCLI_PARAM_x}" >> $SWEEPCLI_EVENTS"""


def config(script: str, cells: int = 3, **more: JSON) -> dict[str, JSON]:
    return grid(cells, shell(script), **{"metric": METRIC, **more})


def test_poor_runs_are_stopped_and_are_no_failures(tmp_path: Path) -> None:
    with place(tmp_path, config(STAYS, early_terminate=HYPERBAND)) as here:
        report = here.run(is_strict=True)

        assert (report.states, report.exit_code) == ({F: 1, STOPPED: 2}, 0)
        assert here.states() == [F, STOPPED, STOPPED]
        second = here.store.runs("s1")[1]
        assert second.reason == (
            "stopped: 2 at step 0 (value 1) is worse than 1, the best third after 1 value"
        )
        assert (second.value, second.exit_code) == (2, -signal.SIGTERM)
        assert here.store.sweep("s1").state is SweepState.FINISHED


def test_a_program_that_will_not_end_is_killed_and_counts_as_stopped(tmp_path: Path) -> None:
    script = f"trap '' TERM\n{STAYS.replace('& wait', '')}"
    with place(tmp_path, config(script, 2, early_terminate=HYPERBAND)) as here:
        here.run(timing=Timing(kill_delay_s=0.05))

        assert here.states() == [F, STOPPED]
        assert here.store.runs("s1")[1].exit_code == -signal.SIGKILL


def test_a_program_that_saves_its_work_and_exits_well_counts_as_stopped(tmp_path: Path) -> None:
    script = f"trap 'exit 0' TERM\n{STAYS}"
    with place(tmp_path, config(script, 2, early_terminate=HYPERBAND)) as here:
        here.run()

        assert here.states() == [F, STOPPED]
        assert here.store.runs("s1")[1].exit_code == 0


def test_a_run_that_was_good_is_stopped_once_another_is_better(tmp_path: Path) -> None:
    # The second run begins beside the first, and logs 3 - 2 = 1 once it knows of the first's 2.
    script = """
        echo "{\\"loss\\": $((3 - SWEEPCLI_PARAM_x))}" >> $SWEEPCLI_EVENTS
        test $SWEEPCLI_PARAM_x = 2 || { sleep 600 & wait; }
    """
    with place(tmp_path, config(script, 2, early_terminate=HYPERBAND)) as here:
        here.run(slots=[Slot(0), Slot(1)])

        assert here.states() == [STOPPED, F]


def test_a_metric_that_is_no_number_any_more_ends_its_run(tmp_path: Path) -> None:
    script = """echo '{"loss": 1}\n{"loss": NaN}' >> $SWEEPCLI_EVENTS; sleep 600 & wait"""
    with place(tmp_path, config(script, 1, early_terminate={"type": "nan"})) as here:
        here.run()

        assert here.store.runs("s1")[0].reason == "stopped at step 1: the metric is nan"


@pytest.mark.parametrize("needed", [3, 1])
def test_runs_that_log_too_little_to_be_judged_are_told_of(tmp_path: Path, needed: int) -> None:
    rule = {**HYPERBAND, "min_iter": needed}
    with place(tmp_path, config(LOGS_X, early_terminate=rule)) as here:
        here.run()

        assert here.states() == [F, F, F]
        said = (
            "a run logged one value of 'loss', and early_terminate looks at runs after "
            f"{needed}: it cannot stop such runs; log more often, or let it look sooner"
        )
        assert here.told.notes == [said] * 3


# Says its end, and stays a while: to save a model, or to begin again.
SAYS_END = """
    printf '{"loss": %s}\\n{"_event": "finish"}\\n' $SWEEPCLI_PARAM_x >> $SWEEPCLI_EVENTS
    sleep 0.3
"""


def test_a_run_that_has_said_that_it_is_done_is_let_be(tmp_path: Path) -> None:
    with place(tmp_path, config(SAYS_END, early_terminate=HYPERBAND)) as here:
        here.run(timing=Timing(tick_s=0.01))

        assert here.states() == [F, F, F]


def test_a_run_that_says_that_it_is_done_while_it_is_judged_is_let_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = EarlyStop.poor

    def says_end(early_stop: EarlyStop, running: Mapping[str, RunningAttempt]) -> list[Stop]:
        stops = judged(early_stop, running)
        for run_id, _ in stops:
            events = Path(running[run_id].output_path).with_name("events.jsonl")
            with events.open("a", encoding="ascii") as file:
                file.write('{"_event": "finish"}\n')
        return stops

    monkeypatch.setattr(EarlyStop, "poor", says_end)
    waits = f"""{LOGS_X}
        until test $SWEEPCLI_PARAM_x = 1 || grep -q finish $SWEEPCLI_EVENTS; do sleep 0.01; done
    """
    with place(tmp_path, config(waits, 2, early_terminate=HYPERBAND)) as here:
        here.run()

        assert here.states() == [F, F]


def test_a_run_that_has_begun_again_since_is_judged_again(tmp_path: Path) -> None:
    script = f"""{SAYS_END} echo '{{"_event": "init"}}' >> $SWEEPCLI_EVENTS; sleep 600 & wait"""
    once = f"test $SWEEPCLI_PARAM_x = 1 && {{ {LOGS_X}; exit; }}; {script}"
    with place(tmp_path, config(once, 2, early_terminate=HYPERBAND)) as here:
        here.run()

        assert here.states() == [F, STOPPED]


# The target


@pytest.mark.parametrize(
    ("metric", "ran", "why"),
    [
        ({"target": 2.5, "goal": "maximize"}, 3, "loss 3"),
        ({"target": 2, "goal": "maximize"}, 2, "loss 2"),
        ({"target": 1, "goal": "minimize"}, 1, "loss 1"),
    ],
)
def test_a_target_ends_the_sweep(
    tmp_path: Path, metric: dict[str, JSON], ran: int, why: str
) -> None:
    with place(tmp_path, config(LOGS_X, 5, metric={**METRIC, **metric})) as here:
        report = here.run()

        reached = here.store.runs("s1")[ran - 1]
        assert (report.ran, report.exit_code) == (ran, 0)
        assert report.why == f"run {reached.id} reached the target: {why}"
        assert here.store.sweep("s1").state is SweepState.FINISHED
        assert here.run().ran == 0


def test_runs_at_work_may_end_when_the_target_is_reached(tmp_path: Path) -> None:
    # The second run ends only once the sweep is finished, which the first one brings about.
    script = f"""
        {LOGS_X}
        until test $SWEEPCLI_PARAM_x = 1 -o -e {tmp_path}/finished; do sleep 0.01; done
    """
    with place(tmp_path, config(script, 9, metric={**METRIC, "target": 1})) as here:
        ended = here.told.ended

        def first_has_ended(run: Run, ending: JSON) -> None:
            ended(run, ending)
            if run.number == 1:
                (tmp_path / "finished").touch()

        here.told.ended = first_has_ended  # type: ignore[method-assign]
        here.run(slots=[Slot(0), Slot(1)])

        assert [state for state in here.states() if state is not RunState.PENDING] == [F, F]


# What an agent reads


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(str(tmp_path / "sweep-results"))
    begin(made)
    yield made
    made.close()


def log(store: Store, run: Run, *losses: float, first: int = 0) -> None:
    rows = [Row(first + i, first + i, None, {"loss": loss}) for i, loss in enumerate(losses)]
    store.save_progress(run, rows, run.progress)


def test_it_reads_what_is_new_of_all_runs_and_attempts(store: Store) -> None:
    rule = {"type": "hyperband", "min_iter": 2}
    early_stop = EarlyStop(store, "s1", Metric("loss"), rule)
    ours, other = claimed(store), claimed(store)
    log(store, ours, 5)
    log(store, other, 4)
    assert early_stop.poor([ours.id]) == []

    log(store, ours, 5, first=1)
    log(store, other, 9, first=1)
    assert early_stop.poor([ours.id]) == []

    give_back(store, other)
    other = claimed(store)
    log(store, other, 4, 3)  # begins again: its 9 is forgotten
    assert [run_id for run_id, _ in early_stop.poor([ours.id])] == [ours.id]

    end(store, other, an_ending())
    assert [run_id for run_id, _ in early_stop.poor([ours.id])] == [ours.id]
    assert early_stop.poor([]) == []


@pytest.mark.parametrize("row", [{"val.loss": 3}, {"val": {"loss": 3}}])
def test_it_finds_nested_values(store: Store, row: dict[str, JSON]) -> None:
    early_stop = EarlyStop(store, "s1", Metric("val.loss"), {"type": "nan", "worse_than": 2})
    run = claimed(store)
    store.save_progress(run, [Row(0, 4, None, row)], run.progress)

    assert early_stop.poor([run.id])[0].reason == (
        "stopped at step 4: the metric is 3, worse than 2"
    )
