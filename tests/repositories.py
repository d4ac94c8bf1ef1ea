"""Folders with code for tests: git repositories made by git itself, and looks at them."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from sweepcli.code import tree, version
from sweepcli.code.place import Place

if TYPE_CHECKING:
    from pathlib import Path

    from sweepcli.code.tree import Tree
    from sweepcli.code.version import Version
    from sweepcli.records import JSON

COMMITTER = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgSign=false")


def git(folder: Path, *words: str) -> str:
    """Call git as a user does, and return what it prints."""
    argv = ["git", *COMMITTER, "-c", "protocol.file.allow=always", *words]
    done = subprocess.run(argv, cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def write(folder: Path, **texts: str) -> None:
    """Write files; `__` in a name is a slash, `_py` at its end an ending."""
    for name, text in texts.items():
        put(folder, name.replace("__", "/").replace("_py", ".py"), text)


def put(folder: Path, path: str, text: str | bytes) -> Path:
    """Write a file and the folders above it."""
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def commit(folder: Path) -> str:
    """Commit all that is in a folder, and return the id."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "as it is")
    return git(folder, "rev-parse", "HEAD")


def repository(folder: Path, **texts: str) -> Path:
    """Make a repository with one commit."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    write(folder, **(texts or {"train_py": "print(1)\n"}))
    commit(folder)
    return folder


def place(cwd: Path, program: str = "train.py", **more: JSON) -> Place:
    """Return where the code of a sweep is, whose results are beside its folder."""
    results = os.path.join(os.path.dirname(cwd), "results")
    found = Place(results=results, cwd=str(cwd), program=program)
    return found._replace(**more)


def seen(cwd: Path, program: str = "train.py", **more: JSON) -> Tree:
    """Look at the code in a folder."""
    return tree.look(place(cwd, program, **more))


def kept(cwd: Path, program: str = "train.py", **more: JSON) -> Version:
    """Look at the code in a folder, and keep it."""
    where = place(cwd, program, **more)
    return version.write(where.results, tree.look(where), where)


def everything(folder: Path) -> dict[str, tuple[object, ...]]:
    """Return what there is to know of all files of a folder, `.git` included, but access times."""
    found: dict[str, tuple[object, ...]] = {}
    for at, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = os.path.join(at, name)
            known = os.lstat(path)
            text = b"" if not os.path.isfile(path) else _bytes(path)
            times = known.st_mtime_ns, known.st_ctime_ns
            found[path] = known.st_mode, known.st_size, *times, known.st_ino, text
    return found


def _bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
