"""Folders that git does not know, of any size: bounded, and told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from repositories import put, repository, seen, write
from sweepcli.code import rules, walk


def test_folders_that_hold_no_code_are_not_entered(tmp_path: Path) -> None:
    code = tmp_path / "code"
    write(code, train_py="", lib__a_py="", runs____x_py="")
    for path in ("wandb/a.py", ".git-old/b.py", "outputs/c.py", "e/pyvenv.cfg", "e/lib/d.py"):
        put(code, path, "")
    put(code, "logs/__init__.py", "")
    os.symlink(tmp_path, code / "up")

    assert sorted(seen(code).files) == ["lib/a.py", "logs/__init__.py", "train.py"]


def test_a_repository_below_is_read_by_git(tmp_path: Path) -> None:
    code = tmp_path / "code"
    write(code, train_py="")
    repository(code / "third/party", net_py="1", data_csv="")

    found = seen(code)

    assert sorted(found.files) == ["third/party/data_csv", "third/party/net.py", "train.py"]
    assert [each.path for each in found.repositories] == ["third/party"]
    assert found.loose == {"train.py"}


def test_the_folder_that_cannot_be_read_is_no_hindrance(tmp_path: Path) -> None:
    code = tmp_path / "code"
    write(code, train_py="")
    os.mkfifo(code / "pipe.py")

    found = seen(code)

    assert found.files.keys() == {"train.py"}
    assert found.left_out.keys() == {"pipe.py"}


@pytest.mark.slow
@pytest.mark.parametrize("is_code", [True, False])
def test_a_folder_of_50_000_files_is_bounded_and_told(tmp_path: Path, *, is_code: bool) -> None:
    code = tmp_path / "code"
    write(code, train_py="")
    ending = "py" if is_code else "jpg"
    for folder in range(50):
        os.mkdir(code / f"part{folder:02}")
        for number in range(1000):
            os.close(os.open(code / f"part{folder:02}/{number:03}.{ending}", os.O_CREAT))

    found = seen(code)

    assert "train.py" in found.files
    if is_code:
        assert len(found.files) == rules.MOST_FILES
        assert "too many files: the code in " in (found.problem or "")
        assert found.id == seen(code).id
    else:
        assert found.files.keys() == {"train.py"}
        assert found.problem is None


def test_a_folder_with_more_files_than_are_looked_through_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "MOST_SEEN", 10)
    code = tmp_path / "code"
    write(code, train_py="", a__lib_py="")
    for number in range(10):
        put(code, f"z/{number}.jpg", "")

    found = seen(code)

    assert sorted(found.files) == ["a/lib.py", "train.py"]
    assert f"{code}/z" in (found.problem or "")


def test_in_git_only_so_many_untracked_files_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_FILES", 3)
    code = repository(tmp_path / "code")
    for number in range(5):
        put(code, f"{number}.py", "")

    found = seen(code)

    assert sorted(found.files) == ["0.py", "1.py", "2.py", "train.py"]
    assert "too many files" in (found.problem or "")
