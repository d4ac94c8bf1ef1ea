from __future__ import annotations

import math
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import a_sweep, grid, shell, until
from sweepcli.errors import LaunchError
from sweepcli.records import JSON, Ending, Run, RunState
from sweepcli.runs import attempt, prepare, process_table
from sweepcli.runs.attempt import RunningAttempt
from sweepcli.runs.outcome import Reason
from sweepcli.runs.slots import Slot
from sweepcli.runs.timing import Timing
from sweepcli.stores.location import Location

RUN = Run("r1", "s1", 1, "0", RunState.RUNNING, {"x": 1, "deep": {"er": [1, "é"]}}, attempt=2)
TIMING = Timing(interrupt_delay_s=100.0, kill_delay_s=1000.0)
SLOT = Slot(0)
FIRST = Reason(RunState.KILLED, "first")


def launched(*command: str, slot: Slot = SLOT, **more: JSON) -> RunningAttempt:
    sweep = a_sweep(grid(1, command, **more))
    location = Location(os.path.abspath("r"))
    prepared = prepare.prepare(
        RUN, sweep, sweep.config, slot, location=location, interpreter="python"
    )
    return prepare.start(prepared, sweep.config)


def wait(live: RunningAttempt) -> Ending:
    until(lambda: live.has_ended(lambda: False))
    while not live.collect(ended=True):
        pass
    return live.ending()


def output(live: RunningAttempt) -> bytes:
    with open(live.output_path, "rb") as file:
        return file.read()


@pytest.fixture
def sleeper() -> Iterator[RunningAttempt]:
    live = launched("/bin/sleep", "1000")
    yield live
    live.relay(signal.SIGKILL)


def test_each_attempt_has_a_folder_of_its_own_and_the_run_one_for_checkpoints() -> None:
    wait(launched("/bin/true", "${args_json_file}"))

    assert sorted(os.listdir("r/someone/things/s1/runs/r1")) == ["2", "checkpoints"]
    folder = "r/someone/things/s1/runs/r1/2"
    files = ["command.json", "output.log", "params.json", "params.yaml"]
    assert sorted(os.listdir(folder)) == files


def test_a_json_file_named_by_the_command_is_there_when_the_program_starts() -> None:
    live = launched("/bin/cat", "${args_json_file}")
    wait(live)
    assert output(live) == b'{"x": 1, "deep": {"er": [1, "\\u00e9"]}}\n'


def test_a_program_of_several_words_that_is_not_found_is_shown_as_several_elements() -> None:
    with pytest.raises(LaunchError, match=r"\(one argument each: write accelerate, launch\): not"):
        launched("accelerate launch", "train.py")


def test_a_second_attempt_is_told_that_it_resumes() -> None:
    live = launched(
        *shell("echo $SWEEPCLI_RESUMED $SWEEPCLI_ATTEMPT; ls -d $SWEEPCLI_CHECKPOINT_DIR")
    )
    wait(live)

    folder = os.path.abspath("r/someone/things/s1/runs/r1/checkpoints")
    assert output(live).decode().split() == ["true", "2", folder]


def test_a_run_sees_the_gpus_of_its_slot_and_may_name_them_in_its_command() -> None:
    slot = Slot(3, ("4", "5"), ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES"))
    script = "echo $CUDA_VISIBLE_DEVICES $HIP_VISIBLE_DEVICES ${gpu} ${slot} $SWEEPCLI_SLOT"
    live = launched(*shell(script), slot=slot)
    wait(live)

    assert output(live) == b"4,5 4,5 4,5 3 3\n"


def test_a_run_without_gpus_keeps_what_the_agent_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "7")
    live = launched(*shell("echo $CUDA_VISIBLE_DEVICES"))
    wait(live)

    assert output(live) == b"7\n"


def test_the_port_in_the_command_is_the_one_of_the_environment_and_is_free() -> None:
    live = launched(*shell("echo ${port} $SWEEPCLI_PORT"))
    wait(live)

    port, same = map(int, output(live).split())
    assert port == same
    with socket.socket() as found:
        found.bind(("", port))


def test_what_is_logged_is_collected_once_and_the_rest_at_the_end() -> None:
    live = launched(*shell("""printf '{"a": 1}\\n{"a": 2}' >> $SWEEPCLI_EVENTS"""))
    until(lambda: live.has_ended(lambda: False))

    collected = []
    for ended in (False, False, True):
        assert live.collect(ended=ended)
        collected.append(len(live.unsaved))

    assert collected == [1, 1, 2]
    assert live.progress.summary == {"a": 2}


def test_a_run_that_was_told_to_end_has_the_first_reason(sleeper: RunningAttempt) -> None:
    assert not sleeper.is_ending
    sleeper.end(signal.SIGTERM, FIRST, TIMING)
    sleeper.end(signal.SIGKILL, Reason(RunState.PREEMPTED, "second"), TIMING)

    ending = wait(sleeper)

    assert (ending.state, ending.reason) == (RunState.KILLED, "first")


