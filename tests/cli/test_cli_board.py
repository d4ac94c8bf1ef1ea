from __future__ import annotations

import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from command_lines import Call, Create
from launching import shown
from support import go_on
from terminals import CTRL_C, CTRL_Z, Terminal

# Prints a line, tells its loss, waits for a file `go`, prints more lines, and fails for x = 2.
CONFIG = """\
method: grid
metric: {name: loss}
command: [sh, train.sh, "${x}"]
parameters: {x: {values: [1, 2, 3]}}
"""
SCRIPT = """\
echo "begin $1 [red]"
echo "{\\"loss\\": 0.5$1}" >> $SWEEPCLI_EVENTS
until [ -e go ]; do sleep 0.02; done
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do echo "line $i of $1"; done
test $1 != 2
"""


@pytest.fixture
def path(folder: Path, call: Call) -> str:
    (folder / "train.sh").write_text(SCRIPT)
    (folder / "sweep.yaml").write_text(CONFIG)
    return call("sweep sweep.yaml").out.strip()


def end(terminal: Terminal, program: subprocess.Popen[bytes]) -> None:
    """Let the runs go on, and wait for the end of the program."""
    go_on()
    terminal.until(lambda: program.poll() is not None)


def lines_of(x: int) -> list[str]:
    """Return what the run of an x prints."""
    return [f"begin {x} [red]", *(f"line {i} of {x}" for i in range(1, 21))]


def printed(terminal: Terminal) -> list[str]:
    """Return the lines of runs on a terminal, without the ids of the runs."""
    lines = [line.partition("] ")[2] if line.startswith("[") else line for line in terminal.lines]
    return [line for line in lines if line.startswith(("begin ", "line "))]


def test_a_terminal_shows_the_run_and_then_every_line_once(path: str) -> None:
    with shown(f"agent {path}") as (terminal, program):
        terminal.until_shown("0 of 3 done", "best loss=0.51", "x=1", "begin 1 [red]")
        assert [line for line in terminal.shown if "0.51" in line]
        end(terminal, program)

    assert terminal.was_painted
    assert printed(terminal) == [*lines_of(1), *lines_of(2), *lines_of(3)]
    assert "to go" not in "\n".join(terminal.lines)
    assert terminal.lines[-2].endswith(
        "Its runs: 2 finished, 1 failed (1 x exit code 1: line 20 of 2)"
    )
    assert sum("Agent starting run" in line for line in terminal.lines) == 3


def test_parallel_runs_have_a_line_each_and_keep_their_lines(path: str) -> None:
    with shown(f"agent -j 3 {path}", columns=160, rows=18) as (terminal, program):
        terminal.until_shown("3 running, 0 left, ? to go", "0.51", "0.52", "0.53")
        end(terminal, program)

    seen = printed(terminal)
    for x in (1, 2, 3):
        mine = [line for line in seen if line.endswith((f" of {x}", f"begin {x} [red]"))]
        assert mine == lines_of(x)


def test_messages_alone_are_shown_where_output_goes_to_a_file(folder: Path, path: str) -> None:
    with shown(f"agent --count 1 {path} > out") as (terminal, program):
        terminal.until_shown("0 of 1 by this agent", "Agent starting run")
        end(terminal, program)

    assert printed(terminal) == []
    assert (folder / "out").read_text().splitlines() == lines_of(1)


@pytest.mark.parametrize(
    ("script", "term"),
    [
        ("agent --count 1 {}", "dumb"),
        ("agent --count 1 {} | cat", "xterm"),
        ("agent --quiet --count 1 {}", "xterm"),
        ("agent --count 1 {} 2>/dev/null", "xterm"),
        ("agent --count 1 {} & wait", "xterm"),
        ("set -m; agent --count 1 {} & wait", "xterm"),
        ("setsid --wait agent --count 1 {}", "xterm"),
    ],
)
def test_where_others_may_write_lines_are_written_and_no_board(
    path: str, script: str, term: str
) -> None:
    if script.startswith("setsid") and shutil.which("setsid") is None:
        pytest.skip("setsid is not installed")
    with shown(script.format(path), term=term) as (terminal, program):
        end(terminal, program)

    assert not terminal.was_painted
    assert printed(terminal) == ([] if "--quiet" in script else lines_of(1))


def test_ctrl_c_is_told_on_the_board_until_the_runs_have_ended(path: str) -> None:
    with shown(f"exec agent {path}") as (terminal, program):
        terminal.until_shown("begin 1", "0.51")
        terminal.press(CTRL_C)
        terminal.until_shown("── ctrl-c received. Waiting for runs to end.")
        end(terminal, program)

    assert program.returncode == 130
    assert terminal.lines[-2].endswith("interrupted by SIGINT. Its runs: 1 finished")
    assert printed(terminal) == lines_of(1)


def test_a_stopped_agent_leaves_its_lines_and_goes_on_with_them(path: str) -> None:
    with shown(f"set -m; agent --count 1 {path}; echo asleep; read; fg") as (terminal, program):
        terminal.until_shown("begin 1", "0.51")
        terminal.press(CTRL_Z)
        terminal.until_shown("asleep")
        assert ("to go" in "\n".join(terminal.lines), printed(terminal)) == (
            False,
            ["begin 1 [red]"],
        )
        terminal.press("\n")
        terminal.until_shown("? to go", "0.51")
        end(terminal, program)

    assert printed(terminal) == lines_of(1)


def test_kill_9_leaves_a_terminal_that_can_be_used(path: str) -> None:
    with shown(f"exec agent {path}") as (terminal, program):
        terminal.until_shown("begin 1", "0.51")
        program.send_signal(signal.SIGKILL)
        terminal.until(lambda: program.poll() is not None)
        terminal.read()

        assert terminal.is_as_it_was


def test_what_a_run_prints_cannot_break_the_board(created: Create) -> None:
    text = r"\033[2J\033[Hclear\033[31mred\033[0m\n10%%\r50%%\r\a\ttab\n\033]0;title\007end\n60%%"
    wild = created(
        "method: grid\n"
        f"command: [sh, -c, 'printf \"{text}\"; until [ -e go ]; do sleep 0.02; done']\n"
        "parameters: {x: {value: 1}}\n"
    )

    with shown(f"agent {wild}", columns=120) as (terminal, program):
        terminal.until_shown("clearred", "        tab", "end", "60%", "? to go")
        end(terminal, program)

    lines = [line for line in terminal.lines if not line.startswith("sweepcli: ")]
    assert lines == ["clearred", "        tab", "end", "60%"]
