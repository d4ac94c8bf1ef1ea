from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from started import start, wait
from support import until
from sweepcli.errors import LaunchError

# Writes what it was given, as bytes, in Python's notation.
TELL = "import os, sys; print([os.fsencode(a) for a in sys.argv[1:]], os.environb.get(b'NAME'))"


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


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGPIPE])
def test_signals_come_back_as_negative_numbers(number: signal.Signals) -> None:
    assert run("/bin/sh", "-c", f"kill -{int(number)} $$")[0] == -number


def test_a_closed_pipe_ends_a_program_as_it_would_in_a_shell() -> None:
    # Python ignores SIGPIPE, and would hand that on: `yes | head` would complain or never end.
    script = "{ yes; echo $? >&2; } | head -n 1"
    _, output = run("/bin/sh", "-c", script)
    assert sorted(output.splitlines()) == [str(128 + signal.SIGPIPE), "y"]


def test_a_missing_program_is_told_with_where_it_was_sought() -> None:
    with pytest.raises(LaunchError, match=r"^not found; .*relative to ") as error:
        start(["./train.py"])
    assert os.getcwd() in str(error.value)


@pytest.mark.parametrize(
    ("text", "mode", "cure"),
    [
        ("#!/bin/sh\n", 0o644, r"not executable; `chmod \+x` it"),
        ("import sys\n", 0o755, "#!/bin/sh"),
        ("#!/no/such/python\n", 0o755, r"^its first line \(#!\) names an inter"),
    ],
    ids=["not executable", "no first line", "no such interpreter"],
)
def test_a_program_that_cannot_be_started_is_told_with_the_cure(
    text: str, mode: int, cure: str, tmp_path: Path
) -> None:
    (tmp_path / "train.py").write_text(text)
    (tmp_path / "train.py").chmod(mode)

    with pytest.raises(LaunchError, match=cure):
        start(["./train.py"])


@pytest.mark.parametrize(
    ("argv", "advice"),
    [
        (["/bin/true", "a" * 200_000], r"too long for a command line; use \$\{args_json_file\}"),
        (["/bin/true", "a\0b"], "null"),
        (["."], "not executable"),
        ([""], "cannot be empty"),
    ],
    ids=["too long", "null byte", "folder", "empty"],
)
def test_what_the_system_refuses_is_told(argv: list[str], advice: str) -> None:
    with pytest.raises(LaunchError, match=advice):
        start(argv)


def test_a_program_can_be_interrupted_though_its_agent_cannot() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a script's & does
    try:
        process = start(["/bin/sh", "-c", "touch ready; exec sleep 1000"])
    finally:
        signal.signal(signal.SIGINT, before)
    until(lambda: os.path.exists("ready"))

    process.send(signal.SIGINT)

    assert wait(process) == -signal.SIGINT
