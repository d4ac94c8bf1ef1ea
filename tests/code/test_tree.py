"""Which files are code, and that one content has one id: in git, beside it, and without it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from other_user import CAN, OTHER
from repositories import commit, git, kept, place, put, repository, seen, write
from sweepcli.code import tree, version


def test_code_is_what_git_tracks_and_untracked_source_beside_the_program(tmp_path: Path) -> None:
    code = repository(tmp_path / "code", train_py="1", lib__net_py="2", lib__vocab="words")
    write(code, new_py="3", notes="4", lib__new_py="5")

    found = seen(code)

    assert sorted(found.files) == ["lib/net.py", "lib/new.py", "lib/vocab", "new.py", "train.py"]
    assert found.loose == {"lib/new.py", "new.py"}
    assert found.problem is None


def test_one_content_has_one_id_with_git_and_without_whatever_the_commit(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    write(plain, train_py="print(2)\n", lib__net_py="x = 1\n")
    os.symlink("train.py", plain / "run.py")
    (plain / "lib/net.py").chmod(0o755)
    dirty = repository(tmp_path / "dirty", train_py="print(1)\n", old_py="")
    (dirty / "old.py").unlink()
    write(dirty, train_py="print(2)\n", lib__net_py="x = 1\n")
    os.symlink("train.py", dirty / "run.py")
    (dirty / "lib/net.py").chmod(0o755)

    before = seen(dirty)
    commit(dirty)
    after = seen(dirty)

    assert before.repositories[0].is_dirty
    assert not after.repositories[0].is_dirty
    assert before.repositories[0].commit != after.repositories[0].commit
    assert before.id == after.id == seen(plain).id


def test_outputs_data_and_what_runs_write_make_no_version(tmp_path: Path) -> None:
    code = repository(tmp_path / "code", train_py="1", results__table="a", data_csv="1,2")
    git(code, "mv", "data_csv", "data.csv")
    commit(code)
    before = seen(code)

    put(code, "data.csv", "3,4")
    put(code, "results/table", "b")
    for path in (
        *("train.log", "model.pt", "wandb/run-1/files/code/train.py", "outputs/1/.hydra/c.yaml"),
        *("results/config.yaml", "runs/events.out.tfevents.1", "__pycache__/x.py", "mlruns/a.py"),
        *("logs/copy.py", "venv/lib/x.py", ".cache/y.py", "some/params.yaml", "summary.json"),
        *("env/pyvenv.cfg", "env/lib/site.py"),
    ):
        put(code, path, "x")
    after = seen(code)

    assert after.id == before.id
    assert after.left_out == {}
    assert not after.repositories[0].is_dirty
    assert after.data == {"data.csv", "results/table"}


def test_a_package_may_be_called_like_a_folder_for_outputs(tmp_path: Path) -> None:
    code = repository(tmp_path / "code", train_py="1", runs__first_py="")
    write(code, runs__new_py="", logs____init___py="", logs__new_py="", outputs__copy_py="")
    put(code, "logs/__init__.py", "")

    assert {"runs/first.py", "runs/new.py", "logs/new.py"} <= seen(code).files.keys()
    assert "outputs/copy.py" not in seen(code).files


def test_untracked_configs_count_beside_the_program_and_in_folders_for_them(tmp_path: Path) -> None:
    code = repository(tmp_path / "code")
    for path in (
        "base.yaml",
        "sweep.yaml",
        "conf/model/big.yaml",
        "other/run.yaml",
        "state.json",
        ".hid.yaml",
    ):
        put(code, path, "x: 1")

    assert sorted(seen(code).files) == ["base.yaml", "conf/model/big.yaml", "train.py"]


def test_what_the_command_names_is_code_wherever_it_is(tmp_path: Path) -> None:
    code = repository(tmp_path / "code")
    put(code, ".gitignore", "local.json\n")
    outside = put(tmp_path, "shared/base.json", "{}")
    put(code, "local.json", "{}")
    put(code, "train.csv", "1")

    found = seen(code, named=("local.json", str(outside), "train.csv", "gone.json", "../shared"))

    assert found.files.keys() - {"train.py"} == {"local.json", str(outside)}


def test_a_config_includes_and_excludes_by_patterns_from_the_working_directory(
    tmp_path: Path,
) -> None:
    code = repository(tmp_path / "code", train_py="", sub__a_py="", sub__deep__b_py="")
    put(code, ".gitignore", "data/\n")
    put(code, "data/vocab.txt", "a")
    put(code, "data/more/x.csv", "a")
    put(code, "sub/table.csv", "1")

    everywhere = seen(code, include=("data", "sub/*.csv"), exclude=("sub/**/*.py",))
    from_below = seen(code / "sub", "../train.py", exclude=("deep",))

    assert sorted(everywhere.files) == [
        *("data/more/x.csv", "data/vocab.txt", "sub/table.csv", "train.py")
    ]
    assert sorted(from_below.files) == ["sub/a.py", "train.py"]


def test_the_results_directory_is_never_code(tmp_path: Path) -> None:
    code = repository(tmp_path / "code")
    put(code, "here/is [it]/left.py", "x")
    put(code, "here/is it/other.py", "x")

    found = seen(code, results=str(code / "here/is [it]"))

    assert sorted(found.files) == ["here/is it/other.py", "train.py"]


@pytest.mark.parametrize("makes", [repository, None], ids=["in git", "without git"])
def test_secrets_are_left_out_and_listed_but_not_read(tmp_path: Path, makes: object) -> None:
    code = repository(tmp_path / "code") if makes else tmp_path / "code"
    write(code, train_py="1", settings_py="2")
    secrets = [".env", "prod.env", "id_rsa", "key.pem", "secrets.yaml", "credentials.py"]
    for path in secrets:
        put(code, path, "KEY=1")
    before = seen(code)

    for path in secrets:
        put(code, path, "KEY=2")

    assert before.left_out.keys() == {*secrets}
    assert sorted(before.files) == ["settings.py", "train.py"]
    assert seen(code).id == before.id


def test_names_of_any_bytes_are_code_too(tmp_path: Path) -> None:
    code = tmp_path / "code"
    names = [b"a b.py", b"new\nline.py", b"caf\xc3\xa9.py", b"\xff\xfe.py", b'"quoted".py']
    for folder in (code, tmp_path / "plain"):
        folder.mkdir()
        for name in (*names, b"train.py"):
            (folder / os.fsdecode(name)).write_bytes(name)
    git(code, "init", "-q")
    commit(code)
    for name in names:
        for folder in (code, tmp_path / "plain"):
            (folder / os.fsdecode(name)).write_bytes(b"changed\r\n" + name)

    found = kept(code)

    assert found.id == seen(tmp_path / "plain").id
    assert version.files(str(tmp_path / "results"), found.id).keys() == {
        "train.py",
        *map(os.fsdecode, names),
    }


def test_files_that_git_was_told_not_to_look_at_are_looked_at(tmp_path: Path) -> None:
    code = repository(tmp_path / "code", train_py="1", local_py="1", gone_py="1")
    git(code, "update-index", "--assume-unchanged", "local.py")
    git(code, "update-index", "--skip-worktree", "gone.py")
    (code / "gone.py").unlink()
    write(code, local_py="2")

    found = seen(code)

    assert sorted(found.files) == ["local.py", "train.py"]
    assert found.loose == {"local.py"}
    assert kept(code).kept.keys() == {"local.py"}


def test_a_conflict_is_looked_at_as_it_stands_there(tmp_path: Path) -> None:
    code = repository(tmp_path / "code", train_py="1\n")
    git(code, "checkout", "-qb", "other")
    write(code, train_py="2\n")
    commit(code)
    git(code, "checkout", "-q", "main")
    write(code, train_py="3\n")
    commit(code)
    with pytest.raises(subprocess.CalledProcessError):
        git(code, "merge", "other")

    found = seen(code)

    assert found.changed == {"train.py"}
    assert found.problem is None
    assert found.files["train.py"].id == git(code, "hash-object", "train.py")


def test_line_ends_and_touched_files_make_no_version(tmp_path: Path) -> None:
    code = repository(tmp_path / "code", train_py="a\n")
    put(code, ".gitattributes", "*.py text eol=crlf\n")
    commit(code)
    git(code, "rm", "-q", "--cached", "train.py")
    put(code, "train.py", "a\r\n")
    commit(code)
    before = seen(code)

    put(code, "train.py", "a\r\n")

    assert seen(code).id == before.id
    put(code, "train.py", "b\r\n")
    assert seen(code).files["train.py"].id == git(code, "hash-object", "train.py")


def test_a_detached_worktree_says_its_own_commit_and_no_branch(tmp_path: Path) -> None:
    code = repository(tmp_path / "code")
    first = git(code, "rev-parse", "HEAD")
    write(code, train_py="print(2)\n")
    second = commit(code)
    git(code, "worktree", "add", "-q", "--detach", str(tmp_path / "beside"), first)

    (main,), (beside,) = seen(code).repositories, seen(tmp_path / "beside").repositories

    assert (main.commit, main.branch) == (second, "main")
    assert (beside.commit, beside.branch) == (first, None)


def test_a_repository_without_a_commit_is_all_change(tmp_path: Path) -> None:
    code = tmp_path / "code"
    write(code, train_py="1\n", other_py="2\n")
    git(code, "init", "-q")
    git(code, "add", "train.py")

    found = kept(code)

    assert found.repositories[0].commit is None
    assert b"+1" in (version.patch(str(tmp_path / "results"), found.id) or b"")
    assert found.kept.keys() == {"other.py"}


def test_submodules_and_nested_repositories_are_read_as_their_own(tmp_path: Path) -> None:
    inner = repository(tmp_path / "inner", net_py="1\n")
    code = repository(tmp_path / "code")
    git(code, "submodule", "--quiet", "add", str(inner), "libs/inner")
    commit(code)
    nested = repository(code / "nested", own_py="1\n")
    write(code / "libs/inner", net_py="2\n", new_py="3\n")

    found = seen(code)

    assert [each.path for each in found.repositories] == [".", "libs/inner", "nested"]
    assert found.repositories[1].commit == git(inner, "rev-parse", "HEAD")
    assert found.repositories[2].commit == git(nested, "rev-parse", "HEAD")
    assert [each.is_dirty for each in found.repositories] == [False, True, False]
    assert {"libs/inner/net.py", "libs/inner/new.py", "nested/own.py"} <= found.files.keys()
    assert found.changed == {"libs/inner/net.py"}


def test_a_module_is_looked_for_from_where_runs_start(tmp_path: Path) -> None:
    code = tmp_path / "code"
    write(code, pkg__train_py="", lib_py="")

    assert seen(code, "pkg/train.py").files.keys() == {"train.py"}
    module = seen(code, "pkg/train.py", is_module=True)
    assert module.files.keys() == {"pkg/train.py", "lib.py"}


def test_without_git_on_the_path_the_folder_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = repository(tmp_path / "code", train_py="1", lib__net_py="2")
    with_git = seen(code).id
    monkeypatch.setenv("PATH", str(tmp_path))

    found = seen(code)

    assert found.id == with_git
    assert found.repositories == ()
    assert found.problem == "the code was read without git: git is not on the PATH"


def test_a_repository_is_read_whatever_its_name(tmp_path: Path) -> None:
    named = repository(tmp_path / os.fsdecode(b"a\nb \xff'"))
    (named / ".gitignore").write_text("*.tmp.py\n")
    (named / "x.tmp.py").write_text("")

    found = seen(named)

    assert found.problem is None
    assert found.files.keys() == {"train.py"}
    assert len(found.repositories) == 1


def test_a_broken_repository_is_read_as_a_folder(tmp_path: Path) -> None:
    code = repository(tmp_path / "code")
    (code / ".git/HEAD").write_text("nonsense")

    found = seen(code)

    assert found.files.keys() == {"train.py"}
    assert "without git" in (found.problem or "")


def test_a_repository_that_is_broken_inside_another_one_is_not_taken_for_that(
    tmp_path: Path,
) -> None:
    repository(tmp_path, outer_py="")
    code = repository(tmp_path / "code")
    (code / ".git/HEAD").unlink()

    found = seen(code)

    assert found.root == str(code)
    assert found.repositories == ()
    assert "is no repository that git can read" in (found.problem or "")


@pytest.mark.skipif(not CAN, reason="only root can give a repository to another user")
def test_a_repository_of_another_user_is_read_as_a_folder_unless_it_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = repository(tmp_path / "code")
    for path in (code, *code.rglob("*")):
        os.chown(path, OTHER, OTHER)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))

    refused = seen(code)
    put(tmp_path, "home/.gitconfig", f"[safe]\n\tdirectory = {code}\n")
    trusted = seen(code)

    assert "dubious ownership" in (refused.problem or "")
    assert refused.files.keys() == trusted.files.keys()
    assert trusted.repositories[0].commit
    assert trusted.problem is None


def test_what_the_user_ignores_everywhere_is_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    code = repository(tmp_path / "code")
    write(code, mine_py="", ours_py="")

    put(tmp_path, "home/.config/git/ignore", "mine.py\n")
    by_default = seen(code).files.keys()
    put(tmp_path, "home/.gitconfig", "[core]\n\texcludesFile = ~/own\n")
    put(tmp_path, "home/own", "ours.py\n")

    assert by_default == {"train.py", "ours.py"}
    assert seen(code).files.keys() == {"train.py", "mine.py"}


def test_the_look_takes_no_time_of_a_folder_that_git_ignores(tmp_path: Path) -> None:
    code = repository(tmp_path / "code")
    put(code, ".gitignore", "/data/\n")
    commit(code)
    put(code, "data/loader.py", "")

    assert "data/loader.py" not in seen(code).files


def test_git_that_takes_too_long_makes_no_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = repository(tmp_path / "code")
    waiting = "import time; time.sleep(60)"
    slow = put(tmp_path, "bin/git", f"#!/bin/sh\nexec '{sys.executable}' -c '{waiting}'\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", str(slow.parent))
    monkeypatch.setattr("sweepcli.code.git.TIMEOUT_S", 0.1)

    found = tree.look(place(code))

    assert not found.is_whole
    assert "git takes more than" in (found.problem or "")
