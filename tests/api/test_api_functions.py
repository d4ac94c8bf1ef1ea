"""`sweepcli.agent(function=…)`, in this process and in forks of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import sweepcli
import training_folder
from support import until
from sweepcli.records import JSON
from sweepcli.sdk.run import STOP

GRID: dict[str, JSON] = {
    "method": "grid",
    "metric": {"name": "loss"},
    "parameters": {"x": {"values": [1, 2, 3]}},
}


@pytest.fixture(autouse=True)
def _outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from training_folder.outside(tmp_path, monkeypatch)


both = pytest.mark.parametrize("isolate", [False, True], ids=["here", "forked"])


def new_sweep(**more: JSON) -> str:
    return sweepcli.sweep({**GRID, **more}, project="p")


def states(sweep_id: str) -> list[str]:
    """Return the states of the runs that have begun."""
    found = [run.state for run in sweepcli.Api().sweep(sweep_id).runs]
    return [state for state in found if state != "pending"]


def logs_x() -> None:
    run = sweepcli.init(config={"y": 5})
    for step in range(3):
        run.log({"loss": run.config.x + step})


@both
def test_every_run_is_a_call_with_its_params(isolate: bool) -> None:
    sweep_id = new_sweep()
    before = dict(os.environ)

    sweepcli.agent(sweep_id, function=logs_x, isolate=isolate)

    sweep = sweepcli.Api().sweep(sweep_id)
    assert (sweep.state, states(sweep_id)) == ("FINISHED", ["finished"] * 3)
    assert sorted(run.params["x"] for run in sweep.runs) == [1, 2, 3]
    for run in sweep.runs:
        assert run.config == {"y": 5, "x": run.params["x"]}
        assert [row["loss"] for row in run.scan_history()] == [
            run.params["x"] + n for n in range(3)
        ]
        assert run.summary == {"loss": run.params["x"] + 2}
    assert dict(os.environ) == before
    assert sweepcli.run is None


@both
def test_a_function_that_says_that_it_failed_has_failed(isolate: bool) -> None:
    def says_so() -> None:
        run = sweepcli.init()
        run.log({"loss": run.config.x})
        run.finish(exit_code=0 if run.config.x == 1 else 5)

    sweep_id = new_sweep()
    sweepcli.agent(sweep_id, function=says_so, isolate=isolate)

    ended = {r.params["x"]: (r.state, r.exit_code) for r in sweepcli.Api().sweep(sweep_id).runs}
    assert ended == {1: ("finished", 0), 2: ("failed", 5), 3: ("failed", 5)}


def test_the_function_runs_in_the_calling_thread() -> None:
    seen = list[tuple[threading.Thread, int]]()

    sweepcli.agent(
        new_sweep(), lambda: seen.append((threading.current_thread(), os.getpid())), count=2
    )

    assert seen == [(threading.current_thread(), os.getpid())] * 2


def test_a_fork_leaves_nothing_behind() -> None:
    seen = list[int]()
    sweepcli.agent(new_sweep(), lambda: seen.append(1), isolate=True)
    assert seen == []


@both
def test_an_exception_fails_its_run_alone_and_its_traceback_is_kept(
    isolate: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails_once() -> None:
        run = sweepcli.init()
        run.log({"loss": 1})
        if run.config.x == 2:
            raise ValueError("two is too many")

    sweep_id = new_sweep()
    sweepcli.agent(sweep_id, fails_once, isolate=isolate)

    runs = {run.params["x"]: run for run in sweepcli.Api().sweep(sweep_id).runs}
    assert [runs[x].state for x in (1, 2, 3)] == ["finished", "failed", "finished"]
    assert runs[2].exit_code == 1
    with open(os.path.join(runs[2].dir, "output.log"), encoding="utf-8") as file:
        kept = file.read()
    assert "in fails_once" in kept
    assert kept.endswith("ValueError: two is too many\n")
    captured = capfd.readouterr()
    assert (captured.out + captured.err).count("raise ValueError(") == 1
    assert "(exit code 1: ValueError: two is too many)" in captured.err


@both
@pytest.mark.parametrize(("code", "state"), [(0, "finished"), (None, "finished"), (3, "failed")])
def test_an_exit_ends_the_run_and_not_the_agent(
    code: int | None, state: str, isolate: bool
) -> None:
    sweep_id = new_sweep()
    sweepcli.agent(sweep_id, lambda: sys.exit(code), count=2, isolate=isolate)
    assert states(sweep_id) == [state] * 2


@both
def test_a_poor_run_is_stopped_where_it_logs_and_may_clean_up(
    isolate: bool, tmp_path: Path
) -> None:
    def train() -> None:
        run = sweepcli.init()
        (tmp_path / f"begun {run.id}").touch()
        number = len([*tmp_path.glob("begun *")])
        if number < 3:
            for _ in range(4000):
                run.log({"loss": number})
            return
        try:
            while True:
                try:
                    run.log({"loss": number})
                    time.sleep(0.005)
                except Exception:  # noqa: BLE001, S110 -- as careless scripts do
                    pass
        finally:
            (tmp_path / "cleaned").touch()

    sweep_id = new_sweep(early_terminate={"type": "median", "min_iter": 2, "min_runs": 2})
    sweepcli.agent(sweep_id, train, isolate=isolate)

    assert sorted(states(sweep_id)) == ["finished", "finished", "stopped"]
    assert (tmp_path / "cleaned").exists()
    assert not STOP.is_wanted


def test_a_run_that_is_told_to_end_says_so_to_every_log() -> None:
    run = sweepcli.init()
    STOP.set()
    try:
        for _ in range(2):
            with pytest.raises(sweepcli.RunStopped, match="was stopped by its agent"):
                run.log({"loss": 1})
    finally:
        STOP.clear()
    assert not issubclass(sweepcli.RunStopped, Exception)


@both
def test_runs_that_only_fail_make_the_agent_give_up(isolate: bool) -> None:
    def fails() -> None:
        raise RuntimeError("nothing works")

    values: dict[str, JSON] = {"x": {"values": [*range(20)]}}
    sweep_id = new_sweep(parameters=values)
    with pytest.raises(sweepcli.Error, match=r"the agent gave up: .*RuntimeError: nothing works"):
        sweepcli.agent(sweep_id, fails, max_consecutive_failed_runs=2, isolate=isolate)

    assert states(sweep_id) == []  # given back for other agents


def test_a_function_all_of_whose_runs_failed_is_no_error_of_the_agent() -> None:
    def fails() -> None:
        raise ValueError("boom")

    sweep_id = new_sweep()
    sweepcli.agent(sweep_id, function=fails, count=1)
    assert states(sweep_id) == ["failed"]


def test_a_sweep_that_is_not_there_is_an_error() -> None:
    new_sweep()
    with pytest.raises(sweepcli.Error, match="nothere"):
        sweepcli.agent("nothere", logs_x)


@pytest.mark.parametrize("count", [0, -1])
def test_a_count_below_one_is_wrong_usage(count: int) -> None:
    with pytest.raises(sweepcli.UsageError, match="whole number from 1"):
        sweepcli.agent("x", logs_x, count=count)


def test_forks_need_the_main_thread() -> None:
    sweep_id, errors = new_sweep(), list[BaseException]()

    def call() -> None:
        try:
            sweepcli.agent(sweep_id, logs_x, isolate=True)
        except sweepcli.UsageError as error:
            errors.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()

    assert "main thread" in str(errors[0])


def test_a_run_that_was_begun_before_is_finished_first() -> None:
    before = sweepcli.init()
    sweepcli.agent(new_sweep(), logs_x, count=1)
    assert not before.is_running


def test_without_a_function_the_program_is_started(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        "import sweepcli; sweepcli.init(); sweepcli.log({'loss': 1})"
    )
    command = [sys.executable, "${program}"]
    sweep_id = new_sweep(program="train.py", command=command)

    sweepcli.agent(f"{sweep_id}", count=1)

    assert states(sweep_id) == ["finished"]


# As processes: what signals do

SCRIPT = """
import os, sys, time, sweepcli

