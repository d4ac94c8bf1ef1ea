from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from support import until
from sweepcli import env
from sweepcli.errors import LaunchError
from sweepcli.runs import processes as local

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# Writes what it was given, as bytes, in Python's notation.
TELL = "import os, sys; print([os.fsencode(a) for a in sys.argv[1:]], os.environb.get(b'NAME'))"


def start(argv: Sequence[str], environ: Mapping[str, str] | None = None) -> local.Process:
    fd = os.open("output", os.O_RDWR | os.O_CREAT | os.O_APPEND)
    try:
        return local.start(argv, {"PATH": os.defpath} if environ is None else environ, fd)
    finally:
        os.close(fd)


def wait(process: local.Process) -> int:
    codes: list[int] = []

    def has_ended() -> bool:
        code = process.poll()
        codes.extend([] if code is None else [code])
        return bool(codes)

    until(has_ended)
    return codes[0]


def run(*argv: str, environ: Mapping[str, str] | None = None) -> tuple[int, str]:
    code = wait(start(argv, environ))
    with open("output", encoding="utf-8") as file:
        return code, file.read()


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "a b", "it's", '"', "\\", "--x", "-4", "é", "日本", "${HOME}", "$(id)", "*"),
        *("\t\n\r", "\x01\x7f", "\udcff\udc80", "a" * 100_000),
    ],
    ids=lambda text: ascii(text[:8]),
)
def test_arguments_and_environment_arrive_byte_for_byte(text: str) -> None:
    environ = {"NAME": text, "PYTHONSAFEPATH": "1"}

    code, output = run(sys.executable, "-c", TELL, "--lr=" + text, text, environ=environ)

    expected = os.fsencode(text)
    assert output == f"{[b'--lr=' + expected, expected]} {expected!r}\n"
    assert code == 0


def test_the_environment_is_what_was_given_and_nothing_more() -> None:
    _, output = run("/usr/bin/env", environ={"A": "1", "B": "x=y"})

    assert sorted(output.splitlines()) == ["A=1", "B=x=y"]


def test_standard_input_is_empty() -> None:
    assert run("/bin/cat") == (0, "")


def test_output_and_errors_are_in_one_file_in_their_order() -> None:
    assert run("/bin/sh", "-c", "echo a; echo b >&2; echo c") == (0, "a\nb\nc\n")


def test_a_program_leads_its_own_process_group_in_the_same_folder() -> None:
    process = start(["/bin/sh", "-c", "ps -o pgid= -p $$; pwd"])

    wait(process)

    with open("output", encoding="utf-8") as file:
        group, folder = file.read().split()
    assert (int(group), folder) == (process.pid, os.getcwd())


@pytest.mark.parametrize("code", [0, 1, 3, 127, 255])
def test_exit_codes_come_back(code: int) -> None:
    assert run("/bin/sh", "-c", f"exit {code}")[0] == code


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM, signal.SIGPIPE])
def test_signals_come_back_as_negative_numbers(number: signal.Signals) -> None:
    assert run("/bin/sh", "-c", f"kill -{int(number)} $$")[0] == -number


def test_a_closed_pipe_ends_a_program_as_it_would_in_a_shell() -> None:
    # Python ignores SIGPIPE, and would hand that on: `yes | head` would complain or never end.
    script = "{ yes; echo $? >&2; } | head -n 1"

    _, output = run("/bin/sh", "-c", script)

    assert sorted(output.splitlines()) == [str(128 + signal.SIGPIPE), "y"]


def test_a_running_program_has_no_exit_code_and_a_signal_reaches_its_whole_group() -> None:
    process = start(["/bin/sh", "-c", "sleep 1000 & echo $! > pid.new; mv pid.new pid; wait"])
    until(lambda: os.path.exists("pid"))
    assert process.poll() is None

    process.send(signal.SIGTERM)

    assert wait(process) == -signal.SIGTERM
    with open("pid", encoding="ascii") as file:
        child = int(file.read())
    until(lambda: not local.is_alive(child))


def test_a_signal_to_a_group_that_is_gone_is_no_error() -> None:
    process = start(["/bin/true"])
    wait(process)

    process.send(signal.SIGTERM)


def test_a_missing_program_is_told_with_where_it_was_sought() -> None:
    with pytest.raises(LaunchError, match=r"'\./train\.py': not found; .*relative to ") as error:
        start(["./train.py"])

    assert os.getcwd() in str(error.value)


def test_a_program_that_is_not_executable_is_told_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "train.sh").write_text("#!/bin/sh\n")

    with pytest.raises(LaunchError, match=r"not executable; `chmod \+x` it"):
        start(["./train.sh"])


def test_a_program_without_a_first_line_is_told_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("import sys\n")
    (tmp_path / "train.py").chmod(0o755)

    with pytest.raises(LaunchError, match="#!/bin/sh"):
        start(["./train.py"])


