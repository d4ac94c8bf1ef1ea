"""What is told of runs whose folders another machine has."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from command_lines import Call
from support import a_sweep, an_agent, an_ending, claimed, end, suggestions
from sweepcli import stores
from sweepcli.records import RunState

FILE = "someone/things/s1/runs/r0/1/output.log in the results directory there"
HERE = os.uname().nodename


def ran(host: str, output: str | None, state: RunState = RunState.FAILED) -> None:
    """Keep run r0, which has ended on a host and left no files here."""
    with closing(stores.open_store("sweep-results")) as store:
        store.add_sweep(a_sweep())
        store.add_agent(an_agent()._replace(host=host))
        store.suggest("s1", suggestions(2), run_cap=None, now=1.0)
        end(store, claimed(store), an_ending(state, 1)._replace(output=output))


@pytest.fixture(autouse=True)
def in_folder(folder: Path) -> Path:
    return folder


def test_the_last_lines_of_what_another_machine_ran_are_printed(call: Call) -> None:
    ran("node-3", "epoch 7\nNo space: é")

    answer = call("sweep logs r0")

    assert (answer.code, answer.out) == (0, "epoch 7\nNo space: é\n")
    assert answer.err == (
        "sweepcli: These are the last lines, from the database; the whole output is on "
        f"node-3: {FILE}\nsweepcli: Next: sweep retry r0\n"
    )


def test_the_last_lines_say_in_json_that_they_are_not_all(call: Call) -> None:
    ran("node-3", "epoch 7\nNo space")

    assert call("sweep logs r0 --json").json == {
        "id": "r0",
        "attempt": 1,
        "path": None,
        "is_whole": False,
        "host": "node-3",
        "output": "epoch 7\nNo space",
    }


def test_an_output_of_which_nothing_was_kept_is_an_error_that_names_host_and_file(
    call: Call,
) -> None:
    ran("node-3", None, RunState.FINISHED)

    answer = call("sweep logs r0")

    assert (answer.code, answer.out) == (1, "")
    assert (
        f"what run r0 printed is on node-3: {FILE}; the database keeps the last lines only"
        in answer.err
    )


def test_an_output_that_this_machine_has_lost_is_not_said_to_be_elsewhere(call: Call) -> None:
    ran(HERE, None, RunState.FINISHED)
    folder = os.path.abspath("sweep-results/someone/things/s1/runs/r0/1")

    removed = call("sweep logs r0")
    os.makedirs(folder)
    by_hand = call("sweep logs r0")

    assert f"not in {folder}, though run r0 ran on this machine" in removed.err
    assert "another results directory (--dir) has it" in removed.err
    assert f"not in {folder}: it was removed, or was never written there" in by_hand.err
    assert (removed.code, by_hand.code) == (1, 1)


def test_what_is_here_is_printed_whoever_ran_it(call: Call) -> None:
    # As on a disk that machines share, with the database in PostgreSQL.
    ran("node-3", "the end")
    os.makedirs("sweep-results/someone/things/s1/runs/r0/1")
    with open("sweep-results/someone/things/s1/runs/r0/1/output.log", "wb") as file:
        file.write(b"all of it\xff\n")

    answer = call("sweep logs r0 --json")

    told = answer.json
    assert (told["output"], told["is_whole"], answer.err) == ("all of it\ufffd\n", True, "")


def test_following_what_ended_elsewhere_gives_its_last_lines(call: Call) -> None:
    ran("node-3", "the end")

    answer = call("sweep logs -f r0")

    assert answer.out == "the end\n"
    assert f"the output of attempt 1 is on node-3: {FILE}\n" in answer.err
    assert "the database has its last lines\n" in answer.err


def test_a_run_that_nobody_has_taken_has_no_logs(call: Call) -> None:
    ran("node-3", "the end")
    assert "run r1 has no attempt yet" in call("sweep logs r1").err
    assert "run r0 has no attempt 2; it has had 1" in call("sweep logs r0 --attempt 2").err


def test_show_says_on_which_host_the_folder_is(call: Call) -> None:
    ran("node-3", "the end")

    shown = call("sweep show r0").out
    record = call("sweep show r0 --json").json

    assert "on node-3: someone/things/s1/runs/r0 in the results directory there\n" in shown
    assert record["folder_host"] == "node-3"


def test_logs_of_a_run_that_was_here_end_with_the_folder(
    call: Call, done: str, failed: str
) -> None:
    assert call(f"sweep logs {failed}").err == f"sweepcli: Next: sweep retry {failed}\n"

    shutil.rmtree(f"sweep-results/{done}/runs/{failed}")
    answer = call(f"sweep logs {failed}")

    assert answer.out == "tried 2\n"
    assert "the whole output is not in" in answer.err
