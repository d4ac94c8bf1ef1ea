"""Commands that look closely, on terminals and off them."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from command_lines import Call
from launching import SCRIPTS, SWEEP, shown
from support import PATIENCE_S, until
from sweepcli import stores

SLOW = """\
method: grid
metric: {name: loss}
command: [sh, -c, 'echo begun; echo "{\\"loss\\": ${x}}" >> $SWEEPCLI_EVENTS; read -r _ < gate']
parameters: {x: {values: [3]}}
"""


def test_compare_puts_runs_side_by_side(call: Call, ids: list[str]) -> None:
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
    with shown(f"exec sweep top {done}") as (terminal, top):
        terminal.until_shown("runs; the sweep is")
        if is_key:
            terminal.press("q")
        else:
            top.send_signal(signal.SIGINT)
        terminal.until(lambda: top.poll() is not None)

        assert top.returncode == 0
        terminal.until(lambda: b"\x1b[?1049l" in terminal.written)  # the screen as it was before


@pytest.mark.parametrize(
    ("verb", "columns", "last", "texts"),
    [("show", 60, "config", ["\x1b[", "█"]), ("runs", 40, "no room for", ["duration_s"])],
)
def test_a_terminal_gets_colours_and_lines_within_its_width(
    verb: str, columns: int, last: str, texts: list[str], call: Call, done: str
) -> None:
    assert call("sweep ls").code == 0
    with shown(f"exec sweep {verb} {done}", columns=columns, rows=40) as (terminal, program):
        terminal.until(lambda: program.poll() is not None)
        terminal.until(lambda: last.encode() in terminal.written)

    assert program.returncode == 0
    assert all(text.encode() in terminal.written for text in texts)


def test_logs_follow_a_run_until_it_has_ended(folder: Path, call: Call) -> None:
    (folder / "slow.yaml").write_text(SLOW)
    os.mkfifo(folder / "gate")
    path = call("sweep slow.yaml").out.strip()
    agent = subprocess.Popen([f"{SCRIPTS}/agent", path], stderr=subprocess.DEVNULL)
    with closing(stores.open_existing(str(folder / "sweep-results"))) as store:
        until(lambda: store.page(path.rpartition("/")[2]))
        [run] = store.page(path.rpartition("/")[2])
    with open(folder / "seen", "wb") as seen:
        follower = subprocess.Popen([SWEEP, "logs", "-f", run.id], stdout=seen)
    until(lambda: (folder / "seen").read_bytes() == b"begun\n")

    (folder / "gate").write_text("\n")

    assert follower.wait(PATIENCE_S) == 0
    assert agent.wait(PATIENCE_S) == 0


def test_logs_of_an_ended_run_are_the_same_with_follow(call: Call, ids: list[str]) -> None:
    first = ids[0]

    assert call(f"sweep logs -f {first}").out == call(f"sweep logs {first}").out == "tried 3\n"
    assert call(f"sweep logs -f {first} --attempt 2").code == 1
    assert call(f"sweep logs -f {first} --json").code == 2


def test_logs_and_where_answer_in_json(call: Call, ids: list[str], folder: Path) -> None:
    found = call(f"sweep logs {ids[0]} --json").json

    assert (found["id"], found["attempt"], found["output"]) == (ids[0], 1, "tried 3\n")
    place = f"{folder}/sweep-results"
    assert call("sweep where --json").json == {"dir": place, "store": place}


def test_show_tells_agents_curve_and_pace_in_json(call: Call, done: str) -> None:
    found = call(f"sweep show {done} --json").json

    assert (found["agents"], found["runs_per_hour"]) == ([], None)
    assert found["importance"]["reason"] == "too few runs have a value: 3, at least 10 are needed"
    assert found["curve"] == {"steps": [0], "values": [1.0]}
    assert found["best"]["step"] == 0


def test_show_of_a_run_tells_the_command_line_that_it_was_started_with(
    call: Call, ids: list[str]
) -> None:
    told = call(f"sweep show {ids[0]} --json").json

    assert told["command"].startswith("sh -c 'echo tried 3; ")
    assert "\ncommand  sh -c 'echo tried 3;" in call(f"sweep show {ids[0]}").out
