"""`sweep rm`: what goes, what stays, and what is refused."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from contextlib import closing
from pathlib import Path
from unittest import mock

import pytest

from command_lines import Answer, Call, Create
from launching import shown
from other_user import CAN, as_user
from postgres_server import Server
from support import an_agent
from sweepcli import stores
from sweepcli.records import Agent
from sweepcli.stores import Store, one_machine
from sweepcli.sweeps import controller
from sweepcli.sweeps.repair.rebuilding import Old
from sweepcli.sweeps.sweep_folder import SweepFolder

RESULTS = "sweep-results"
MARK = "being-removed"


def store(place: str = RESULTS) -> closing[Store]:
    return closing(stores.open_existing(place if "://" in place else os.path.abspath(place)))


def listed(call: Call) -> list[str]:
    return [each["path"] for each in call("sweep ls --json").json]


def folder_of(path: str) -> Path:
    return Path(RESULTS, path)


def half_removed(path: str, *, rows: bool = False) -> None:
    """Leave a sweep as a removal that was killed does, after its rows went or before."""
    (folder_of(path) / MARK).touch()
    if not rows:
        with store() as opened:
            opened.remove_sweep(path.rpartition("/")[2], also=lambda: None)


def claim_elsewhere(opened: Store, path: str) -> None:
    """Let an agent of another host, which is dead by now, have the next run."""
    sweep = opened.sweep(path.rpartition("/")[2])
    opened.add_agent(an_agent())
    assert controller.top_up(opened, sweep, wanted=1, now=1.0)
    assert opened.claim_run(sweep.id, "a1", 2.0)


# What goes


def test_a_sweep_goes_with_its_rows_and_files_and_the_others_stay(
    call: Call, done: str, created: Create
) -> None:
    other = created(Path("sweep.yaml").read_text())
    call(f"agent {other}")

    answer = call(f"sweep rm --yes {done}")

    assert (answer.code, answer.out) == (0, f"{done}\n")
    assert "3 runs, and their files" in answer.err
    assert listed(call) == [other]
    assert not folder_of(done).exists()
    with store() as opened:
        for table in ("runs", "attempts", "history"):
            [(count,)] = opened.database.rows(f"SELECT COUNT(*) FROM {table}")  # noqa: S608 -- ours
            assert count == 3, table
    assert len(list(folder_of(other).glob("runs/*/1/command.json"))) == 3


def test_the_last_sweep_leaves_no_empty_folders_and_a_database_for_the_next(
    call: Call, done: str, created: Create
) -> None:
    assert call(f"sweep rm -y {done}").code == 0

    assert not Path(RESULTS, "me").exists()
    assert created(Path("sweep.yaml").read_text()) in listed(call)


def test_programs_get_an_answer_in_json(call: Call, done: str) -> None:
    assert call(f"sweep rm --yes --json {done}").json == {"path": done, "runs": 3, "left": []}


def test_a_removed_sweep_is_unknown_to_the_next_removal_and_to_agents(
    call: Call, done: str
) -> None:
    call(f"sweep rm --yes {done}")

    for line in (f"sweep rm --yes {done}", f"agent {done}"):
        answer = call(line)
        assert (answer.code, answer.out) == (1, "")
        assert "no sweep" in answer.err
    assert not Path(RESULTS, "me").exists()


# Whether it is meant


def test_off_a_terminal_nothing_goes_without_yes(call: Call, done: str) -> None:
    answer = call(f"sweep rm {done}")

    assert answer.code == 2
    assert "--yes removes without asking" in answer.err
    assert listed(call) == [done]


def test_a_sweep_goes_by_its_whole_id_alone(call: Call, done: str) -> None:
    sweep_id = done.rpartition("/")[2]
    for short in (sweep_id[:-1], "latest"):
        answer = call(f"sweep rm --yes {short}")
        assert (answer.code, answer.out) == (1, "")
        assert done in answer.err  # did you mean it?
    assert call("sweep rm --yes").code == 2
    assert call("sweep rm --yes ''").code == 2
    assert listed(call) == [done]


@pytest.mark.parametrize(("said", "code"), [("\n", 1), ("y\n", 0)])
def test_a_person_sees_what_goes_and_is_asked(call: Call, done: str, said: str, code: int) -> None:
    with shown(f"sweep rm {done}; echo exit $?") as (terminal, _):
        terminal.until_shown("Remove it for good? [y/N]:")
        os.write(terminal.fd, said.encode())
        terminal.until_shown(f"exit {code}")
        lines = "\n".join(terminal.lines)

    assert "3 runs (2 finished, 1 failed); best loss=1" in lines
    assert "files, " in lines
    assert folder_of(done).exists() is bool(code)
    assert listed(call) == [done] * code


# What is refused


def test_a_living_agent_keeps_its_sweep(call: Call, done: str) -> None:
    with store() as opened:
        now = 2.0**31
        sweeps = f" {done.rpartition('/')[2]} "
        opened.add_agent(Agent("a1", os.uname().nodename, os.getpid(), now, now, sweeps=sweeps))

    answer = call(f"sweep rm --yes {done}")

    assert answer.code == 1
    for word in ("agent a1", f"process {os.getpid()}", os.uname().nodename, f"cancel {done}"):
        assert word in answer.err
    assert not (folder_of(done) / MARK).exists()
    assert listed(call) == [done]


def test_a_run_that_was_given_out_keeps_its_sweep_until_its_end_is_told(
    call: Call, path: str
) -> None:
    run = call(f"agent --next --json {path}").json["id"]

    refused = call(f"sweep rm --yes {path}")

    assert refused.code == 1
    assert f"agent --done {run}" in refused.err
    call(f"agent --done {run}")
    assert call(f"sweep rm --yes {path}").code == 0


def test_an_agent_that_comes_in_between_keeps_its_sweep_as_it_was(call: Call, done: str) -> None:
    looks = [[], [an_agent()]]  # at first, and when the rows are about to go

    with mock.patch("sweepcli.agents.recovery.living", side_effect=looks):
        answer = call(f"sweep rm --yes {done}")

    assert answer.code == 1
    assert "agent a1" in answer.err
    assert not (folder_of(done) / MARK).exists()
    assert listed(call) == [done]


def test_runs_of_a_dead_agent_do_not_keep_their_sweep(call: Call, path: str) -> None:
    call(f"agent --count 1 {path}")
    with store() as opened:
        claim_elsewhere(opened, path)

    assert call(f"sweep rm --yes {path}").code == 0


# An interrupted removal


def test_a_removal_whose_rows_are_gone_is_completed(call: Call, done: str) -> None:
    half_removed(done)

    answer = call(f"sweep rm --yes {done.rpartition('/')[2]}")

    assert (answer.code, answer.out) == (0, f"{done}\n")
    assert "an interrupted" in answer.err
    assert not Path(RESULTS, "me").exists()


def test_a_removal_whose_database_is_gone_too_is_completed(call: Call, done: str) -> None:
    half_removed(done)
    os.remove(f"{RESULTS}/sweeps.db")

    assert call(f"sweep rm --yes {done}").code == 0
    assert not folder_of(done).exists()


def test_a_folder_without_a_mark_is_not_removed_for_want_of_rows(call: Call, done: str) -> None:
    half_removed(done)
    (folder_of(done) / MARK).unlink()

    assert call(f"sweep rm --yes {done}").code == 1
    assert (folder_of(done) / "sweep.yaml").exists()


def test_repair_leaves_out_what_was_being_removed(call: Call, done: str, created: Create) -> None:
    other = created(Path("sweep.yaml").read_text())
    half_removed(done)

    answer = call("sweep repair")

    assert (answer.code, answer.out) == (0, f"{other}\n")
    assert f"{done}: was being removed by `sweep rm`" in answer.err
    assert listed(call) == [other]


def test_repair_takes_no_removed_sweep_from_a_damaged_database(
    call: Call, done: str, created: Create
) -> None:
    other = created(Path("sweep.yaml").read_text())
    half_removed(done, rows=True)  # as a database may have them again that is damaged
    with mock.patch("sweepcli.sweeps.repair.repair.Old", lambda store, _: Old(store, False)):  # noqa: FBT003 -- a record
        answer = call("sweep repair")

    assert answer.out == f"{other}\n"


def test_repair_keeps_a_sweep_whose_removal_did_not_take_effect(call: Call, done: str) -> None:
    half_removed(done, rows=True)

    answer = call("sweep repair")

    assert (answer.code, answer.out) == (0, f"{done}\n")
    assert "interrupted before it took effect" in answer.err
    assert not (folder_of(done) / MARK).exists()


@pytest.mark.parametrize("line", ["sweep --pause {}", "agent --count 1 {}", "agent --next {}"])
def test_whoever_goes_on_with_a_sweep_takes_the_mark_away(call: Call, path: str, line: str) -> None:
    call(f"agent --count 1 {path}")
    half_removed(path, rows=True)

    assert call(line.format(path)).code == 0

    assert not (folder_of(path) / MARK).exists()


def test_a_mark_that_a_run_has_made_of_something_else_is_a_mark(
    call: Call, created: Create
) -> None:
    for make in (os.mkfifo, os.mkdir, lambda place: os.symlink("/nowhere", place)):
        path = created(Path("sweep.yaml").read_text())
        make(folder_of(path) / MARK)

        assert call(f"sweep rm --yes {path}").code == 0
        assert not folder_of(path).exists()


def test_a_folder_that_may_not_be_written_keeps_its_sweep(call: Call, done: str) -> None:
    with mock.patch("sweepcli.sweeps.sweep_folder._mark", side_effect=OSError(errno.EROFS, "No")):
        answer = call(f"sweep rm --yes {done}")

    assert answer.code == 1
    assert f"{folder_of(done)}: cannot mark it as removed: [Errno 30] No" in answer.err
    assert listed(call) == [done]


def test_what_is_written_when_all_is_removed_stays_with_the_mark(call: Call, done: str) -> None:
    with mock.patch("os.rmdir", side_effect=OSError(errno.ENOTEMPTY, "not empty")):
        answer = call(f"sweep rm --yes {done}")

    assert answer.code == 1
    assert "not empty" in answer.err
    assert (folder_of(done) / MARK).exists()
    assert call(f"sweep rm --yes {done}").code == 0


# Links, mounts, hostile names


def test_of_links_in_the_folder_only_the_links_go(call: Call, done: str, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").touch()
    (folder_of(done) / "runs" / "linked").symlink_to(elsewhere)
    (folder_of(done) / "file").symlink_to(elsewhere / "precious")
    (folder_of(done) / "nowhere").symlink_to("nowhere")

    assert call(f"sweep rm --yes {done}").code == 0

    assert (elsewhere / "precious").exists()
    assert not folder_of(done).exists()


@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_link_on_the_way_to_the_files_is_refused(
    call: Call, done: str, tmp_path: Path, level: int
) -> None:
    link = "/".join([RESULTS, *done.split("/")[: level + 1]])
    shutil.move(link, tmp_path / "moved")
    Path(link).symlink_to(tmp_path / "moved")

    answer = call(f"sweep rm --yes {done}")

    assert answer.code == 1
    assert f"{link} is a link" in answer.err
    assert listed(call) == [done]
    assert (folder_of(done) / "sweep.yaml").exists()
    Path(link).unlink()
    shutil.move(tmp_path / "moved", link)
    assert call(f"sweep rm --yes {done}").code == 0


def test_a_file_system_that_is_mounted_in_the_folder_is_refused(
    call: Call, done: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = f"{tmp_path}/{RESULTS}/{done}/runs/data\\040set"
    monkeypatch.setattr(
        one_machine.points_within,
        "__defaults__",
        (str(tmp_path / "mountinfo"),),
    )
    (tmp_path / "mountinfo").write_text(
        f"1 0 8:1 / / rw - ext4 /dev/a rw\n2 1 8:1 /x {point} rw - ext4 /dev/a rw\n"
    )

    answer = call(f"sweep rm --yes {done}")

    assert answer.code == 1
    assert "runs/data set: a file system is mounted there" in answer.err
    assert listed(call) == [done]


@pytest.mark.parametrize("name", ["..", ".", "a/b", ""])
def test_names_that_lead_elsewhere_have_no_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "results" / "me" / "demo").mkdir(parents=True)
    for names in ((name, "demo", "x"), ("me", name, "demo"), ("me", "demo", name)):
        found = SweepFolder(str(tmp_path / "results"), names)
        assert not found.is_there
        assert found.remove() == []
    assert (tmp_path / "results" / "me" / "demo").exists()


def test_odd_names_go_too(call: Call, done: str) -> None:
    for name in (b"line\nbreak", b"\xff\xfe", b"-rf *", "\u2068\x1b[2J".encode(), b".hidden"):
        os.mkdir(os.path.join(os.fsencode(folder_of(done)), name))
        os.mkfifo(os.path.join(os.fsencode(folder_of(done)), name, b"fifo"))

    assert call(f"sweep rm --yes {done}").code == 0
    assert not folder_of(done).exists()


def test_folders_that_are_too_deep_are_told_and_stay(call: Call, done: str) -> None:
    deep = folder_of(done) / "runs" / "/".join("d" * 150)
    deep.mkdir(parents=True)

    answer = call(f"sweep rm --yes {done}")

    assert answer.code == 1
    assert "more than 100 folders" in answer.err
    assert listed(call) == []
    assert (folder_of(done) / MARK).exists()
    shutil.rmtree(folder_of(done) / "runs")
    assert call(f"sweep rm --yes {done}").code == 0


@pytest.mark.skipif(not CAN, reason="only root can be another user")
def test_what_another_user_owns_is_told_and_goes_with_the_next_removal(
    call: Call, done: str, tmp_path: Path
) -> None:
    locked = folder_of(done) / "runs" / "locked"
    locked.mkdir()
    (locked / "file").touch()
    for place, _, _ in os.walk(tmp_path):
        os.chmod(place, 0o777)  # noqa: S103 -- for the other user
    for file in Path(RESULTS).glob("*"):
        file.chmod(0o777)
    locked.chmod(0o755)
    words = ["sweep", "rm", "--yes", done, "--json"]

    answer = subprocess.run(
        as_user(words), check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )

    assert answer.returncode == 1, answer.stderr
    assert [each["path"] for each in Answer(1, answer.stdout, "").json["left"]] == [
        str(locked.absolute() / "file")
    ]
    assert "repeat" in answer.stderr or "rm" in answer.stderr
    assert not (folder_of(done) / "sweep.yaml").exists()
    assert call(f"sweep rm --yes {done}").code == 0
    assert not folder_of(done).exists()


# Other stores


def test_a_sweep_that_moved_keeps_its_files_until_it_is_removed_there_too(
    call: Call, path: str, created: Create
) -> None:
    here = created(Path("sweep.yaml").read_text())
    call(f"agent --count 1 {path}")
    call(f"sweep copy {RESULTS} other {path}")

    first = call(f"sweep rm --yes {path}")

    assert first.code == 0
    assert f"{path} stays, because the sweep is also in" in first.err
    assert "and their files" not in first.err
    assert len(list(folder_of(path).glob("runs/*/1/command.json"))) == 1
    assert listed(call) == [here]
    assert call(f"agent --dir {RESULTS} --store other --count 1 {path}").code == 0
    assert call(f"sweep rm --yes --dir {RESULTS} --store other {path}").code == 0
    assert not folder_of(path).exists()
    assert not Path("other", path).exists()


def test_what_another_store_has_is_no_rest_of_a_removal(call: Call, done: str) -> None:
    path = call("sweep --store other sweep.yaml").out.strip()
    (folder_of(path) / MARK).touch()  # of a removal from there, killed before it took effect

    answer = call(f"sweep rm --yes {path}")

    assert (answer.code, answer.out) == (1, "")
    assert "no sweep" in answer.err
    assert (folder_of(path) / "sweep.yaml").exists()
    assert listed(call) == [done]
    assert call(f"sweep rm --yes --store other {path}").code == 0


def test_repair_does_not_bring_back_what_was_removed_from_one_of_two_stores(
    call: Call, path: str, created: Create
) -> None:
    call(f"agent --count 1 {path}")
    call(f"sweep copy {RESULTS} other")
    other = created(Path("sweep.yaml").read_text())
    call(f"sweep rm --yes {path}")
    os.remove(f"{RESULTS}/sweeps.db")

    answer = call("sweep repair")

    assert answer.out == f"{other}\n"
    assert "and not in" in answer.err


def test_a_copy_of_a_sweep_that_is_over_stays(call: Call, done: str) -> None:
    call(f"sweep copy {RESULTS} other")

    call(f"sweep rm --yes {done}")

    assert not folder_of(done).exists()
    assert call(f"sweep runs --dir other {done} --json").code == 0


def test_a_sweep_on_a_server_goes_and_its_files_on_other_hosts_are_named(
    call: Call, folder: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.new_database()
    monkeypatch.setenv("SWEEPCLI_STORE", url)
    kept, path = (call("sweep sweep.yaml").out.strip() for _ in range(2))
    call(f"agent {kept}")
    call(f"agent --count 2 {path}")
    with store(url) as opened:
        claim_elsewhere(opened, path)
        opened.end_agent("a1", 3.0)

    answer = call(f"sweep rm --yes {path}")

    assert (answer.code, answer.out) == (0, f"{path}\n")
    assert "have been on elsewhere: their files there stay" in answer.err
    assert not (folder / RESULTS / path).exists()
    assert listed(call) == [kept]
    with store(url) as opened:
        [(count,)] = opened.database.rows("SELECT COUNT(*) FROM history")
    assert count == 3
