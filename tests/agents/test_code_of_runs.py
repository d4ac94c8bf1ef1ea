"""What an agent does with what a look says of its runs' code."""

from __future__ import annotations

import json
import os
import shlex
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from support import PATIENCE_S, Place, grid, place
from sweepcli import folders
from sweepcli.agents import code_of_runs
from sweepcli.agents.code_of_runs import CodeOfRuns
from sweepcli.agents.wakeup import Wakeup
from sweepcli.code import looking
from sweepcli.code import place as code_place
from sweepcli.errors import StoreUnavailable
from sweepcli.records import CodeSeen, Run
from sweepcli.runs import attempt_record
from sweepcli.stores import Store
from sweepcli.sweep_config.parse import parse

pytestmark = pytest.mark.usefixtures("recorded_code")

SAID = {
    "code": "c1",
    "environment": "e1",
    "watch": [],
    "is_all": True,
    "changed": [],
    "problem": None,
    "seconds": 0.1,
}


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let looks say something, after some commands of a shell, and ends wait however long."""
    monkeypatch.setattr(code_of_runs, "END_WAITS_S", PATIENCE_S)

    def say(before: str = "true", **more: object) -> None:
        answer = shlex.quote(json.dumps({**SAID, **more}))
        monkeypatch.setattr(looking, "PROGRAM", ("/bin/sh", "-c", f"{before}; echo {answer}"))

    return say


def seen(here: Place) -> set[CodeSeen]:
    return {run.seen for run in here.store.runs("s1")}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"seconds": 34.2}, "a look at the code takes 34 s, beside the runs; less with `code: "),
        ({"problem": "git is missing"}, "the code of the runs: git is missing"),
    ],
)
def test_what_people_should_know_of_a_look_is_said_once(
    tmp_path: Path, says: Callable[..., None], more: dict[str, object], told: str
) -> None:
    says(**more)
    with place(tmp_path, grid(3)) as here:
        here.run()

        (note,) = here.told.notes
        assert note.startswith(told)
        assert seen(here) == {CodeSeen("c1", None, "e1")}


@pytest.mark.slow
def test_the_end_of_an_agent_waits_for_a_look_that_says_more_of_its_runs(
    tmp_path: Path, says: Callable[..., None]
) -> None:
    says("sleep 0.3")
    with place(tmp_path, grid(1)) as here:
        here.run()

        (run,) = here.store.runs("s1")
        assert run.seen == CodeSeen("c1", None, "e1")
        assert here.store.attempts(run.id)[0].code == "c1"
        assert attempt_record.read(here.folder(run), "s1").run.seen == run.seen


def test_frozen_runs_have_the_code_of_their_sweep_whatever_is_seen(
    tmp_path: Path, says: Callable[..., None]
) -> None:
    says()
    with place(tmp_path, grid(1)) as here:
        config = parse(grid(1, code="frozen"))
        sweep = here.store.sweep("s1")._replace(config=config, code="f1")
        code = CodeOfRuns(here.store, "a1", here.told.note)
        code.add(sweep, config, "/usr/bin/python3", here.results)
        code.look_now()
        assert code.seen("s1") == CodeSeen("f1", None, "e1")


@pytest.mark.slow
def test_what_a_store_that_is_away_cannot_take_is_saved_later(
    tmp_path: Path, says: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    says()
    tries = []
    save = Store.save_code

    def away_at_first(self: Store, run: Run) -> None:
        tries.append(run.id)
        if len(tries) == 1:
            raise StoreUnavailable("away")
        save(self, run)

    monkeypatch.setattr(Store, "save_code", away_at_first)
    with place(tmp_path, grid(1)) as here:
        report = here.run()

        assert report.exit_code == 0
        assert len(tries) == 2
        assert seen(here) == {CodeSeen("c1", None, "e1")}


def test_a_record_that_a_run_has_spoiled_or_removed_stops_nothing(
    tmp_path: Path, says: Callable[..., None]
) -> None:
    says()
    spoils = 'case $SWEEPCLI_PARAM_x in 1) echo x > "$F" ;; 2) rm -r "$SWEEPCLI_RUN_DIR" ;; esac'
    script = f'F="$SWEEPCLI_RUN_DIR/{folders.COMMAND}"; {spoils}'
    with place(tmp_path, grid(3, ["/bin/sh", "-c", script])) as here:
        report = here.run()

        assert (report.ran, report.exit_code) == (3, 0)
        assert seen(here) == {CodeSeen("c1", None, "e1")}


def test_a_function_agent_without_signals_hears_of_a_look_at_once(
    tmp_path: Path, says: Callable[..., None]
) -> None:
    says("sleep 0.1")
    look = looking.Looking(code_place.Place(str(tmp_path), str(tmp_path)), None, os.environ)
    with Wakeup(has_signals=False) as wakeup:
        before = time.monotonic()
        while look.found() is None:
            wakeup.wait(60.0, (), look.reads)
        assert time.monotonic() - before < 30
    look.end()
