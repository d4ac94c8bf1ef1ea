"""A look is a process that may do anything; whoever asked it goes on."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
import time
from pathlib import Path

import pytest

from support import until
from sweepcli.code import looking
from sweepcli.code.looking import LookError, Looking
from sweepcli.code.place import Place
from sweepcli.code.watch import AFTER_FAILURE_S, Watch
from sweepcli.records import NOT_SEEN, Run, RunState

LONG_S = 60.0
ANSWER = {
    "code": "c1",
    "environment": "e1",
    "watch": [["/a.py", 1, 2, 3, 4]],
    "is_all": True,
    "changed": [["a.py", 2_000_000_000], ["b.py", None]],
    "problem": None,
    "seconds": 0.5,
}


@pytest.fixture
def here(tmp_path: Path) -> Place:
    return Place(str(tmp_path / "results"), str(tmp_path))


def is_played_by(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let a script of the shell be the program that looks."""
    monkeypatch.setattr(looking, "PROGRAM", ("/bin/sh", "-c", script))


def saying(text: str) -> str:
    return f"cat > asked; printf %s {shlex.quote(text)}"


def test_what_a_look_says_is_understood(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    is_played_by(monkeypatch, saying(f"a warning\n{json.dumps(ANSWER)}\n"))

    look = Looking(here, "c0", os.environ)
    found = look.wait(LONG_S)
    look.end()

    assert found is not None
    assert (found.code, found.environment, found.is_all) == ("c1", "e1", True)
    assert found.watch == (("/a.py", 1, 2, 3, 4),)
    assert found.changed == (("a.py", 2.0), ("b.py", None))
    asked = json.loads(Path("asked").read_text("utf-8"))
    assert asked == {"place": here.to_json(), "before": "c0"}


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exit 0", "it said nothing"),
        ("echo ModuleNotFoundError: no; exit 1", "ModuleNotFoundError: no"),
        ("echo Traceback >&2; echo 'MemoryError' >&2", "MemoryError"),
        ("kill -9 $$", "it said nothing"),
        (saying("[]"), r"\[\]"),
        (saying(json.dumps({**ANSWER, "watch": [["a"]]})), "watch"),
        (saying(json.dumps({**ANSWER, "code": 5})), "code"),
        (saying(json.dumps(ANSWER)[:60]), "c1"),
        ("cat /dev/zero", "it said too much"),
    ],
)
def test_a_look_that_fails_says_why(
    here: Place, monkeypatch: pytest.MonkeyPatch, script: str, why: str
) -> None:
    is_played_by(monkeypatch, script)
    monkeypatch.setattr(looking, "MOST_SAID", 1 << 17)

    look = Looking(here, None, os.environ)
    with pytest.raises(LookError, match=why):
        look.wait(LONG_S)
    look.end()


def test_a_look_that_hangs_is_given_up(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    is_played_by(monkeypatch, "sleep 600")
    monkeypatch.setattr(looking, "LONGEST_S", 0.05)

    look = Looking(here, None, os.environ)
    with pytest.raises(LookError, match="not done after"):
        look.wait(LONG_S)
    look.end()


def test_a_look_that_cannot_be_started_is_a_failure(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(looking, "PROGRAM", ("/nowhere/python",))

    with pytest.raises(LookError, match="No such file"):
        Looking(here, None, os.environ)
    with pytest.raises(LookError, match="too many files"):
        Looking(here._replace(named=("x" * 100,) * 5000), None, os.environ)

    assert len(os.listdir("/proc/self/fd")) == before


def test_nobody_waits_longer_than_he_wants_to(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    is_played_by(monkeypatch, "sleep 600")
    look = Looking(here, None, os.environ)
    before = time.monotonic()

    assert look.wait(0.01) is None

    assert time.monotonic() - before < LONG_S / 2
    look.end()


def test_the_end_of_a_look_ends_all_that_it_started(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_played_by(monkeypatch, "sleep 600 & echo $! > child; wait")
    look = Looking(here, None, os.environ)
    child = Path("child")
    until(lambda: child.exists() and child.read_text("utf-8").strip())

    look.end()

    until(lambda: not is_running(int(child.read_text("utf-8"))))
    with pytest.raises(ChildProcessError):
        os.waitpid(look._pid, os.WNOHANG)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_ctrl_c_of_the_terminal_does_not_reach_a_look(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_played_by(monkeypatch, saying(json.dumps(ANSWER)))
    look = Looking(here, None, os.environ)

    assert os.getpgid(look._pid) == look._pid
    assert look.wait(LONG_S)
    look.end()


def test_a_look_that_fails_is_not_repeated_with_each_run(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_played_by(monkeypatch, "echo x >> looks")
    watch = Watch(here, os.environ)
    for number in range(3):
        watch.start(Run(f"r{number}", "s1", number, "", RunState.RUNNING, {}, attempt=1), "/")
        watch.look_if_due(is_start=True)
        watch.finish_now(LONG_S)

    assert watch.failure == "it said nothing"
    assert watch.now == NOT_SEEN
    assert not watch.is_uncertain
    assert Path("looks").read_text("utf-8") == "x\n"
    assert AFTER_FAILURE_S > 1


def test_the_program_that_looks_is_a_python_of_ours() -> None:
    assert looking.PROGRAM[0] == sys.executable
    assert signal.SIGINT in looking.RESET_SIGNALS
