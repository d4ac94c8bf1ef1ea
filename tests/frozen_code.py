"""Repositories for tests of frozen code, and their snapshots and checkouts without a sweep."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sweepcli.code import checkout, snapshot, tree, working_tree
from sweepcli.code.checkout import Checkout
from sweepcli.code.place import Place
from sweepcli.code.redirect import Redirect

TRAIN = """\
import sys
from pkg import model
print("program", model.VALUE, *sys.argv[1:])
"""
FILES = {
    "train.py": TRAIN,
    "pkg/__init__.py": "",
    "pkg/model.py": "VALUE = 'first'\n",
    "conf/a.yaml": "value: first\n",
    "run.sh": "#!/bin/sh\necho first\n",
}


def git(folder: Path, *words: str) -> str:
    settings = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "core.hooksPath=")
    allowed = ("-c", "protocol.file.allow=always")
    done = subprocess.run(
        ["git", *settings, *allowed, *words], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


def written(folder: Path, files: dict[str, str] | None = None) -> Path:
    for name, text in (FILES if files is None else files).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if text.startswith("#!"):
            path.chmod(0o755)
    return folder


def repository(folder: Path, files: dict[str, str] | None = None) -> Path:
    """Make a repository with the files in its first commit."""
    written(folder, files)
    git(folder, "init", "-q", ".")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return folder


def place(folder: Path, results: Path, **more: object) -> Place:
    return Place(str(results), str(folder), "train.py", **more)  # type: ignore[arg-type]  # as it is told


def froze(
    folder: Path, sweep: Path, *, where: Place | None = None, path: tuple[str, ...] = ()
) -> snapshot.Snapshot:
    """Put the snapshot of a folder's code into a sweep's folder."""
    where = where or place(folder, sweep.parent)
    seen = tree.look(where)
    sweep.mkdir(parents=True, exist_ok=True)
    return snapshot.write(
        str(sweep / "snapshot.tar.gz"),
        seen,
        where,
        path=path,
        beside=working_tree.source_beside(seen.root, seen.files, where.results),
    )


def checked_out(folder: Path, sweep: Path, python: str = sys.executable) -> Checkout:
    return checkout.ready(str(sweep), cwd=str(folder), results=str(sweep.parent), python=python)


def redirect(folder: Path, sweep: Path) -> Redirect:
    return Redirect(checked_out(folder, sweep), str(folder))
