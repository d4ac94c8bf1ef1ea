"""What every launcher must do with a run, run over the registry."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping

import pytest

from started import opened, wait
from support import until
from sweepcli.runs import processes
from sweepcli.runs.functions import Handover, forked
from sweepcli.runs.launchers import LAUNCHERS, Started
from sweepcli.runs.process_table import is_alive

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")  # of fork()

Begin = Callable[[str, Mapping[str, str]], Started]

# Each starts a piece of Python, which has `environ` and ends with SystemExit.


def program(code: str, environ: Mapping[str, str]) -> Started:
    argv = [sys.executable, "-S", "-c", f"import os; environ = os.environ\n{code}"]
    with opened("output") as fd:
        return processes.start(argv, environ, fd)


def fork(code: str, environ: Mapping[str, str]) -> Started:
    with opened("output") as fd:
        return forked(lambda: _executed(code, os.environ))([], environ, fd)


def call(code: str, environ: Mapping[str, str]) -> Started:
    is_to_stop = threading.Event()
    handover = Handover(is_to_stop.set)
    with opened("output") as fd:
        started = handover.start([], environ, fd)

    def work() -> None:
        taken = handover.next()
        assert taken is not None
        names = {"is_to_stop": is_to_stop, "print": lambda *a: os.write(taken.output_fd, _line(*a))}
        taken.end(_executed(code, taken.environ, **names))

    threading.Thread(target=work, daemon=True).start()
    return started


def _line(*texts: object) -> bytes:
    return " ".join(map(str, texts)).encode() + b"\n"


def _executed(code: str, environ: Mapping[str, str], **names: object) -> int:
    try:
        exec(code, {"environ": environ, **names})  # noqa: S102 -- ours, from below
    except SystemExit as end:
        return int(end.code or 0)
    return 0


EXAMPLES: dict[str, Begin] = {"program": program, "fork": fork, "call": call}
launchers = pytest.mark.parametrize("begin", [EXAMPLES[name] for name in LAUNCHERS])
processes_alone = pytest.mark.parametrize(
    "begin", [EXAMPLES[name] for name in LAUNCHERS if name != "call"]
)

LOCALE = {"LC_ALL": "C.UTF-8"}  # else Python sets a variable of its own
WITH_CHILD = """
import subprocess, time
child = subprocess.Popen(["/bin/sleep", "1000"], env={})
with open("pid.new", "w") as file: file.write(str(child.pid))
os.rename("pid.new", "pid")
"""


def ended(begin: Begin, code: str, environ: Mapping[str, str] = LOCALE) -> tuple[int, str]:
    exit_code = wait(begin(code, environ))
    with open("output", encoding="utf-8") as file:
        return exit_code, file.read()


def child() -> int:
    until(lambda: os.path.exists("pid"))
    with open("pid", encoding="ascii") as file:
        return int(file.read())


@launchers
@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "a b", "it's", '"', "\\", "é", "日本", "${HOME}", "$(id)", "*", "x=y"),
        *("\t\n\r", "\x01\x7f", "\udcff\udc80", "a" * 100_000),
    ],
    ids=lambda text: ascii(text[:8]),
)
def test_the_environment_arrives_byte_for_byte_and_nothing_more(begin: Begin, text: str) -> None:
    environ = {**LOCALE, "NAME": text}
    found = ended(begin, "import os; print(ascii(sorted(environ.items())))", environ)
    assert found == (0, f"{sorted(environ.items())!a}\n")


@launchers
@pytest.mark.parametrize("code", [0, 1, 3, 127, 255])
def test_exit_codes_come_back(begin: Begin, code: int) -> None:
    assert ended(begin, f"raise SystemExit({code})")[0] == code


@launchers
def test_a_run_at_work_has_no_exit_code_and_one_that_is_gone_no_files(begin: Begin) -> None:
    code = "import os, time\nwhile not os.path.exists('go'): time.sleep(0.01)"
    started = begin(code, LOCALE)
    assert started.poll() is None

    with opened("go"):
        assert wait(started) == 0

    started.send(signal.SIGTERM)
    assert started.open_files() == []


def test_a_signal_asks_a_call_to_stop() -> None:
    started = call("is_to_stop.wait()\nraise SystemExit(4)", LOCALE)
    started.send(signal.SIGTERM)
    assert wait(started) == 4


@processes_alone
def test_standard_input_is_empty(begin: Begin) -> None:
    assert ended(begin, "import os; print(os.read(0, 9))") == (0, "b''\n")


@processes_alone
def test_output_and_errors_are_in_one_file_in_their_order(begin: Begin) -> None:
    code = "import os; [os.write(fd, text) for fd, text in ((1, b'a'), (2, b'b'), (1, b'c'))]"
    assert ended(begin, code) == (0, "abc")


@processes_alone
def test_a_process_leads_its_own_group_in_the_same_folder(begin: Begin) -> None:
    code = "import os; print(os.getpgid(0) == os.getpid() != os.getppid(), os.getcwd())"
    assert ended(begin, code) == (0, f"True {os.getcwd()}\n")


@processes_alone
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGUSR2])
def test_signals_come_back_as_negative_numbers(begin: Begin, number: signal.Signals) -> None:
    code = f"import os; os.kill(os.getpid(), {int(number)})"
    assert ended(begin, code)[0] == -number


@processes_alone
def test_a_signal_reaches_the_whole_group(begin: Begin) -> None:
    started = begin(f"import os\n{WITH_CHILD}\ntime.sleep(1000)", LOCALE)
    pid = child()
    assert started.poll() is None

    started.send(signal.SIGTERM)

    assert wait(started) == -signal.SIGTERM
    until(lambda: not is_alive(pid))


@processes_alone
def test_what_a_process_leaves_in_its_group_is_killed_when_it_ends(begin: Begin) -> None:
    assert ended(begin, f"import os\n{WITH_CHILD}\nos._exit(0)")[0] == 0
    pid = child()
    until(lambda: not is_alive(pid))
