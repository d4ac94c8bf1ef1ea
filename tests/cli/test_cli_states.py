from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from command_lines import CONFIG, Call, Create
from support import an_agent, an_ending, end, suggestions
from sweepcli import stores
from sweepcli.records import RunState


@pytest.mark.parametrize(
    ("verb", "words"), [("stop", "Stopping"), ("cancel", "Cancelling"), ("resume", "Resuming")]
)
def test_change_is_told_in_wandb_s_words(verb: str, words: str, call: Call, path: str) -> None:
    answers = [call(f"sweep --{verb} {path}"), call(f"sweep {verb} {call('sweep sweep.yaml').out}")]

    assert [(answer.code, answer.out) for answer in answers] == [(0, ""), (0, "")]
    assert answers[0].err == f"sweepcli: {words} sweep {path}\nsweepcli: Done.\n"
    assert answers[1].err.startswith(f"sweepcli: {words} sweep me/demo/")
    assert "\nsweepcli: Done.\n" in answers[1].err


@pytest.mark.parametrize("verb", ["stop", "cancel", "pause", "resume"])
def test_the_verb_and_wandb_s_flag_answer_alike(verb: str, call: Call, created: Create) -> None:
    paths = [created(CONFIG), created(CONFIG)]
    for path in paths:
        call(f"sweep resume {path}")

    flag, command = (
        call(f"sweep {word} --json") for word in (f"--{verb} {paths[0]}", f"{verb} {paths[1]}")
    )

    assert flag.json == {**command.json, "path": paths[0]}
    assert (flag.code, flag.err.replace(paths[0], paths[1])) == (command.code, command.err)


def test_the_config_of_a_sweep_is_replaced(call: Call, path: str) -> None:
    answer = call(f"sweep update {path} own.yaml --name other", CONFIG.replace("3, 1, 2", "5"))

    assert (answer.code, answer.out.strip()) == (0, path)
    assert f"sweepcli: Updating sweep with ID: {path[-8:]}\n" in answer.err
    [shown] = call("sweep ls --json").json
    assert shown["name"] == "other"


@pytest.mark.parametrize(
    ("flag", "state"),
    [("stop", "finished"), ("cancel", "canceled"), ("resume", "running"), ("pause", "paused")],
)
def test_second_change_succeeds_and_says_so(flag: str, state: str, call: Call, path: str) -> None:
    call(f"sweep --resume {path}")
    call(f"sweep --{flag} {path}")

    answer = call(f"sweep --{flag} {path}")

    assert answer.code == 0
    assert f"Sweep already {state}." in answer.err


@pytest.mark.parametrize(
    ("first", "then", "message"),
    [
        ("stop", "cancel", "Sweep already finished."),
        ("cancel", "stop", "Sweep already canceled."),
        ("stop", "pause", "Cannot pause finished sweep."),
    ],
)
def test_change_that_is_not_allowed_is_an_error(
    first: str, then: str, message: str, call: Call, path: str
) -> None:
    call(f"sweep --{first} {path}")

    answer = call(f"sweep --{then} {path}")

    assert answer.code == 1
    assert f"sweepcli: ERROR {message}" in answer.err


def test_a_sweep_can_be_canceled_as_long_as_a_run_is_at_work(call: Call, path: str) -> None:
    call(f"agent --next {path}")
    call(f"sweep --stop {path}")

    answer = call(f"sweep --json --cancel {path}").json
    assert (answer["before"], answer["state"], answer["running"]) == ("finished", "canceled", 1)
    assert call(f"sweep show {path} --json").json["status"] == "canceling"


def test_pending_sweep_cannot_be_paused(call: Call, path: str) -> None:
    assert "Cannot pause pending sweep." in call(f"sweep --pause {path}").err


def test_json_tells_the_state_before_and_after(call: Call, path: str) -> None:
    answer = call(f"sweep --json --stop {path}").json
    assert answer == {"path": path, "state": "finished", "before": "pending", "running": 0}


def test_what_becomes_of_the_runs_at_work_is_told(call: Call, path: str) -> None:
    call(f"agent --next {path}")

    said = [call(f"sweep --{flag} {path}").err for flag in ("pause", "resume", "cancel")]

    assert "1 running run may finish\n" in said[0]
    assert "at work" not in said[1]
    assert "1 running run given out by `agent --next`: end it, then `agent --done " in said[2]
    assert "will be ended" not in said[2]


def test_runs_that_were_killed_are_pointed_to_when_a_sweep_is_resumed(
    folder: Path, call: Call, path: str
) -> None:
    with closing(stores.open_existing(str(folder / "sweep-results"))) as store:
        store.add_agent(an_agent())
        sweep_id = path.rpartition("/")[2]
        store.suggest(sweep_id, suggestions(1), run_cap=None, now=1.0)
        run = store.claim_run(sweep_id, "a1", 1.0)
        assert run is not None
        end(store, run, an_ending(RunState.KILLED, -2))

    assert f"`sweep retry {path} --killed`" in call(f"sweep --resume {path}").err


def test_a_sweep_that_is_resumed_with_nothing_left_says_how_to_go_on(call: Call, done: str) -> None:
    answers = [call(f"sweep --resume {done}"), call(f"agent --count 10 {done}")]

    assert [answer.code for answer in answers] == [0, 0]
    for answer in answers:
        assert "for more runs create a new sweep with more values" in answer.err
        assert f"`sweep retry {done}` tries those again" in answer.err
        assert answer.err.count("all 3 runs of the grid search are claimed") == 1
    assert call(f"sweep show {done} --json").json["state"] == "finished"


def test_flags_complete_a_bare_id(call: Call, path: str) -> None:
    sweep_id = path.rpartition("/")[2]
    assert call(f"sweep --stop {sweep_id} -p other").code == 1
    assert call(f"sweep --stop {sweep_id} -e me -p demo").code == 0
