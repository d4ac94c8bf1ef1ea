from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from command_lines import CONFIG, Bash, Call, Create
from sweepcli.records import JSON


def shown(call: Call, run_id: str) -> dict[str, JSON]:
    found: dict[str, JSON] = call(f"sweep show --json {run_id}").json
    return found


@pytest.fixture
def run_id(call: Call, path: str) -> str:
    """Claim a run, and return its id."""
    return str(call(f"agent --next --json {path}").json["id"])


def test_a_run_is_claimed_started_by_a_script_and_ended(bash: Bash, call: Call, path: str) -> None:
    # Reads what it is to start from the JSON, as a launcher in Python would.
    start = (
        "import json, os, subprocess, sys; run = json.load(sys.stdin); "
        "code = subprocess.call(run['argv'], env={**os.environ, **run['environment']}); "
        "subprocess.check_call(['agent', '--done', run['id'], '--exit-code', str(code)])"
    )
    step = f'agent --next --json {path} | python -c "{start}"'

    answer = bash("; ".join([step] * 3))

    assert answer.out == "tried 3\ntried 1\ntried 2\n", answer.err
    found = call(f"sweep show --json {path}").json
    assert (found["state"], found["states"]) == ("finished", {"finished": 2, "failed": 1})
    assert found["best"]["value"] == 1.0


def test_without_json_it_is_a_line_for_a_shell(bash: Bash, call: Call, path: str) -> None:
    line = call(f"agent --next {path}").out
    assert bash(line).out == "tried 3\n"

    run_id = dict(word.split("=", 1) for word in shlex.split(line)[1:20])["SWEEPCLI_RUN_ID"]
    answer = call(f"agent --done {run_id} --json")

    assert (answer.code, answer.json["state"]) == (0, "finished")
    assert shown(call, run_id)["summary"] == {"loss": 3}


def test_the_answer_has_all_that_a_launcher_needs(folder: Path, call: Call, path: str) -> None:
    answer = call(f"agent --next --json {path}").json

    run = f"{folder}/sweep-results/{path}/runs/{answer['id']}"
    assert (answer["number"], answer["attempt"], answer["params"]) == (1, 1, {"x": 3})
    assert (answer["folder"], answer["checkpoint_dir"]) == (f"{run}/1", f"{run}/checkpoints")
    assert answer["argv"][:2] == ["sh", "-c"]
    assert answer["environment"]["SWEEPCLI_RUN_ID"] == answer["id"]
    assert "PATH" not in answer["environment"]


def test_nothing_left_is_an_empty_answer_and_no_error(call: Call, path: str) -> None:
    call(f"agent {path}")

    answer = call(f"agent --next --json {path}")

    assert (answer.code, answer.out) == (0, "")
    assert "the sweep is finished: all 3 runs of the grid search are claimed; for" in answer.err


@pytest.mark.parametrize(
    ("exit_code", "state", "reason"),
    [
        ("0", "finished", None),
        ("3", "failed", "exit code 3"),
        ("255", "failed", "exit code 255"),
        ("137", "pending", "killed by SIGKILL"),
        ("-9", "pending", "killed by SIGKILL"),
    ],
)
def test_the_end_is_told_by_an_exit_code_a_shell_s_too(
    exit_code: str, state: str, reason: str | None, call: Call, run_id: str
) -> None:
    assert call(f"agent --done {run_id} --exit-code {exit_code}").code == 0

    found = shown(call, run_id)
    assert (found["state"], found["reason"]) == (state, reason)


def test_a_script_that_says_that_it_failed_has_failed_whatever_its_launcher_says(
    folder: Path, call: Call, path: str, run_id: str
) -> None:
    events = folder / "sweep-results" / path / "runs" / run_id / "1" / "events.jsonl"
    events.write_text('{"_event": "finish", "exit_code": 4}\n')

    call(f"agent --done {run_id} --exit-code 0")

    found = shown(call, run_id)
    assert (found["state"], found["exit_code"]) == ("failed", 4)
    assert found["reason"].startswith("finish() said exit code 4")


def test_telling_the_end_twice_changes_nothing(call: Call, run_id: str) -> None:
    call(f"agent --done {run_id}")
    before = shown(call, run_id)

    answer = call(f"agent --done {run_id} --exit-code 1")

    assert (answer.code, shown(call, run_id)) == (0, before)


def test_a_run_that_was_handed_out_is_never_taken_for_lost(
    call: Call, path: str, run_id: str
) -> None:
    answer = call(f"agent {path}")

    assert answer.err.splitlines()[-2].startswith("sweepcli: Agent ended, nothing is left")
    assert "; other agents still run some" in answer.err
    assert (shown(call, run_id)["state"], shown(call, run_id)["attempt"]) == ("running", 1)


def test_a_run_that_cannot_be_prepared_is_given_back(folder: Path, call: Call, path: str) -> None:
    (folder / "sweep-results" / path / "runs").write_text("in the way")

    answer = call(f"agent --next {path}")

    assert (answer.code, answer.out) == (1, "")
    assert "ERROR cannot write the run's folder" in answer.err
    found = call(f"sweep show --json {path}").json
    assert found["states"] == {"preempted": 1}


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("agent --done nope", 1, "no run 'nope'"),
        ("agent --done nope --next", 2, "--done RUN cannot be used with PATH or --next"),
        ("agent --done nope me/demo/x", 2, "--done RUN cannot be used with PATH or --next"),
        ("agent --next", 2, "Missing argument 'PATH...'"),
        ("agent --next nope", 1, "no sweep 'nope'"),
    ],
)
def test_what_is_wrong_is_told(line: str, code: int, message: str, call: Call, path: str) -> None:
    assert path
    answer = call(line)
    assert (answer.code, message in answer.err) == (code, True)


def test_several_sweeps_hand_out_the_first_run_there_is(
    call: Call, created: Create, path: str
) -> None:
    call(f"agent {path}")
    other = created(CONFIG)
    assert call(f"agent --next --json {path} {other}").json["params"] == {"x": 3}