def train():
    run = sweepcli.init()
    run.log({"loss": 1})
    open(f"at work {os.getpid()}", "w").close()
    while True:
        time.sleep(0.01)
        run.log({"loss": 1})

sweep_id = sweepcli.sweep(
    {"method": "grid", "metric": {"name": "loss"}, "parameters": {"x": {"values": [1, 2, 3]}}},
    project="p",
)
print(sweep_id, flush=True)
sweepcli.agent(sweep_id, train, isolate=sys.argv[1] == "forked")
print("behind it", flush=True)
"""


@pytest.fixture
def script(tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    started = list[subprocess.Popen[str]]()

    def start(way: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(SCRIPT), way],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            # Ignored where the tests themselves run in the background.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )
        started.append(process)
        until(lambda: list(tmp_path.glob("at work *")))
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("channel", "signals", "exit_code", "state"),
    [
        ("here", [signal.SIGINT], -signal.SIGINT, "killed"),
        # A fork may end its run after one, as programs may.
        ("forked", [signal.SIGINT, signal.SIGINT], -signal.SIGINT, "killed"),
        ("forked", [signal.SIGTERM], 75, "preempted"),
    ],
)
def test_a_signal_ends_run_agent_and_script(
    channel: str,
    signals: list[int],
    exit_code: int,
    state: str,
    script: Callable[[str], subprocess.Popen[str]],
) -> None:
    process = script(channel)
    for number in signals:
        process.send_signal(number)
        time.sleep(0.2 * (len(signals) - 1))  # two that come together are one
    out, _ = process.communicate(timeout=30)

    assert (process.returncode, "behind it" in out) == (exit_code, False)
    assert states(out.split()[0]) == [state]


def test_kill_9_takes_a_fork_along_and_its_run_is_taken_again(
    script: Callable[[str], subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = script("forked")
    [mark] = tmp_path.glob("at work *")
    process.kill()
    out, _ = process.communicate(timeout=30)

    until(lambda: not os.path.exists(f"/proc/{mark.name.rpartition(' ')[2]}"))
    sweep_id = out.split()[0]
    sweepcli.agent(sweep_id, logs_x)
    assert states(sweep_id) == ["finished"] * 3
