from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from git_repository import commit, git
from sweepcli.code import lfs, restoring, tree, version
from sweepcli.code.contents import Wanted
from sweepcli.code.place import Place


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a commit, and a results directory in it."""
    folder = tmp_path / "pro ject"
    (folder / "sub").mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    (folder / ".gitignore").write_text("data/\nsweep-results/\n")
    (folder / "train.py").write_text("import sub.model\nprint(1)\n")
    (folder / "sub" / "model.py").write_text("x = 1\n")
    (folder / "sub" / "__init__.py").write_text("")
    (folder / "README.md").write_text("# Read me\n")
    (folder / "table.csv").write_text("a,b\n1,2\n")
    (folder / "start.sh").write_text("#!/bin/sh\n")
    (folder / "start.sh").chmod(0o755)
    (folder / "link.py").symlink_to("sub/model.py")
    git("init", "-q", "-b", "main")
    commit()
    return folder


def seen(
    root: Path, *, program: str = "train.py", cwd: Path | None = None, **more: tuple[str, ...]
) -> Wanted:
    """Keep the code as it is now, and return that version."""
    results = root / "sweep-results"
    results.mkdir(exist_ok=True)
    place = Place(str(results), str(cwd or root), program, **more)  # type: ignore[arg-type]  # tuples alone
    found = version.write(str(results), tree.look(place), place)
    return Wanted(str(results), found, version.files(str(results), found.id), os.getcwd())


def files(folder: Path) -> dict[str, bytes | str]:
    """Return what is below a folder: contents, and targets of links."""
    return {
        str(path.relative_to(folder)): os.readlink(path) if path.is_symlink() else path.read_bytes()
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def expected(root: Path) -> dict[str, bytes | str]:
    """Return the same of a working tree, without what git ignores and git's own."""
    ours = {".git", "data", "sweep-results", "__pycache__"}
    return {
        path: content for path, content in files(root).items() if ours.isdisjoint(path.split("/"))
    }


def changed(root: Path) -> dict[str, bytes | str]:
    """Change tracked files and add others; return what there is then."""
    (root / "train.py").write_bytes(b"import sub.model\r\nprint(2)  # no end, \xff")
    (root / "sub" / "model.py").unlink()
    (root / "link.py").unlink()
    (root / "link.py").symlink_to("sub/other.py")
    (root / "start.sh").chmod(0o644)
    (root / "sub" / "other.py").write_text("x = 3\n")
    (root / "staged.py").write_text("y = 1\n")
    git("add", "staged.py")
    return expected(root)


def test_a_clean_commit_is_put_into_a_folder_with_what_is_no_code(
    project: Path, tmp_path: Path
) -> None:
    then = expected(project)
    wanted = seen(project)
    shutil.rmtree(project / "sub")

    assert restoring.put(wanted, str(tmp_path / "new")) == {}
    assert files(tmp_path / "new") == then
    assert (tmp_path / "new" / "start.sh").stat().st_mode & 0o111


def test_changes_and_new_files_are_restored_after_a_reset(project: Path, tmp_path: Path) -> None:
    then = changed(project)
    wanted = seen(project)
    git("reset", "-q", "--hard")
    git("clean", "-qfd")

    assert restoring.put(wanted, str(tmp_path / "new")) == {}
    assert files(tmp_path / "new") == then
    assert not (tmp_path / "new" / "start.sh").stat().st_mode & 0o111


def test_nothing_in_the_users_repository_changes(project: Path, tmp_path: Path) -> None:
    changed(project)
    wanted = seen(project)
    git("reset", "-q", "--hard")

    def everything() -> dict[str, object]:
        found = [path for path in project.rglob("*") if "sweep-results" not in path.parts]
        return {str(path): path.lstat().st_mtime_ns for path in found}

    before = everything()
    restoring.put(wanted, str(tmp_path / "new"))

    assert everything() == before


def test_without_git_all_code_is_restored(tmp_path: Path) -> None:
    root = tmp_path / "plain"
    (root / "sub").mkdir(parents=True)
    (root / "train.py").write_text("print(1)\n")
    (root / "sub" / "a.py").write_text("print(2)\n")
    then = files(root)
    wanted = seen(root)
    shutil.rmtree(root / "sub")
    (root / "train.py").unlink()

    assert restoring.put(wanted, str(tmp_path / "new")) == {}
    assert files(tmp_path / "new") == then


