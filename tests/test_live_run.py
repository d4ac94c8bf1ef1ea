from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from support import a_sweep, grid, shell, until
from sweepcli import live_run
from sweepcli.records import JSON, Run, RunState
from sweepcli.sweep_config import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.live_run import LiveRun

RUN = Run("r1", "s1", 1, "0", RunState.RUNNING, {"x": 1, "deep": {"er": [1, "é"]}}, attempt=2)


def launch(*command: str, **more: JSON) -> LiveRun:
    sweep = a_sweep(grid(1, command, **more))
    config = parse.parse(sweep.config)
    results = os.path.abspath("r")
    live, _ = live_run.launch(RUN, sweep, config, results=results, interpreter="python")
    return live


def wait(live: LiveRun) -> int:
    codes: list[int] = []

    def has_ended() -> bool:
        code = live.poll()
        codes.extend([] if code is None else [code])
        return bool(codes)

    until(has_ended)
    return codes[0]


@pytest.fixture
def sleeper() -> Iterator[LiveRun]:
    live = launch("/bin/sleep", "1000")
    yield live
    live.close()


def test_each_attempt_has_a_folder_of_its_own() -> None:
    live = launch("/bin/true", "${args_json_file}")
    wait(live)
    live.close()

    folder = "r/someone/things/s1/runs/r1/2"
    assert sorted(os.listdir(folder)) == ["output.log", "params.json", "params.yaml"]


def test_a_json_file_named_by_the_command_is_there_when_the_program_starts() -> None:
    live = launch("/bin/cat", "${args_json_file}")
    wait(live)

    assert live.new_output() == b'{"x": 1, "deep": {"er": [1, "\\u00e9"]}}\n'
    live.close()


def test_what_is_logged_is_collected_once_and_the_rest_at_the_end() -> None:
    live = launch(*shell("""printf '{"a": 1}\\n{"a": 2}' >> $SWEEPCLI_EVENTS"""))
    wait(live)

    first, again, rest = live.collect(), live.collect(), live.collect(ended=True)

    assert [len(rows) for rows, _ in (first, again, rest)] == [1, 0, 1]
    assert rest[1].summary == {"a": 2}
    live.close()


def test_output_is_returned_in_pieces_and_once() -> None:
    live = launch("/usr/bin/head", "-c", str(live_run.OUTPUT_CHUNK + 5), "/dev/zero")
    wait(live)

    pieces = [len(live.new_output()) for _ in range(3)]

    assert pieces == [live_run.OUTPUT_CHUNK, 5, 0]
    live.close()


@pytest.mark.parametrize(
    ("exit_code", "state", "reason"),
    [
        (0, "finished", None),
        (1, "failed", "exit code 1"),
        (-9, "crashed", "killed by SIGKILL"),
        (-64, "crashed", "killed by SIGRTMAX"),
        (-50, "crashed", "killed by signal 50"),
    ],
)
def test_an_exit_code_says_how_an_attempt_ended(
    sleeper: LiveRun, exit_code: int, state: str, reason: str | None
) -> None:
    ending = sleeper.ending(exit_code)
    sleeper.end(signal.SIGKILL, "the test is over")
    wait(sleeper)

    assert (ending.state, ending.exit_code, ending.reason) == (state, exit_code, reason)


def test_a_run_that_was_told_to_end_is_killed_with_the_first_reason(sleeper: LiveRun) -> None:
    assert not sleeper.is_ending
    sleeper.end(signal.SIGTERM, "first")
    sleeper.end(signal.SIGKILL, "second")

    ending = sleeper.ending(wait(sleeper))

    assert (ending.state, ending.reason) == (RunState.KILLED, "first")


def test_a_run_that_ends_well_after_a_signal_is_finished(sleeper: LiveRun) -> None:
    sleeper.end(signal.SIGTERM, "first")
    wait(sleeper)

    assert sleeper.ending(0).state is RunState.FINISHED


def test_a_run_is_killed_only_when_its_time_is_over(
    sleeper: LiveRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeper.kill_if_overdue()
    sleeper.end(signal.SIGCONT, "a signal that it survives")
    sleeper.kill_if_overdue()
    assert sleeper.poll() is None

    monkeypatch.setattr(sleeper, "_kill_at", 0.0)
    sleeper.kill_if_overdue()

    assert wait(sleeper) == -signal.SIGKILL


def test_output_of_the_same_attempt_is_never_overwritten() -> None:
    first = launch("/bin/echo", "1")
    wait(first)
    first.close()

    again = launch("/bin/echo", "2")
    wait(again)

    assert again.new_output() == b"1\n2\n"
    again.close()
