"""Commands that look closely, on terminals and off them."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from command_lines import Call
from support import until
from sweepcli import stores
from sweepcli.records import JSON

SLOW = """\
method: grid
metric: {name: loss}
command: [sh, -c, 'echo begun; echo "{\\"loss\\": ${x}}" >> $SWEEPCLI_EVENTS; read -r _ < gate']
parameters: {x: {values: [3]}}
"""
PATIENCE_S = 60


def runs(call: Call, path: str) -> list[str]:
    found: list[dict[str, JSON]] = call(f"sweep runs {path} --json").json
    return [run["id"] for run in found]


class Screen:
    """A command on a terminal of its own, and what it has shown."""

    def __init__(self, words: list[str], columns: int) -> None:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self._terminal, self._theirs = ours, theirs  # which, closed early, may lose the last words
        self.shown = b""
        os.set_blocking(ours, False)
        self.process = subprocess.Popen(
            [str(Path(sys.executable).parent / words[0]), *words[1:]],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm", "PYTHONUTF8": "1"},
        )

    def has_shown(self, text: str) -> bool:
        """Return whether it has shown a text by now."""
        with suppress(BlockingIOError):  # nothing now
            self.shown += os.read(self._terminal, 1 << 16)
        return text.encode() in self.shown

    def press(self, key: bytes) -> None:
        """Type a key."""
        os.write(self._terminal, key)

    def end(self) -> int:
        """Wait until it has ended, and return its exit code."""
        until(lambda: self.has_shown("\0") or self.process.poll() is not None)
        return self.process.wait()

    def close(self) -> None:
        """End it, if it has not."""
        self.process.kill()
        self.process.wait()
        os.close(self._terminal)
        os.close(self._theirs)


@contextmanager
def on_terminal(line: str, columns: int = 80) -> Iterator[Screen]:
    screen = Screen(line.split(), columns)
    try:
        yield screen
    finally:
        screen.close()


def test_compare_puts_runs_side_by_side(call: Call, done: str) -> None:
    ids = runs(call, done)

    out = call(f"sweep compare {' '.join(ids)}").out.splitlines()
    found = call(f"sweep compare {ids[0]} {ids[1]} {ids[0]} --json").json

    assert out[0].split() == ids
    assert out[1].split() == ["*", "x", "3", "1", "2"]
    assert found["differ"] == ["x"]
    assert [run["id"] for run in found["runs"]] == ids[:2]
    assert call(f"sweep compare {ids[0]} nosuchid").code == 1


def test_top_off_a_terminal_is_printed_once(call: Call, done: str) -> None:
    out = call(f"sweep top {done}").out
    assert out.endswith("\nno running runs; the sweep is finished\n")
    assert call(f"sweep top {done} --json").json["running"] == []


@pytest.mark.parametrize("is_key", [True, False], ids=["q", "Ctrl-C"])
def test_top_stays_on_a_terminal_until_it_is_left(call: Call, done: str, *, is_key: bool) -> None:
    assert call("sweep ls").code == 0
    with on_terminal(f"sweep top {done}") as screen:
        until(lambda: screen.has_shown("runs; the sweep is"))
        if is_key:
            screen.press(b"q")
        else:
            screen.process.send_signal(signal.SIGINT)

        assert screen.end() == 0
        until(lambda: screen.has_shown("\x1b[?1049l"))  # the screen as it was before


@pytest.mark.parametrize(
    ("verb", "columns", "last", "shown"),
    [("show", 60, "config", ["\x1b[", "█"]), ("runs", 40, "no room for", ["duration_s"])],
)
def test_a_terminal_gets_colours_and_lines_within_its_width(
    verb: str, columns: int, last: str, shown: list[str], call: Call, done: str
) -> None:
    assert call("sweep ls").code == 0
    with on_terminal(f"sweep {verb} {done}", columns=columns) as screen:
        assert screen.end() == 0
        until(lambda: screen.has_shown(last))

    assert all(text.encode() in screen.shown for text in shown)


def test_logs_follow_a_run_until_it_has_ended(folder: Path, call: Call) -> None:
    (folder / "slow.yaml").write_text(SLOW)
    os.mkfifo(folder / "gate")
    path = call("sweep slow.yaml").out.strip()
    scripts = Path(sys.executable).parent
    agent = subprocess.Popen([scripts / "agent", path], stderr=subprocess.DEVNULL)
    with closing(stores.open_existing(str(folder / "sweep-results"))) as store:
        until(lambda: store.page(path.rpartition("/")[2]))
        [run] = store.page(path.rpartition("/")[2])
    with open(folder / "seen", "wb") as seen:
        follower = subprocess.Popen([scripts / "sweep", "logs", "-f", run.id], stdout=seen)
    until(lambda: (folder / "seen").read_bytes() == b"begun\n")

    (folder / "gate").write_text("\n")

    assert follower.wait(PATIENCE_S) == 0
    assert agent.wait(PATIENCE_S) == 0


def test_logs_of_an_ended_run_are_the_same_with_follow(call: Call, done: str) -> None:
    first = runs(call, done)[0]

    assert call(f"sweep logs -f {first}").out == call(f"sweep logs {first}").out == "tried 3\n"
    assert call(f"sweep logs -f {first} --attempt 2").code == 1
    assert call(f"sweep logs -f {first} --json").code == 2


def test_logs_and_where_answer_in_json(call: Call, done: str, folder: Path) -> None:
    first = runs(call, done)[0]

    found = call(f"sweep logs {first} --json").json

    assert (found["id"], found["attempt"], found["output"]) == (first, 1, "tried 3\n")
    place = f"{folder}/sweep-results"
    assert call("sweep where --json").json == {"dir": place, "store": place}


def test_show_tells_agents_curve_and_pace_in_json(call: Call, done: str) -> None:
    found = call(f"sweep show {done} --json").json

    assert (found["agents"], found["runs_per_hour"]) == ([], None)
    assert found["importance"]["reason"] == "too few runs have a value: 3, at least 10 are needed"
    assert found["curve"] == {"steps": [0], "values": [1.0]}
    assert found["best"]["step"] == 0


def test_show_of_a_run_tells_the_command_line_that_it_was_started_with(
    call: Call, done: str
) -> None:
    first = runs(call, done)[0]

    told = call(f"sweep show {first} --json").json

    assert told["command"].startswith("sh -c 'echo tried 3; ")
    assert "\ncommand  sh -c 'echo tried 3;" in call(f"sweep show {first}").out