def test_a_run_that_is_told_to_end_and_exits_with_0_is_not_finished() -> None:
    live = launched(*shell("trap 'exit 0' INT; touch ready; while :; do sleep 0.01; done"))
    until(lambda: os.path.exists("ready"))

    live.end(signal.SIGINT, FIRST, TIMING)

    ending = wait(live)
    assert (ending.state, ending.exit_code) == (RunState.KILLED, 0)


def test_signals_get_harder_with_time() -> None:
    script = "trap 'echo INT' INT; trap 'echo TERM' TERM; touch ready; while :; do sleep 0.01; done"
    live = launched(*shell(script))
    until(lambda: os.path.exists("ready"))
    start = time.monotonic()

    live.end(signal.SIGINT, FIRST, TIMING)
    until(lambda: b"INT" in output(live))
    live.escalate(start + 50.0, TIMING)
    assert 100.0 <= live.due_at - start < 150.0
    live.escalate(start + 200.0, TIMING)
    until(lambda: b"TERM" in output(live))
    assert not live.has_ended(lambda: False)
    live.escalate(start + 1200.0, TIMING)

    assert wait(live).exit_code == -signal.SIGKILL
    assert live.due_at == math.inf


def test_who_is_warned_otherwise_has_as_long_as_from_term_to_kill(sleeper: RunningAttempt) -> None:
    start = time.monotonic()
    sleeper.end(signal.SIGCONT, FIRST, TIMING)
    assert 1000.0 <= sleeper.due_at - start < 1050.0


def test_a_run_is_killed_at_its_latest_time_and_with_its_reason(sleeper: RunningAttempt) -> None:
    start = time.monotonic()
    sleeper.kill_by(start + 5.0, Reason(RunState.PREEMPTED, "the time is over"))
    sleeper.kill_by(start + 9.0, FIRST)

    sleeper.escalate(start + 4.0, TIMING)
    assert not sleeper.is_ending
    sleeper.escalate(start + 5.0, TIMING)

    ending = wait(sleeper)
    assert (ending.state, ending.reason) == (RunState.PREEMPTED, "the time is over")


def test_a_run_whose_timeout_is_over_has_failed() -> None:
    live = launched("/bin/sleep", "1000", timeout="90s")

    live.escalate(time.monotonic() + 80.0, TIMING)
    assert not live.is_ending
    live.escalate(live.due_at, TIMING)

    ending = wait(live)
    assert (ending.state, ending.reason) == (RunState.FAILED, "its timeout of 90 s is over")
    assert ending.exit_code == -signal.SIGINT


def test_whether_memory_has_run_out_is_asked_for_a_kill_alone() -> None:
    asked = []

    def has_run_out() -> bool:
        asked.append(True)
        return True

    ways = []
    for script in ("kill -9 $$", "kill -11 $$", "exit 1"):
        live = launched(*shell(script))
        until(lambda live=live: live.has_ended(has_run_out))  # type: ignore[misc]
        ways.append(str(live.ending().reason))

    assert asked == [True]
    assert ["out of memory" in way for way in ways] == [True, False, False]


def test_a_program_that_says_it_is_preempted_and_fails_is_preempted() -> None:
    live = launched(*shell("""echo '{"_event": "preempting"}' >> $SWEEPCLI_EVENTS; exit 1"""))
    ending = wait(live)
    assert (ending.state, ending.exit_code) == (RunState.PREEMPTED, 1)


def test_what_a_failed_run_leaves_in_other_groups_is_killed() -> None:
    script = "setsid sleep 1000 & echo $! > pid.new; mv pid.new pid; exit 1"
    live = launched(*shell(script))

    wait(live)

    with open("pid", encoding="ascii") as file:
        assert not process_table.is_alive(int(file.read()))


def test_the_last_lines_are_as_a_terminal_shows_them() -> None:
    script = "seq 30; printf '1%%\\r2%%\\r3%%\\r\\n\\377\\n'; head -c 5000 /dev/zero; exit 1"
    ending = wait(launched(*shell(script)))

    lines = str(ending.output).split("\n")
    assert lines[:2] == ["14", "15"]
    assert lines[17:19] == ["3%", "\ufffd"]
    assert (len(lines), len(lines[19])) == (20, attempt.LONGEST_LINE)


def test_a_cause_is_found_before_a_long_report_and_the_output_stays_the_last_lines(
    tmp_path: Path,
) -> None:
    head, frame = "Traceback (most recent call last):", '  File "a"'
    report = "torch.distributed.elastic.multiprocessing.errors.ChildFailedError: train.py FAILED"
    lines = [head, frame, "ValueError: bad lr", *["of a rank"] * 50, head, frame, report]
    (tmp_path / "printed").write_text("\n".join(lines))

    ending = wait(launched(*shell(f"cat {tmp_path}/printed; exit 1")))

    assert ending.reason == "exit code 1: ValueError: bad lr"
    assert ending.output == "\n".join(lines[-attempt.TAIL_LINES :])


def test_the_output_of_a_run_that_finished_is_not_kept_twice() -> None:
    assert wait(launched("/bin/echo", "done")).output is None
