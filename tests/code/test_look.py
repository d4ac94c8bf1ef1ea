"""The process that looks: what it answers to an agent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from repositories import commit, git, place, put, repository, write
from sweepcli.code import environment, look, tree, version
from sweepcli.code.place import Place
from sweepcli.code.tree import Tree
from sweepcli.records import JSON


def ask(where: Place, before: str | None = None) -> dict[str, JSON]:
    """Ask the process."""
    done = subprocess.run(
        [sys.executable, "-m", "sweepcli.code.look"],
        input=json.dumps({"place": where.to_json(), "before": before}),
        capture_output=True,
        text=True,
        check=True,
    )
    (line,) = done.stdout.splitlines()
    found: dict[str, JSON] = json.loads(line)
    return found


def test_a_look_keeps_what_it_saw_and_says_its_id(tmp_path: Path) -> None:
    code = repository(tmp_path / "code")
    write(code, train_py="print(2)\n")
    where = place(code, interpreter=sys.executable)

    answer = ask(where)

    kept = version.read(where.results, answer["code"])
    around = environment.read(where.results, answer["environment"])
    assert answer["problem"] is None
    assert answer["changed"] == []
    assert kept.commit == git(code, "rev-parse", "HEAD")
    assert b"+print(2)" in (version.patch(where.results, kept.id) or b"")
    assert "pytest" in environment.packages(where.results, around.packages)
    assert json.loads(Path(where.last_look).read_text()) == answer


def test_an_agent_is_told_what_to_compare_the_latest_files_first(tmp_path: Path) -> None:
    code = repository(tmp_path / "code", train_py="1", a_py="1", b_py="1")
    write(code, a_py="2")
    where = place(code, interpreter=sys.executable)

    answer = ask(where)

    files = [stamp[0] for stamp in answer["watch"] if stamp[0].endswith(".py")]
    assert files[0] == str(code / "a.py")
    assert sorted(files) == [str(code / name) for name in ("a.py", "b.py", "train.py")]
    assert any(stamp[0].endswith("site-packages") for stamp in answer["watch"])
    assert answer["is_all"]
    assert all(look.stamp_of(stamp[0]) == stamp for stamp in answer["watch"])


def test_of_many_files_those_near_the_program_are_compared(tmp_path: Path) -> None:
    code = repository(tmp_path / "code", train_py="1")
    for number in range(look.MOST_WATCHED):
        put(code, f"apart/{number}.py", "")
        put(code, f"main/{number}.txt", "")
    main = put(code, "main/main.py", "")
    for number in range(look.MOST_WATCHED):
        put(code, f"later/{number}.py", "")

    answer = ask(place(code, program="main/main.py"))

    assert str(main) in [stamp[0] for stamp in answer["watch"]]


def test_of_many_files_only_the_latest_are_compared(tmp_path: Path) -> None:
    code = repository(tmp_path / "code")
    for number in range(look.MOST_WATCHED):
        put(code, f"lib/{number}.py", "")
    last = put(code, "lib/last.py", "")
    while os.stat(last).st_ctime_ns <= os.stat(code / "lib/49.py").st_ctime_ns:
        put(code, "lib/last.py", "")  # the clock of the file system ticks rarely

    answer = ask(place(code))

    assert len(answer["watch"]) == look.MOST_WATCHED
    assert answer["watch"][0][0] == str(code / "lib/last.py")
    assert not answer["is_all"]


@pytest.mark.slow
def test_what_was_changed_since_a_version_is_named_with_the_time(tmp_path: Path) -> None:
    code = repository(tmp_path / "code", train_py="1", same_py="1", gone_py="1")
    where = place(code)
    before = ask(where)["code"]

    write(code, train_py="2", new_py="1")
    (code / "gone.py").unlink()
    commit(code)
    answer = ask(where, before)

    assert answer["code"] != before
    assert answer["changed"] == [
        ["gone.py", None],
        ["new.py", os.stat(code / "new.py").st_ctime_ns],
        ["train.py", os.stat(code / "train.py").st_ctime_ns],
    ]
    assert ask(where, answer["code"])["changed"] == []
    assert ask(where, "0" * 12)["changed"] == []


def test_code_that_changes_all_the_time_is_no_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = repository(tmp_path / "code")
    seen = tree.look

    def and_change(where: Place) -> Tree:
        put(code, "new.py", "before")
        found = seen(where)
        put(code, "new.py", "after")
        return found

    monkeypatch.setattr(tree, "look", and_change)

    answer = look.answer(place(code), None)

    assert answer["code"] is None
    assert "the code changes all the time" in str(answer["problem"])
    assert answer["watch"][0][1:] == [0, 0, 0, 0]  # the next check finds a change


@pytest.mark.parametrize("is_file", [True, False])
def test_results_that_cannot_be_written_are_told(
    tmp_path: Path, results: Path, *, is_file: bool
) -> None:
    code = repository(tmp_path / "code")
    results.rmdir()
    if is_file:
        results.touch()

    answer = ask(place(code))

    assert results.is_file() == is_file
    assert results.exists() == is_file  # one that was removed is not made again
    assert (answer["code"], answer["environment"]) == (None, None)
    assert "the code cannot be kept: " in str(answer["problem"])


def test_a_look_loads_little(tmp_path: Path) -> None:
    code = repository(tmp_path / "code")
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "sweepcli.code.look"],
        input=json.dumps({"place": place(code).to_json(), "before": None}),
        capture_output=True,
        text=True,
        check=True,
    )

    loaded = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines()]
    ours = [name for name in loaded if name.startswith("sweepcli")]
    slow = {"dataclasses", "logging", "pathlib", "tempfile", "yaml", "click", "shutil", "inspect"}
    assert slow.isdisjoint(loaded)
    assert len(ours) <= 23
