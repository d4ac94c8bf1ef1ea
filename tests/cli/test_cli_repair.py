"""`sweep repair`: what comes back from the files of runs, and what it says is lost."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from glob import glob
from pathlib import Path

import pytest

import irregular
from command_lines import Call, Create
from support import agents, holding, until
from sweepcli import stores
from sweepcli.records import JSON, RunState, SweepState
from sweepcli.stores import presence
from sweepcli.sweeps import controller

RESULTS = "sweep-results"
# Fails on 2, and once more; logs two rows.
CONFIG = """\
method: grid
metric: {name: loss}
max_retries: 1
command: [sh, -c, 'echo tried ${x}; echo ${x} >> ran; for i in 1 2; do
  echo "{\\"loss\\": ${x}}" >> $SWEEPCLI_EVENTS; done; test ${x} != 2']
parameters: {x: {values: [1, 2, 3, 4, 5, 6]}}
"""


def everything(call: Call, path: str, options: str = "") -> JSON:
    """Return all that is known of the runs that an agent has had, and of their attempts."""
    runs = call(f"sweep runs {path} --json {options}").json
    return [
        (run, call(f"sweep show {run['id']} --json {options}").json, history(run["id"]))
        for run in runs
    ]


def history(run_id: str) -> JSON:
    with closing(stores.open_existing(os.path.abspath(RESULTS))) as store:
        run = store.run(run_id)
        return [store.history(run_id, each + 1) for each in range(run.attempt)]


def lose() -> None:
    """Remove the database."""
    for file in glob(f"{RESULTS}/sweeps.db*"):
        os.remove(file)


def repaired(call: Call, line: str = "sweep repair --json") -> JSON:
    answer = call(line)
    assert answer.code == 0, answer.err
    return answer.json


def state(call: Call, path: str) -> str:
    return str(call(f"sweep show {path} --json").json["state"])


def runs(path: str, state: RunState | None = None) -> list[int]:
    """Return the numbers of the runs of a sweep, or of those in a state."""
    with closing(stores.open_existing(os.path.abspath(RESULTS))) as store:
        found = store.runs(path.rpartition("/")[2])
    return [run.number for run in found if state in (None, run.state)]


def record(path: str, number: int = 1, name: str = "command.json") -> Path:
    """Return a file of the last attempt at a run."""
    with closing(stores.open_existing(os.path.abspath(RESULTS))) as store:
        [run] = store.numbered(path.rpartition("/")[2], [number])
    return Path(RESULTS, path, "runs", run.id, str(run.attempt), name)


@pytest.fixture
def path(created: Create) -> str:
    """Create a sweep of six runs."""
    return created(CONFIG)


@pytest.fixture
def ran(call: Call, path: str) -> str:
    """Create a sweep of six runs: an agent has had four, of which one has failed."""
    call(f"agent --count 4 {path}")
    with closing(stores.open_existing(os.path.abspath(RESULTS))) as store:
        sweep = store.sweep(path.rpartition("/")[2])
        assert controller.top_up(store, sweep, wanted=None, now=1.0)
    return path


# What comes back


def test_all_that_agents_have_had_comes_back_and_they_go_on(call: Call, ran: str) -> None:
    before = everything(call, ran)
    lose()

    answer = call("sweep repair")

    assert (answer.code, answer.out) == (0, f"{ran}\n")
    assert "1 sweep, 4 runs, 4 attempts, 8 rows of history" in answer.err
    assert "WARNING" not in answer.err
    assert everything(call, ran) == before
    assert call(f"agent {ran}").code == 0
    assert runs(ran, RunState.FINISHED) == [1, 3, 4, 5, 6]
    assert sorted(Path("ran").read_text().split()) == sorted("1223456")
    assert state(call, ran) == "finished"


def test_a_sweep_that_is_over_comes_back_as_that_with_its_attempts(call: Call, path: str) -> None:
    call(f"agent {path}")
    before = everything(call, path)
    lose()

    assert repaired(call) == {
        "sweeps": [{"path": path, "state": "finished", "runs": 6, "attempts": 7, "rows": 14}],
        "lost": [],
        "old": None,
    }
    assert everything(call, path) == before
    assert before[1][0]["state"] == "failed"


def test_a_sound_database_is_rebuilt_and_the_old_one_stays_beside(call: Call, ran: str) -> None:
    before = call(f"sweep runs {ran} --all --json").out  # two of which nobody has claimed
    whole = Path(RESULTS, "sweeps.db").read_bytes()

    answer = call("sweep repair")
    old = os.path.abspath(f"{RESULTS}/sweeps.db.old-1")

    assert f"The old database is now {old}" in answer.err
    assert Path(old).read_bytes() == whole
    assert call(f"sweep runs {ran} --all --json").out == before
    assert repaired(call)["old"] == f"{old[:-1]}2"


@pytest.mark.parametrize("damage", ["truncated", "garbage", "flipped"])
def test_a_damaged_database_is_rebuilt(call: Call, ran: str, damage: str) -> None:
    before = everything(call, ran)
    file = Path(RESULTS, "sweeps.db")
    content = bytearray(file.read_bytes())
    if damage == "flipped":
        for place in range(4096, len(content), 7):
            content[place] ^= 0xFF
    file.write_bytes({"truncated": b"", "garbage": b"garbage" * 999}.get(damage, bytes(content)))
    assert call(f"sweep runs {ran}").code == 1
    broken = file.read_bytes()

    assert repaired(call)["sweeps"][0]["runs"] == 4

    assert everything(call, ran) == before
    assert Path(f"{RESULTS}/sweeps.db.old-1").read_bytes() == broken


def test_a_run_whose_agent_was_killed_comes_back_and_is_given_back(
    call: Call, created: Create
) -> None:
    slow = created(CONFIG.replace("test ", "touch started; sleep 100; test "))
    with agents(os.path.abspath(RESULTS), slow.rpartition("/")[2]) as agent:
        until(lambda: os.path.exists("started"))
        agent.kill()
    before = call(f"sweep runs {slow} --json").json
    lose()

    assert repaired(call)["lost"] == []

    [after] = call(f"sweep runs {slow} --json").json
    assert (after["state"], after["id"]) == ("running", before[0]["id"])
    assert (after["summary"], after["step"]) == ({"loss": 1}, 0)
    call(f"sweep --cancel {slow}")
    assert runs(slow, RunState.PREEMPTED) == [1]
    assert len(history(after["id"])[0]) == 2


def test_a_run_of_a_persons_own_launcher_goes_on(call: Call, path: str) -> None:
    run_id = call(f"agent --next --json {path}").json["id"]
    lose()

    repaired(call)
    assert runs(path, RunState.RUNNING) == [1]
    assert call(f"agent --done {run_id} --exit-code 0").code == 0

    assert runs(path, RunState.FINISHED) == [1]


def test_a_retry_by_a_person_stays_one(call: Call, path: str) -> None:
    call(f"agent {path}")
    call(f"sweep retry {path}")
    lose()

    repaired(call)

    assert (state(call, path), runs(path, RunState.PENDING)) == ("running", [2])
    with closing(stores.open_existing(os.path.abspath(RESULTS))) as store:
        [number] = store.database.rows("SELECT retry_from FROM runs WHERE number = 2")
    assert number == (2,)
    call(f"agent {path}")
    assert Path("ran").read_text().split().count("2") == 4


def test_what_a_process_that_a_run_left_behind_has_logged_since_is_not_read(
    call: Call, ran: str
) -> None:
    before = everything(call, ran)
    with record(ran, 1, "events.jsonl").open("a") as file:
        file.write('{"loss": -1}\n')
    lose()

    repaired(call)

    assert everything(call, ran) == before


@pytest.mark.parametrize("method", ["random", "bayes", "sobol"])
def test_a_search_goes_on_where_it_was(call: Call, created: Create, method: str) -> None:
    config = f"""\
        method: {method}
        seed: 7
        run_cap: 6
        metric: {{name: loss}}
        command: [sh, -c, 'echo "{{\\"loss\\": ${{x}}}}" >> $SWEEPCLI_EVENTS']
        parameters: {{x: {{min: 0.0, max: 1.0}}}}
        """
    without = created(config)
    call(f"agent {without}")
    path = created(config)
    call(f"agent --count 3 {path}")
    lose_one = call(f"sweep runs {path} --json").json
    lose()
    repaired(call)

    call(f"agent {path}")

    found = [run["params"] for run in call(f"sweep runs {path} --json").json]
    assert found == [run["params"] for run in call(f"sweep runs {without} --json").json]
    assert call(f"sweep runs {path} --json").json[:3] == lose_one


# The states of sweeps


@pytest.mark.parametrize(
    ("verbs", "expected"),
    [
        ("--pause", "paused"),
        ("--stop", "finished"),
        ("--cancel", "canceled"),
        ("--cancel --resume", "running"),
    ],
)
def test_what_a_person_did_to_a_sweep_is_not_undone(
    call: Call, ran: str, verbs: str, expected: str
) -> None:
    for verb in verbs.split():
        call(f"sweep {verb} {ran}")
    lose()

    repaired(call)

    assert state(call, ran) == expected


@pytest.mark.parametrize(("noted", "stored"), [("paused", "running"), ("running", "paused")])
def test_a_sweep_whose_state_is_not_the_same_everywhere_is_paused(
    call: Call, ran: str, noted: str, stored: str
) -> None:
    file = Path(RESULTS, ran, "sweep.json")
    file.write_text(json.dumps({**json.loads(file.read_text()), "states": {".": noted}}))
    with closing(stores.open_existing(os.path.abspath(RESULTS))) as store:
        of = ran.rpartition("/")[2]
        store.set_state(of, SweepState(stored), allowed=list(SweepState))

    [lost] = repaired(call)["lost"]

    assert state(call, ran) == "paused"
    assert lost["why"].endswith(f"is {noted}, the old database that it is {stored}: it is paused")


def test_a_sweep_that_moved_away_stays_finished_and_goes_on_where_it_is(
    call: Call, ran: str
) -> None:
    call(f"sweep copy {RESULTS} other")
    call(f"agent --count 1 {ran} --dir {RESULTS} --store other")
    before = call(f"sweep runs {ran} --json --dir {RESULTS} --store other").out
    lose()
    os.remove("other/sweeps.db")

    repaired(call)
    assert state(call, ran) == "finished"
    repaired(call, f"sweep repair {RESULTS} --store other --json")

    assert call(f"sweep show {ran} --store other --json").json["state"] == "running"
    assert call(f"sweep runs {ran} --json --store other").out == before


def test_a_sweep_that_was_copied_here_comes_from_the_database_alone(call: Call, ran: str) -> None:
    call(f"sweep copy {RESULTS} other")
    before = call(f"sweep runs {ran} --all --json --dir other").out

    repaired(call, "sweep repair other --json")
    assert call(f"sweep runs {ran} --all --json --dir other").out == before
    os.remove("other/sweeps.db")
    answer = call("sweep repair other")

    assert answer.code == 1
    assert "was copied from" in answer.err


def test_a_sweep_in_another_store_is_left_out(call: Call, ran: str) -> None:
    call("sweep own.yaml --store elsewhere", CONFIG)
    lose()

    found = repaired(call)

    assert [each["path"] for each in found["sweeps"]] == [ran]
    assert f"its sweep is in {os.path.abspath('elsewhere')}" in found["lost"][0]["why"]


def test_a_sweep_whose_state_is_not_known_is_paused(call: Call, ran: str) -> None:
    Path(RESULTS, ran, "sweep.json").unlink()
    lose()

    found = repaired(call)

    assert state(call, ran) == "paused"
    assert "it is paused" in found["lost"][0]["why"]
    assert found["sweeps"][0]["runs"] == 4


# Gaps


def test_a_run_whose_folder_was_removed_is_suggested_again(call: Call, ran: str) -> None:
    shutil.rmtree(record(ran, 3).parents[1])
    lose()

    found = repaired(call)

    assert "run 3 is not here: suggested again" in found["lost"][0]["why"]
    assert runs(ran, RunState.PENDING) == [2, 3]
    call(f"agent {ran}")
    assert runs(ran, RunState.FINISHED) == [1, 3, 4, 5, 6]
    assert {run["params"]["x"] for run in call(f"sweep runs {ran} --json").json} == set(range(1, 7))


def test_a_run_whose_folder_was_removed_stays_as_the_old_database_has_it(
    call: Call, ran: str
) -> None:
    before = call(f"sweep runs {ran} --all --json").out
    shutil.rmtree(record(ran, 3).parents[1])
    Path(record(ran, 1)).write_text(
        '{"argv": [], "cwd": "", "environment": {}}'
    )  # an earlier version

    assert repaired(call)["lost"] == []

    assert call(f"sweep runs {ran} --all --json").out == before


def forget_end(path: str) -> None:
    """Let the end of attempt 1 at run 2, and of run 4, not have been recorded beside them."""
    for file in (record(path, 2), record(path, 4)):
        said = json.loads(file.read_text())
        file.write_text(json.dumps({name: said[name] for name in said if name != "ended"}))


def forget_history(path: str) -> None:
    record(path, 3, "events.jsonl").unlink()


def forget_attempt(path: str) -> None:
    call_again = record(path, 2)
    assert call_again.parent.name == "2"
    shutil.rmtree(call_again.parent)


@pytest.mark.parametrize("forget", [forget_end, forget_history, forget_attempt])
def test_what_a_sound_database_knows_and_the_files_no_longer_do_is_kept(
    call: Call, path: str, forget: Callable[[str], None]
) -> None:
    call(f"agent {path}")
    forget(path)
    before = everything(call, path)

    assert repaired(call)["lost"] == []

    assert everything(call, path) == before


@pytest.mark.parametrize("number", [7, 10**12])
def test_a_run_with_an_impossible_number_is_left_out(call: Call, ran: str, number: int) -> None:
    file = record(ran, 4)
    said = json.loads(file.read_text())
    file.write_text(json.dumps({**said, "run": {**said["run"], "number": number}}))
    lose()

    found = repaired(call)

    assert f"number {number} of 6" in found["lost"][0]["why"]
    assert runs(ran) == [1, 2, 3]


def test_a_random_search_does_not_fill_a_gap_without_end(call: Call, created: Create) -> None:
    path = created("method: random\ncommand: [/bin/true]\nparameters: {x: {min: 0.0, max: 1.0}}\n")
    call(f"agent --count 2 {path}")
    file = record(path, 2)
    said = json.loads(file.read_text())
    file.write_text(json.dumps({**said, "run": {**said["run"], "number": 10**12}}))
    lose()

    assert "no run has the number" in repaired(call)["lost"][0]["why"]

    assert runs(path) == [1]


# Files that runs and people have damaged


@pytest.mark.parametrize("kind", [*irregular.KINDS, "garbage", "nothing"])
@pytest.mark.parametrize("name", ["command.json", "events.jsonl", "output.log", "params.json"])
def test_what_a_run_has_put_in_the_place_of_its_files_ends_nothing(
    call: Call, ran: str, name: str, kind: str
) -> None:
    file = record(ran, 2, name)
    file.unlink()
    if kind == "garbage":
        file.write_bytes(b'\xff\x00{"loss": [[[}\n\n{"loss"')
    elif kind != "nothing":
        irregular.put(kind, file)
    lose()

    answer = call("sweep repair")

    assert answer.code == 0
    is_told = name == "command.json" or (name == "events.jsonl" and kind in irregular.KINDS)
    assert (str(file) in answer.err) is is_told
    assert runs(ran) == [1, 2, 3, 4]
    assert runs(ran, RunState.FINISHED) == [1, 3, 4]


@pytest.mark.parametrize("kind", [*irregular.KINDS, "garbage", "nothing"])
def test_a_sweep_whose_record_cannot_be_read_is_told_and_comes_from_the_old_database(
    call: Call, created: Create, ran: str, kind: str
) -> None:
    other = created(CONFIG)
    file = Path(RESULTS, ran, "sweep.yaml")
    file.unlink()
    if kind == "garbage":
        file.write_text("method: [")
    elif kind != "nothing":
        irregular.put(kind, file)

    found = repaired(call)
    assert {each["path"] for each in found["sweeps"]} == {ran, other}
    assert any(each["path"] == os.path.abspath(file) for each in found["lost"])
    assert runs(ran) == list(range(1, 7))
    lose()
    found = repaired(call)

    assert [each["path"] for each in found["sweeps"]] == [other]


def test_copies_of_folders_are_told_and_left_out(call: Call, ran: str) -> None:
    folder = record(ran, 1).parents[1]
    shutil.copytree(folder, folder.with_name("copied00"))
    shutil.copytree(Path(RESULTS, ran), Path(RESULTS, "me", "zzz", ran.rpartition("/")[2]))
    shutil.copytree(folder / "1", folder / "2")
    lose()

    found = repaired(call)

    assert [each["path"] for each in found["sweeps"]] == [ran]
    assert len(found["lost"]) == 3
    assert found["sweeps"][0]["runs"] == 4


def test_a_link_to_itself_hides_nothing_beside_it(call: Call, ran: str) -> None:
    before = everything(call, ran)
    place = Path(call(f"sweep where {ran}").out.strip())
    for folder in (Path(RESULTS), place.parent, place / "runs", next((place / "runs").iterdir())):
        (folder / "0").symlink_to("0")
    lose()

    assert repaired(call)["lost"] == []
    assert everything(call, ran) == before


@pytest.mark.usefixtures("ran")
def test_runs_without_a_sweep_and_other_files_are_no_sweeps(call: Call) -> None:
    for folder in ("me/demo/runs/abcd1234/1", ".git/a/b", "me/demo/empty", "me/\udcff/x/runs/y"):
        os.makedirs(f"{RESULTS}/{folder}")
    Path(RESULTS, "me", "notes.txt").write_text("x")
    lose()

    assert repaired(call)["lost"] == []


def test_many_alike_losses_are_told_in_few_lines(call: Call, created: Create) -> None:
    path = created(CONFIG.replace("[1, 2, 3", "[7, 8, 9, 10, 11, 12, 13, 1, 2, 3"))
    call(f"agent {path}")
    for number in range(1, 9):
        record(path, number).write_text("{}")
    lose()

    answer = call("sweep repair")

    assert answer.err.count("says nothing of its run") == 6
    assert "and 3 more: says nothing of its run" in answer.err


# When it does not begin


@pytest.mark.usefixtures("ran")
def test_a_database_that_has_to_be_brought_up_to_date_is_left_as_it_is(call: Call) -> None:
    with closing(sqlite3.connect(f"{RESULTS}/sweeps.db")) as connection, connection:
        connection.execute("DELETE FROM migrations WHERE name LIKE '003%'")

    answer = call("sweep repair")

    assert answer.code == 1
    assert "made by an older version" in answer.err
    assert not os.path.exists(f"{RESULTS}/sweeps.db.old-1")


@pytest.mark.usefixtures("ran")
def test_a_repair_beside_an_agent_at_work_is_refused_and_names_it(call: Call) -> None:
    results = os.path.abspath(RESULTS)
    with closing(presence.Presence(results, "abcd1234")):
        answer = call("sweep repair")

    assert answer.code == 1
    assert f"in use by agent abcd1234 (process {os.getpid()} on" in answer.err
    assert not os.path.exists(f"{RESULTS}/sweeps.db.old-1")


HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1] + "/sweeps.db")
connection.execute("SELECT * FROM sweeps").fetchall()
print("open", flush=True)
sys.stdin.read()
"""


@pytest.mark.usefixtures("ran")
def test_a_program_that_has_the_database_open_is_named(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sweepcli.stores.replacement.PATIENCE_S", 0.05)
    with holding(HOLD, Path(RESULTS), "open") as other:
        answer = call("sweep repair")

    assert answer.code == 1
    who = f"process {other.pid}" if sys.platform == "linux" else "another program"
    assert f"{who} has it open" in answer.err
    assert os.listdir(RESULTS).count("sweeps.db.repair") == 0
    assert repaired(call)["sweeps"]


def test_there_is_nothing_to_repair_in_an_empty_directory(call: Call) -> None:
    os.mkdir("empty")

    answer = call("sweep repair empty")

    assert answer.code == 1
    assert "nothing to repair" in answer.err
    assert os.listdir("empty") == []
    assert call("sweep repair nowhere").code == 1
    assert not os.path.exists("nowhere")


@pytest.mark.usefixtures("ran")
def test_a_server_has_backups_of_its_own(call: Call) -> None:
    answer = call("sweep repair --store postgresql://me@db.lab/sweeps")
    assert answer.code == 1
    assert "only SQLite's database is repaired" in answer.err
