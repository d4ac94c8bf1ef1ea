"""A look writes nothing into the repository, and starts nothing of it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from repositories import commit, everything, git, kept, put, repository, seen, write
from sweepcli.code import version


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    return tmp_path / "mark"


def program(tmp_path: Path, mark: Path) -> str:
    """Return a program that leaves a mark, and passes on what it reads."""
    made = put(tmp_path, "bin/marks", f"#!/bin/sh\necho ran >> {mark}\ncat\n")
    made.chmod(0o755)
    return str(made)


def test_every_file_of_the_repository_is_as_before_git_included(tmp_path: Path) -> None:
    inner = repository(tmp_path / "inner")
    code = repository(tmp_path / "code", train_py="1\n", gone_py="1\n", other_py="1\n")
    git(code, "submodule", "--quiet", "add", str(inner), "libs/inner")
    commit(code)
    write(code, train_py="2\n", new_py="3\n", other_py="1\n")  # touched: git would note that
    write(code / "libs/inner", train_py="5\n")
    (code / "gone.py").unlink()
    before = everything(code)

    found = kept(code)

    assert found.has_patch
    assert everything(code) == before


def test_nothing_is_written_where_the_look_may_write_nothing_else(tmp_path: Path) -> None:
    code = repository(tmp_path / "code")
    write(code, train_py="2\n")
    before = everything(tmp_path)

    found = kept(code)

    now = everything(tmp_path)
    results = str(tmp_path / "results")
    assert {path for path in now if now[path] != before.get(path)} == {
        path for path in now if path.startswith(results)
    }
    assert found.has_patch


def test_no_hook_no_watcher_and_no_filter_of_the_repository_runs(
    tmp_path: Path, mark: Path
) -> None:
    code = repository(tmp_path / "code", train_py="1\n", x__kept_py="1\n")
    runs = program(tmp_path, mark)
    put(code, ".gitattributes", "*.py filter=odd diff=odd\n")
    commit(code)
    for name in os.listdir(code / ".git/hooks"):
        os.unlink(code / ".git/hooks" / name)
    for hook in ("post-index-change", "fsmonitor-watchman", "post-checkout"):
        os.symlink(runs, code / ".git/hooks" / hook)
    put(code, ".git/more", f'[filter "odd"]\n\tclean = {runs}\n\trequired = true\n')
    for name, value in {
        "core.fsmonitor": runs,
        "filter.odd.process": runs,
        "filter.odd.smudge": runs,
        "diff.external": runs,
        "diff.odd.textconv": runs,
        "diff.odd.command": runs,
        "core.pager": runs,
        "core.sshCommand": runs,
        "credential.helper": runs,
        "include.path": "more",
    }.items():
        git(code, "config", name, value)
    mark.unlink(missing_ok=True)
    write(code, train_py="2\n", x__kept_py="1\n", new_py="3\n")

    found = kept(code)

    assert not mark.exists()
    assert found.problem is None
    assert found.left_out == {"train.py": "git's filter odd may hide what is in it"}
    assert not found.has_patch


def test_a_filter_that_cannot_be_switched_off_does_not_run_either(
    tmp_path: Path, mark: Path
) -> None:
    code = repository(tmp_path / "code", train_py="1\n")
    put(code, ".gitattributes", "*.py filter=a=b\n")
    commit(code)
    put(code, ".git/config", f'[filter "a=b"]\n\tclean = {program(tmp_path, mark)}\n')
    write(code, train_py="2\n")

    found = seen(code)

    assert not mark.exists()
    assert "'a=b' cannot be switched off" in (found.problem or "")


def test_large_files_of_git_lfs_are_neither_fetched_nor_run_through_it(
    tmp_path: Path, mark: Path
) -> None:
    code = repository(tmp_path / "code")
    digest = hashlib.sha256(b"real").hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 4\n"
    put(code, "kernel.cu", pointer)
    put(code, "left.cu", pointer)
    commit(code)
    put(code, ".gitattributes", "*.cu filter=lfs diff=lfs merge=lfs -text\n")
    runs = program(tmp_path, mark)
    for part in ("clean", "smudge", "process"):
        git(code, "config", f"filter.lfs.{part}", runs)
    before = seen(code)

    put(code, "kernel.cu", "real")  # what `git lfs pull` puts there
    after = seen(code)

    assert not mark.exists()
    assert after.files["left.cu"].id == after.files["kernel.cu"].id
    assert after.id == before.id


def test_credentials_of_a_remote_are_not_kept(tmp_path: Path) -> None:
    code = repository(tmp_path / "code")
    git(code, "remote", "add", "origin", "https://me:sEcReT@example.org/me/code.git?t=sEcReT")

    found = kept(code)

    assert found.repositories[0].remote == "https://example.org/me/code.git"
    for path in (tmp_path / "results").rglob("*"):
        assert path.is_dir() or b"sEcReT" not in path.read_bytes()


def test_settings_of_the_user_change_nothing_in_a_patch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mark: Path
) -> None:
    code = repository(tmp_path / "code", train_py="1\n2\n3\n4\n5\n6\n7\n8\n9\n")
    for name, value in {
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.context": "0",
        "diff.renames": "copies",
        "color.ui": "always",
        "diff.orderFile": str(tmp_path / "none"),
        "diff.ignoreSubmodules": "none",
        "status.showUntrackedFiles": "all",
        "status.branch": "false",
    }.items():
        git(code, "config", name, value)
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", program(tmp_path, mark))
    monkeypatch.setenv("GIT_DIFF_OPTS", "-u0")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    write(code, train_py="1\n2\n3\n4\nfive\n6\n7\n8\n9\n")

    found = kept(code)

    text = (version.patch(str(tmp_path / "results"), found.id) or b"").decode()
    assert text.splitlines()[2:4] == ["--- a/train.py", "+++ b/train.py"]
    assert [line for line in text.splitlines() if line[0] == " "] == [
        *(" 2", " 3", " 4", " 6", " 7", " 8")
    ]
    assert not mark.exists()