def test_a_repository_that_was_moved_is_found_around_the_working_directory(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    then = changed(project)
    seen(project)
    moved = project.rename(tmp_path / "elsewhere")
    monkeypatch.chdir(moved / "sub")
    git("reset", "-q", "--hard")
    results = str(moved / "sweep-results")
    [name] = [path.stem for path in (moved / "sweep-results/.code/versions").glob("*.json")]
    found = version.read(results, name)
    wanted = Wanted(results, found, version.files(results, name), os.getcwd())

    assert restoring.put(wanted, str(tmp_path / "new")) == {}
    assert files(tmp_path / "new") == then


def test_of_a_repository_that_is_gone_what_was_kept_is_there_and_the_rest_is_named(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(project)
    wanted = seen(project)
    wanted = wanted._replace(results=str((project / "sweep-results").rename(tmp_path / "kept")))
    monkeypatch.chdir(tmp_path)
    shutil.rmtree(project)

    missing = restoring.put(wanted._replace(here=str(tmp_path)), str(tmp_path / "new"))

    assert (tmp_path / "new" / "sub" / "other.py").read_text() == "x = 3\n"
    assert "train.py" in missing
    assert str(project) in missing["train.py"]
    assert "moved" in missing["train.py"]


def test_of_a_commit_that_is_gone_the_files_that_others_have_are_there(
    project: Path, tmp_path: Path
) -> None:
    (project / "train.py").write_text("print('only here')\n")
    old = commit()
    wanted = seen(project)
    (project / "train.py").write_text("print('amended')\n")
    git("commit", "-q", "-a", "--amend", "-m", "Another")
    git("reflog", "expire", "--expire=now", "--all")
    git("gc", "-q", "--prune=now")

    missing = restoring.put(wanted, str(tmp_path / "new"))

    assert missing == {"train.py": f"commit {old[:12]} is not in {project} any more"}
    assert (tmp_path / "new" / "sub" / "model.py").read_text() == "x = 1\n"


@pytest.mark.slow
def test_a_submodule_is_restored_with_its_changes(project: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    (library / "lib.py").write_text("z = 1\n")
    (library / "more.py").write_text("z = 2\n")
    git("init", "-q", cwd=library)
    commit(library)
    git("submodule", "add", "-q", str(library), "deps/lib")
    commit()
    (project / "deps" / "lib" / "lib.py").write_text("z = 9\n")
    (project / "deps" / "lib" / "new.py").write_text("z = 7\n")
    wanted = seen(project)
    git("reset", "-q", "--hard", cwd=project / "deps" / "lib")

    assert restoring.put(wanted, str(tmp_path / "new")) == {}
    folder = tmp_path / "new" / "deps" / "lib"
    assert (folder / "lib.py").read_text() == "z = 9\n"
    assert (folder / "more.py").read_text() == "z = 2\n"
    assert (folder / "new.py").read_text() == "z = 7\n"


def test_attributes_of_an_archive_and_filters_change_nothing(project: Path, tmp_path: Path) -> None:
    (project / ".gitattributes").write_text(
        "train.py export-ignore\nsub/model.py export-subst filter=odd\n*.sh eol=crlf\n"
    )
    (project / "sub" / "model.py").write_text("x = '$Format:%H$'\n")
    commit()
    git("config", "filter.odd.smudge", "touch smudged; cat")
    git("config", "filter.odd.clean", "touch cleaned; cat")
    git("config", "core.hooksPath", "hooks")
    wanted = seen(project)

    assert restoring.put(wanted, str(tmp_path / "new")) == {}
    assert (tmp_path / "new" / "train.py").exists()
    assert (tmp_path / "new" / "sub" / "model.py").read_text() == "x = '$Format:%H$'\n"
    assert not (project / "smudged").exists()
    assert not (project / "cleaned").exists()


def test_what_git_lfs_has_on_this_machine_takes_the_place_of_its_pointer(
    project: Path, tmp_path: Path
) -> None:

    here, gone = b"weights" * 100, b"more weights" * 100
    for name, content in (("here.bin", here), ("gone.bin", gone)):
        (project / name).write_bytes(lfs.pointer_to(content))
    commit()
    (project / "here.bin").write_bytes(here)
    wanted = seen(project)

    missing = restoring.put(wanted, str(tmp_path / "new"))

    assert [*missing] == ["gone.bin"]
    assert "git lfs pull" in missing["gone.bin"]
    assert (tmp_path / "new" / "here.bin").read_bytes() == here


def test_files_outside_of_the_root_are_where_they_were_to_each_other(
    project: Path, tmp_path: Path
) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "conf.yaml").write_text("a: 1\n")
    wanted = seen(
        project, cwd=project / "sub", program="../train.py", named=("../../shared/conf.yaml",)
    )

    assert restoring.put(wanted, str(tmp_path / "new")) == {}
    into = restoring.layout(wanted)
    cwd = tmp_path / "new" / into.inside(into.cwd)
    assert (cwd / "../../shared/conf.yaml").read_text() == "a: 1\n"
    assert (cwd / "../train.py").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    ["../out.py", "a/../../out.py", ".git/hooks/post-checkout", "sub/.GIT/config", "/etc/../../x"],
)
def test_nothing_is_written_outside_of_the_folder_whatever_a_version_names(
    project: Path, tmp_path: Path, path: str
) -> None:
    wanted = seen(project)
    blob = wanted.files["train.py"]
    wanted = wanted._replace(files={path: blob, "train.py": blob})
    before = set(tmp_path.rglob("*"))

    missing = restoring.put(wanted, str(tmp_path / "new"))

    made = {
        each for each in set(tmp_path.rglob("*")) - before if tmp_path / "new" not in each.parents
    }
    assert made == {tmp_path / "new"}
    assert path in missing or path.startswith("/")


def test_nothing_is_written_through_a_link(project: Path, tmp_path: Path) -> None:
    (project / "away.py").symlink_to(tmp_path)
    wanted = seen(project)
    blob = wanted.files["train.py"]
    wanted = wanted._replace(files={**wanted.files, "away.py/x.py": blob})

    missing = restoring.put(wanted, str(tmp_path / "new"))

    assert not (tmp_path / "x.py").exists()
    assert [*missing] == ["away.py"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["a b.py", "na\nme.py", "\udcff.py", "-rf.py", '"q".py', "é🎉.py", "tab\t.py"]
)
def test_odd_names_are_restored_changed_or_not(project: Path, tmp_path: Path, name: str) -> None:
    (project / name).write_text("1\n")
    (project / f"same{name}").write_text("2\n")
    commit()
    (project / name).write_text("3\n")
    then = expected(project)
    wanted = seen(project)
    git("reset", "-q", "--hard")

    assert restoring.put(wanted, str(tmp_path / "new")) == {}
    assert files(tmp_path / "new") == then
