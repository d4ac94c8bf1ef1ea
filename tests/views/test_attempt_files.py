from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from support import Place, an_agent, an_ending, claimed, end, grid, place, suggestions, until
from sweepcli import folders, stores
from sweepcli.records import UNFINISHED, Agent, Run, RunState, SweepState
from sweepcli.views import attempt_files


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path, grid(3)) as found:
        found.store.suggest("s1", suggestions(1), run_cap=None, now=1.0)
        yield found


def take(here: Place, agent: Agent | None = None) -> Run:
    """Let an agent of this process, or another one, take the run."""
    mine = Agent("mine", os.uname().nodename, os.getpid(), 1.0, time.time())
    chosen = agent or mine._replace(id=f"a{here.store.run('r0').attempt}")
    here.store.add_agent(chosen)
    return claimed(here.store, chosen.id)


def write(here: Place, run: Run, text: str) -> None:
    folder = here.folder(run)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, folders.OUTPUT), "a", encoding="utf-8") as file:
        file.write(text)


class Follower(threading.Thread):
    """Follows a run with a store of its own."""

    def __init__(self, results: str, only: int | None = None) -> None:
        super().__init__(daemon=True)
        self._results, self._only = results, only
        self.seen = b""
        self.notes: list[str] = []
        self.start()

    def run(self) -> None:
        with closing(stores.open_existing(self._results)) as store:
            parts = attempt_files.follow(
                *(store, store.sweep("s1"), store.run("r0"), self._results),
                note=self.notes.append,
                look_s=0.01,
                only=self._only,
            )
            for part in parts:
                self.seen += part


def test_what_a_run_prints_is_followed_until_it_has_ended(here: Place) -> None:
    run = take(here)
    write(here, run, "one\n")
    follower = Follower(here.results)
    until(lambda: follower.seen == b"one\n")

    write(here, run, "two\n")
    until(lambda: follower.seen == b"one\ntwo\n")
    write(here, run, "last words")
    end(here.store, run)

    until(lambda: not follower.is_alive())
    assert follower.seen == b"one\ntwo\nlast words"
    assert follower.notes == []


def test_a_run_that_is_tried_again_is_followed_on(here: Place) -> None:
    run = take(here)
    write(here, run, "first\n")
    follower = Follower(here.results)
    until(lambda: follower.seen)
    end(here.store, run, an_ending(RunState.FAILED, 1), then=RunState.PENDING)
    until(lambda: follower.notes)

    again = take(here)
    write(here, again, "second\n")
    end(here.store, again)

    until(lambda: not follower.is_alive())
    assert follower.seen == b"first\nsecond\n"
    assert follower.notes == ["run r0 is pending and waits for an agent", "attempt 2 of run r0"]


def test_a_run_that_nobody_has_taken_yet_is_waited_for(here: Place) -> None:
    follower = Follower(here.results)
    until(lambda: follower.notes)

    run = take(here)
    write(here, run, "here\n")
    end(here.store, run)

    until(lambda: not follower.is_alive())
    assert follower.seen == b"here\n"


def test_a_run_that_nobody_will_take_is_not_waited_for(here: Place) -> None:
    follower = Follower(here.results)
    until(lambda: follower.notes)

    here.store.set_state("s1", SweepState.CANCELED, allowed=UNFINISHED)

    until(lambda: not follower.is_alive())
    assert follower.notes[1:] == ["its sweep is canceled: no agent will claim it"]


def test_one_attempt_alone_is_followed_to_its_end(here: Place) -> None:
    run = take(here)
    write(here, run, "first\n")
    follower = Follower(here.results, only=1)
    until(lambda: follower.seen)

    end(here.store, run, an_ending(RunState.FAILED, 1), then=RunState.PENDING)

    until(lambda: not follower.is_alive())
    assert follower.notes == []


def test_a_run_whose_agent_has_died_is_not_waited_for_without_a_word(here: Place) -> None:
    dead = an_agent("dead", pid=2**22 + 1)._replace(host=os.uname().nodename)
    write(here, take(here, dead), "half a li")

    follower = Follower(here.results, only=1)

    until(lambda: not follower.is_alive())
    assert follower.seen == b"half a li"
    assert follower.notes == ["the agent of run r0 has died; another one will claim the run"]


def test_an_attempt_on_another_machine_is_told_and_its_last_lines_come_at_its_end(
    here: Place,
) -> None:
    elsewhere = an_agent("far", heartbeat_at=time.time())
    run = take(here, elsewhere)
    follower = Follower(here.results)
    until(lambda: follower.notes)

    end(here.store, run, an_ending(RunState.FAILED, 1)._replace(output="no\nluck"))

    until(lambda: not follower.is_alive())
    assert follower.seen == b"no\nluck\n"
    there = "someone/things/s1/runs/r0/1/output.log in the results directory there"
    assert follower.notes == [
        f"the output of attempt 1 is on elsewhere: {there}",
        "the database has its last lines",
    ]


def test_a_command_is_told_as_a_shell_takes_it(tmp_path: Path) -> None:
    noted = {"argv": ["python", "a b.py", "--x=$HOME"], "cwd": "/somewhere", "environment": {}}
    (tmp_path / "command.json").write_text(json.dumps(noted))

    found = attempt_files.started(str(tmp_path))

    assert found is not None
    assert found.command == "python 'a b.py' '--x=$HOME'"
    assert found.directory == "/somewhere"


def test_what_older_versions_have_started_is_not_known(tmp_path: Path) -> None:
    assert attempt_files.started(str(tmp_path)) is None


def test_a_file_that_was_cut_off_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "command.json").write_text('{"argv": ["pyth')
    assert attempt_files.started(str(tmp_path)) is None
