"""A version in the results directory: complete, within limits, written whole by any number."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from repositories import commit, everything, git, kept, place, put, repository, write
from sweepcli.code import rules, tree, uncommitted, version
from sweepcli.code.uncommitted import Moved


@pytest.mark.slow
def test_what_is_kept_makes_the_code_again_from_its_commits(tmp_path: Path) -> None:
    inner = repository(tmp_path / "inner", net_py="1\n", bin_py="")
    code = repository(tmp_path / "code", train_py="1\n", gone_py="2\n", picture_py="")
    write(code, removed_py="1\n", untracked_py="1\n")
    git(code, "submodule", "--quiet", "add", str(inner), "libs/in ner")
    put(code, "picture.py", bytes(range(256)))
    commit(code)
    write(code, train_py="3\n", new_py="4\n", picture_py="now text")
    (code / "gone.py").unlink()
    git(code, "rm", "-q", "removed.py")
    git(code, "rm", "-q", "--cached", "untracked.py")
    (code / "train.py").chmod(0o755)
    put(code, "picture.py", bytes(range(255, -1, -1)))
    put(code / "libs/in ner", "net.py", "5\r\n")
    found = kept(code)

    again = tmp_path / "again"
    git(tmp_path, "clone", "-q", "--recurse-submodules", str(code), str(again))
    patch = version.patch(str(tmp_path / "results"), found.id)
    assert patch
    subprocess.run(["git", "apply", "-"], cwd=again, input=patch, check=True)
    for path, blob in found.kept.items():
        put(again, path, version.content(str(tmp_path / "results"), blob))

    assert kept(again).id == found.id
    assert found.kept.keys() == {"new.py", "untracked.py"}
    assert found.left_out == {}


def test_a_version_is_read_as_it_was_written(tmp_path: Path) -> None:
    code = repository(tmp_path / "code", src__train_py="1\n")
    write(code, src__new_py="2\n")
    results = str(tmp_path / "results")

    found = kept(code / "src", results=results)

    assert version.read(results, found.id) == found
    assert (found.root, found.cwd, found.program) == (str(code), "src", "src/train.py")
    assert found.commit == git(code, "rev-parse", "HEAD")
    assert version.patch(results, found.id) is None
    assert version.files(results, found.id) == {
        "src/train.py": ("100644", git(code, "rev-parse", "HEAD:src/train.py")),
        "src/new.py": ("100644", git(code, "hash-object", "src/new.py")),
    }


def test_a_version_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    code = repository(tmp_path / "code")
    write(code, new_py="1")
    first = kept(code)
    before = everything(tmp_path / "results")

    commit(code)  # the content is the same

    assert kept(code) == first
    assert everything(tmp_path / "results") == before


def test_without_git_all_code_is_kept(tmp_path: Path) -> None:
    code = tmp_path / "code"
    write(code, train_py="1", lib__net_py="2")
    os.symlink("train.py", code / "run.py")

    found = kept(code)

    results = str(tmp_path / "results")
    texts = {path: version.content(results, blob) for path, blob in found.kept.items()}
    assert texts == {"train.py": b"1", "lib/net.py": b"2", "run.py": b"train.py"}
    assert (found.commit, found.repositories) == (None, ())


def test_files_over_the_limits_are_left_out_and_listed_but_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_BYTES", 100)
    monkeypatch.setattr(rules, "MOST_KEPT", 250)
    monkeypatch.setattr(rules, "MOST_READ", 1000)
    code = repository(tmp_path / "code", train_py="1\n", grows_py="1\n", was_py="x" * 101)
    write(code, grows_py="y" * 101, was_py="small\n", huge_py="z" * 1001, large_py="z" * 101)
    write(code, a_py="a" * 90, b_py="b" * 90, c_py="c" * 91)

    found = kept(code)

    assert found.left_out == {
        "grows.py": uncommitted.TOO_LARGE,
        "was.py": uncommitted.TOO_LARGE,
        "large.py": uncommitted.TOO_LARGE,
        "huge.py": "is larger than 0 MB",
        "c.py": uncommitted.TOO_MUCH,
    }
    assert found.kept.keys() == {"a.py", "b.py"}
    files = version.files(str(tmp_path / "results"), found.id)
    assert {"grows.py", "was.py", "large.py", "c.py"} <= files.keys()
    assert "huge.py" not in files
    write(code, large_py="Z" * 101)
    assert kept(code).id != found.id


def test_only_so_many_names_are_listed_of_what_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_LEFT_OUT", 2)
    code = repository(tmp_path / "code")
    for number in range(5):
        put(code, f"{number}.pem", "")

    assert list(kept(code).left_out) == ["0.pem", "1.pem", "…"]
    assert kept(code).left_out["…"] == "and 3 more"


@pytest.mark.parametrize("path", ["train.py", "new.py", "gone.py"])
def test_code_that_changes_between_look_and_reading_is_not_kept(tmp_path: Path, path: str) -> None:
    code = repository(tmp_path / "code", train_py="1\n", gone_py="1\n")
    write(code, train_py="2\n", new_py="1\n")
    (code / "gone.py").unlink()
    where = place(code)
    looked = tree.look(where)

    put(code, path, "other\n")

    with pytest.raises(Moved, match="changed while it was read"):
        version.write(where.results, looked, where)
    with pytest.raises(FileNotFoundError):
        version.read(where.results, looked.id)


@pytest.mark.slow
def test_many_looks_at_once_keep_one_version_that_all_can_read(tmp_path: Path) -> None:
    code = repository(tmp_path / "code")
    write(code, train_py="2\n", **{f"new{number}_py": str(number) for number in range(20)})
    request = json.dumps({"place": place(code).to_json(), "before": None})

    looks = [
        subprocess.Popen(
            [sys.executable, "-m", "sweepcli.code.look"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    answers = [json.loads(look.communicate(request)[0]) for look in looks]

    (code_id,) = {answer["code"] for answer in answers}
    results = str(tmp_path / "results")
    found = version.read(results, code_id)
    assert {version.content(results, blob) for blob in found.kept.values()} == {
        str(number).encode() for number in range(20)
    }
    assert list((tmp_path / "results/.code").rglob("*.new")) == []


@pytest.mark.slow
def test_a_look_that_is_killed_at_any_moment_leaves_no_half_version(tmp_path: Path) -> None:
    code = repository(tmp_path / "code")
    write(code, train_py="2\n", **{f"new{number}_py": str(number) for number in range(200)})
    request = json.dumps({"place": place(code).to_json(), "before": None}).encode()
    results = tmp_path / "results"

    for step in range(12):
        look = subprocess.Popen(
            [sys.executable, "-m", "sweepcli.code.look"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        assert look.stdin
        look.stdin.write(request)
        look.stdin.close()
        _wait_for_files(results, 20 * step, look)
        look.send_signal(signal.SIGKILL)
        look.wait()
        for record in results.glob(".code/versions/*.json"):
            found = version.read(str(results), record.stem)
            assert all(version.content(str(results), blob) for blob in found.kept.values())
            assert version.patch(str(results), record.stem)

    assert version.read(str(results), kept(code).id).kept.keys() >= {"new0.py", "new199.py"}


def _wait_for_files(results: Path, count: int, look: subprocess.Popen[bytes]) -> None:
    while look.poll() is None and len(list(results.glob(".code/files/*/*"))) < count:
        time.sleep(0.001)


def test_a_damaged_record_is_written_again(tmp_path: Path) -> None:
    code = repository(tmp_path / "code")
    found = kept(code)
    record = tmp_path / f"results/.code/versions/{found.id}.json"
    record.write_text("{}")

    with pytest.raises(ValueError, match="damaged"):
        version.read(str(tmp_path / "results"), found.id)
    assert kept(code).id == found.id
    assert version.read(str(tmp_path / "results"), found.id).commit == found.commit


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "ABCDEF012345", "a/b"])
def test_an_id_cannot_name_a_file_elsewhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="is no id"):
        version.read(str(tmp_path), name)
    with pytest.raises(ValueError, match="is no id"):
        version.content(str(tmp_path), name)
