from __future__ import annotations

import shlex
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from command_lines import CONFIG, Bash, Call, Create
from launching import SCRIPTS
from sweepcli.cli import program
from sweepcli.errors import NotSupported, SweepError, UsageError


def failing(error: BaseException) -> click.Command:
    @click.command("failing")
    def command() -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code"), [(SweepError("a\nb"), 1), (NotSupported("a\nb"), 1), (UsageError("a\nb"), 2)]
)
def test_error_is_told_line_by_line_with_its_exit_code(
    error: SweepError, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.run(failing(error), []) == code
    assert capsys.readouterr().err == "sweepcli: ERROR a\nsweepcli: ERROR b\n"


def test_bug_is_not_caught() -> None:
    with pytest.raises(ZeroDivisionError):
        program.run(failing(ZeroDivisionError()), [])


def test_interrupt_ends_with_130_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.run(failing(KeyboardInterrupt()), []) == 130
    assert capsys.readouterr().err.strip() == ""


def test_wrong_usage_ends_with_2(call: Call) -> None:
    for line in ("sweep", "sweep --nonsense x.yaml", "agent", "sweepcli --nonsense"):
        answer = call(line)
        assert (answer.code, answer.out) == (2, "")
        assert "Usage: " in answer.err


@pytest.mark.parametrize(
    "line", ["sweep missing.yaml", "agent abcd1234", "sweep --stop abcd1234", "sweep show a/b/c/d"]
)
def test_mistake_is_told_without_a_traceback(line: str, call: Call) -> None:
    answer = call(line)

    assert answer.code in (1, 2)
    assert answer.out == ""
    assert answer.err.startswith("sweepcli: ERROR ")


def test_module_runs_like_the_installed_command(bash: Bash) -> None:
    answer = bash(f"{shlex.quote(sys.executable)} -m sweepcli sweep sweep.yaml")
    path = answer.out.strip()
    assert f"Run sweep agent with: python -m sweepcli agent {path}" in answer.err


@pytest.mark.parametrize("line", ["sweepcli ls", "sweepcli sweep ls", "sweep ls"])
def test_sweepcli_has_the_commands_of_sweep(call: Call, path: str, line: str) -> None:
    answer = call(line)
    assert (answer.code, path in answer.out) == (0, True)


@pytest.mark.parametrize("name", ["agent", "sweep agent", "sweepcli agent", "sweepcli sweep agent"])
def test_the_agent_is_also_a_command_of_the_groups(call: Call, path: str, name: str) -> None:
    assert call(f"{name} --json {path}").json["ran"] == 3


@pytest.mark.parametrize("name", ["sweep", "sweepcli", "sweepcli sweep", "sweepcli create"])
def test_a_config_file_needs_no_command(call: Call, name: str) -> None:
    assert call(f"{name} -p other sweep.yaml").out.startswith("me/other/")


def test_ctrl_c_while_a_run_works_ends_the_agent_with_130(folder: Path, created: Create) -> None:
    waiting = "until test -e go; do sleep 0.01; done; echo tried"
    path = created(CONFIG.replace("echo tried", waiting))

    with subprocess.Popen([f"{SCRIPTS}/agent", path], stderr=subprocess.PIPE, text=True) as agent:
        assert agent.stderr is not None
        next(line for line in agent.stderr if "Agent starting run" in line)
        agent.send_signal(signal.SIGINT)
        next(line for line in agent.stderr if "ctrl-c received" in line)
        (folder / "go").touch()
        rest = agent.stderr.read()

    assert agent.returncode == 130
    assert "Its runs: 1 finished" in rest


def test_character_that_standard_output_cannot_show_is_escaped(bash: Bash) -> None:
    script = "sed 's/loss}/λ}/' sweep.yaml > e.yaml; PYTHONIOENCODING=latin-1 sweep check e.yaml"

    answer = bash(script)

    assert answer.code == 0
    assert "metric  \\u03bb (minimize)" in answer.out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux alone has /dev/full")
def test_full_disk_behind_standard_output_is_told(bash: Bash) -> None:
    answer = bash("sweep check sweep.yaml > /dev/full")
    assert answer.code == 1
    assert answer.err.endswith("ERROR standard output: No space left on device\n")


def test_closed_standard_output_is_no_error(bash: Bash) -> None:
    answer = bash("sweep sweep.yaml >&-")
    assert answer.code == 0
