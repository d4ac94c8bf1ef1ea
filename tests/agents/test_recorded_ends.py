"""Every end of an attempt is in its folder before the store has it."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

import irregular
from support import Place, an_agent, an_ending, claimed, grid, place, shell, suggestions
from sweepcli.agents import manual
from sweepcli.agents.options import AgentOptions
from sweepcli.agents.recovery import Recovery
from sweepcli.errors import StoreUnavailable
from sweepcli.records import Run, RunState
from sweepcli.runs import attempt_record, timing
from sweepcli.runs.attempt_record import Record
from sweepcli.runs.prepare import Prepared
from sweepcli.stores.location import Location

NO_PID = 2**22 + 1  # beyond Linux's highest
SOON = timing.Timing(store_retry_s=0.01)


def recorded(here: Place, run: Run) -> Record:
    return attempt_record.read(here.folder(run), "s1")


def recorded_states(here: Place) -> list[tuple[str, str]]:
    """Return how the last attempt at each run ended, and the state of the run, as recorded."""
    found = [recorded(here, run).over for run in here.store.runs("s1") if run.attempt]
    return [(over.ending.state, over.then) for over in found if over]


def test_what_the_store_says_of_a_run_is_in_its_folder_too(tmp_path: Path) -> None:
    with place(tmp_path, grid(2, shell("test $SWEEPCLI_PARAM_x = 1"))) as here:
        here.run()
        runs = here.store.runs("s1")
        records = [recorded(here, run) for run in runs]

    for run, record in zip(runs, records, strict=True):
        assert record.over is not None
        ending = record.over.ending
        assert record.run == run._replace(
            state=RunState.RUNNING, ended_at=None, exit_code=None, reason=None
        )
        how = (ending.at, ending.exit_code, ending.reason, record.over.then)
        assert how == (run.ended_at, run.exit_code, run.reason, run.state)
        assert record.holder == (socket.gethostname(), os.getpid())


def test_an_end_is_recorded_before_the_store_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    with place(tmp_path, grid(1)) as here:
        commit = here.store.end_attempt

        def end_attempt(run: Run, *how: Any) -> bool:  # noqa: ANN401 -- passed on
            seen.append(recorded(here, run).over)
            if len(seen) == 1:
                raise StoreUnavailable("the disk is full")
            return commit(run, *how)

        monkeypatch.setattr(here.store, "end_attempt", end_attempt)
        here.run(timing=SOON)

        assert [over and over.then for over in seen] == [RunState.FINISHED] * 2
        assert here.states() == [RunState.FINISHED]


def test_a_run_that_could_not_be_started_has_its_end_recorded(tmp_path: Path) -> None:
    with place(tmp_path, grid(1, ["/nowhere/program"])) as here:
        here.store.suggest("s1", suggestions(1), run_cap=None, now=1.0)
        here.run()

        assert recorded_states(here) == [("failed", "failed")]
        assert "/nowhere/program" in str(recorded(here, here.store.run("r0")).over)


def test_runs_that_an_agent_gives_back_when_it_gives_up_are_recorded_as_waiting(
    tmp_path: Path,
) -> None:
    with place(tmp_path, grid(9, ["/bin/false"])) as here:
        assert here.run().exit_code == 3
        assert recorded_states(here) == [("failed", "pending")] * 3


@pytest.mark.parametrize("kind", [*irregular.KINDS, "nothing", "no folder"])
def test_a_run_that_removes_or_replaces_its_record_does_no_harm(tmp_path: Path, kind: str) -> None:
    scripts = {
        "a FIFO": "rm command.json; mkfifo command.json",
        "a directory": "rm command.json; mkdir command.json command.json.new",
        "a socket": "rm command.json; mkdir -p command.json/a/b; exit 3",
        "a device": "ln -sf /dev/zero command.json",
        "nothing": "rm -rf ./*",
        "no folder": "rm -rf $SWEEPCLI_RUN_DIR",
    }
    with place(tmp_path, grid(1, shell(f"cd $SWEEPCLI_RUN_DIR; {scripts[kind]}"))) as here:
        here.run()

        [run] = here.store.runs("s1")
        if kind == "a socket":  # a folder that is not empty is the run's own
            assert run.state is RunState.FAILED
            assert any("cannot record" in note for note in here.told.notes)
        else:
            assert recorded_states(here) == [("finished", "finished")]
            assert recorded(here, run).run.params == {"x": 1}


# Ends that another one than the agent tells


def lost_run(here: Place, host: str = "") -> Run:
    """Let an agent die that has a run."""
    agent = an_agent()._replace(host=host or socket.gethostname(), pid=NO_PID, ended_at=1.0)
    here.store.add_agent(agent)
    here.store.suggest("s1", suggestions(1), run_cap=None, now=1.0)
    return claimed(here.store)


def give_back(here: Place) -> None:
    Recovery(60.0).give_back_lost(here.store, here.store.sweep("s1"), here.results)


def test_the_end_of_a_run_that_was_lost_is_recorded_even_if_it_was_never_prepared(
    tmp_path: Path,
) -> None:
    with place(tmp_path, grid(1)) as here:
        run = lost_run(here)
        os.makedirs(os.path.join(here.results, "someone", "things", "s1"))
        give_back(here)

        found = recorded(here, run)
        assert found.over is not None
        assert (found.over.ending.state, found.over.then) == ("crashed", "preempted")
        assert found.holder == (socket.gethostname(), NO_PID)


def test_no_folder_is_made_for_a_run_that_was_lost_on_another_machine(tmp_path: Path) -> None:
    with place(tmp_path, grid(1)) as here:
        run = lost_run(here, "elsewhere")
        give_back(here)

        assert here.states() == [RunState.PREEMPTED]
        assert not os.path.exists(here.folder(run))


def begun(here: Place, run: Run) -> None:
    os.makedirs(here.folder(run))
    with open(f"{here.folder(run)}/command.json", "w", encoding="ascii") as file:
        file.write(attempt_record.begun(run, [], {}))


def test_a_run_whose_agent_died_between_the_record_and_the_store_has_ended_as_recorded(
    tmp_path: Path,
) -> None:
    with place(tmp_path, grid(1, metric={"name": "loss"})) as here:
        run = lost_run(here)
        begun(here, run)
        with open(f"{here.folder(run)}/events.jsonl", "w", encoding="ascii") as file:
            file.write('{"loss": 2}\n')
        attempt_record.end(here.folder(run), run, an_ending(), RunState.FINISHED)

        give_back(here)

        found = here.store.run(run.id)
        assert (found.state, found.ended_at, found.value) == ("finished", 9.0, 2)
        assert here.store.endings(run._replace(attempt=2)) == {RunState.FINISHED: 1}


def test_the_record_of_another_attempt_is_not_taken_for_the_end_of_a_lost_one(
    tmp_path: Path,
) -> None:
    with place(tmp_path, grid(1)) as here:
        run = lost_run(here)
        other = run._replace(started_at=0.5)  # before an old copy of the database was put back
        begun(here, other)
        attempt_record.end(here.folder(run), other, an_ending(), RunState.FINISHED)

        give_back(here)

        assert here.states() == [RunState.PREEMPTED]
        assert recorded_states(here) == [("crashed", "preempted")]


def test_a_run_of_a_persons_own_launcher_is_recorded_from_its_start_to_its_end(
    tmp_path: Path,
) -> None:
    with place(tmp_path, grid(1)) as here:
        location = Location(here.results)
        sweep = here.store.sweep("s1")
        options = AgentOptions()
        prepared = manual.claim(here.store, sweep, options, location=location, note=print)
        assert isinstance(prepared, Prepared)
        run = prepared.run
        assert recorded(here, run).holder == (socket.gethostname(), 0)

        manual.finish(here.store, run.id, 1, results=here.results)

        assert recorded_states(here) == [("failed", "failed")]
        assert recorded(here, run).holder == (socket.gethostname(), 0)