def test_a_program_whose_interpreter_is_missing_is_told(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("#!/no/such/python\n")
    (tmp_path / "train.py").chmod(0o755)

    with pytest.raises(LaunchError, match=r"'\./train\.py': its first line \(#!\) names an inter"):
        start(["./train.py"])


@pytest.mark.parametrize(
    ("argv", "advice"),
    [
        (["/bin/true", "a" * 200_000], r"too long for a command line; use \$\{args_json_file\}"),
        (["/bin/true", "a\0b"], "null"),
        (["."], "cannot start '.'"),
        ([""], "cannot start ''"),
    ],
    ids=["too long", "null byte", "folder", "empty"],
)
def test_what_the_system_refuses_is_told(argv: list[str], advice: str) -> None:
    with pytest.raises(LaunchError, match=advice):
        start(argv)


def test_the_interpreter_is_python_then_python3_then_our_own(tmp_path: Path) -> None:
    path = str(tmp_path)
    assert local.interpreter(path) == sys.executable
    for name in ("python3", "python"):
        (tmp_path / name).touch(0o755)
        assert local.interpreter(path) == name


def test_a_program_is_found_if_it_is_an_executable_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").touch(0o644)
    (tmp_path / "tool").touch(0o755)
    path = os.pathsep.join(["/nowhere", str(tmp_path)])

    found = [local.find_program(name, path) for name in ("folder", "text", "tool")]

    assert found == [None, None, str(tmp_path / "tool")]


def test_a_process_that_only_waits_to_be_reaped_is_not_alive() -> None:
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as cat:
        assert local.is_alive(cat.pid)
        cat.kill()
        until(lambda: not local.is_alive(cat.pid))
        assert cat.returncode is None
    assert local.is_alive(os.getpid())


def test_leftovers_of_one_attempt_are_killed_wherever_their_group_and_no_others() -> None:
    script = "setsid sleep 1000 & echo $! > pid.new; mv pid.new pid; wait"
    lost_environ = {"PATH": os.defpath, env.RUN_ID: "lost", env.ATTEMPT: "1"}
    lost = start(["/bin/sh", "-c", script], lost_environ)
    # Another agent may have started the next attempt meanwhile.
    newer = start(["/bin/sleep", "1000"], {**lost_environ, env.ATTEMPT: "2"})
    other = start(["/bin/sleep", "1000"], {**lost_environ, env.RUN_ID: "lost2"})
    until(lambda: os.path.exists("pid"))

    assert local.kill_leftovers("lost", 1) == 2

    assert wait(lost) == -signal.SIGKILL
    assert (newer.poll(), other.poll()) == (None, None)
    assert (local.kill_leftovers("lost", 2), local.kill_leftovers("lost2", 1)) == (1, 1)
    assert (wait(newer), wait(other)) == (-signal.SIGKILL, -signal.SIGKILL)


def test_leftovers_are_killed_though_it_took_long_to_find_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(local, "LEFTOVERS_S", 0.0)  # over before the first look is
    environ = {"PATH": os.defpath, env.RUN_ID: "slow", env.ATTEMPT: "1"}
    lost = start(["/bin/sleep", "1000"], environ)
    try:
        until(lambda: local.kill_leftovers("slow", 1) == 1)
    finally:
        lost.send(signal.SIGKILL)

    assert wait(lost) == -signal.SIGKILL


def test_what_a_program_leaves_in_its_group_is_killed_when_it_ends() -> None:
    process = start(["/bin/sh", "-c", "sleep 1000 & echo $! > pid.new; mv pid.new pid"])

    assert wait(process) == 0

    with open("pid", encoding="ascii") as file:
        child = int(file.read())
    until(lambda: not local.is_alive(child))


def test_a_program_can_be_interrupted_though_its_agent_cannot() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a script's & does
    try:
        process = start(["/bin/sh", "-c", "touch ready; exec sleep 1000"])
    finally:
        signal.signal(signal.SIGINT, before)
    until(lambda: os.path.exists("ready"))

    process.send(signal.SIGINT)

    assert wait(process) == -signal.SIGINT


@pytest.mark.parametrize(
    ("text", "kills"),
    [("nr_free 5\noom_kill 3\ndrop 1\n", 3), ("nr_free 5\n", None), (None, None)],
)
def test_the_kernel_is_asked_how_often_memory_ran_out(text: str | None, kills: int | None) -> None:
    if text is not None:
        with open("vmstat", "w", encoding="ascii") as file:
            file.write(text)

    assert local.oom_kills("vmstat") == kills


def test_a_free_port_is_free() -> None:
    port = local.free_port()

    with socket.socket() as taken:
        taken.bind(("", port))


def test_this_agent_is_alive_where_it_is() -> None:
    agent = local.this_agent("a1")

    assert (agent.id, agent.pid, agent.host) == ("a1", os.getpid(), socket.gethostname())
    assert (agent.place, agent.pid_started) == (local.place(), local.started(os.getpid()))
