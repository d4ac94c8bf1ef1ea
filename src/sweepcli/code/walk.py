"""The files of a folder that git does not know: bounded, and always in the same order."""

from __future__ import annotations

import os
from typing import NamedTuple

from sweepcli.code import rules

MOST_SEEN = 200_000  # files and folders of any kind


class Found(NamedTuple):
    """What a walk has found; paths are from the folder on."""

    paths: list[str]  # of code
    secrets: list[str]
    repositories: list[str]  # folders that have a `.git`, which are not entered
    problem: str | None


def code_below(folder: str, results: str) -> Found:
    """Return the code below a folder, without links to folders and the results directory."""
    found = Found([], [], [], None)
    seen = 0
    waiting = [""]
    for prefix in waiting:  # it grows: folders near to the program come first
        entries = _entries(os.path.join(folder, prefix))
        seen += len(entries)
        if seen > MOST_SEEN or len(found.paths) > rules.MOST_FILES:
            del found.paths[rules.MOST_FILES :]
            where = f"{folder}/{prefix}".rstrip("/")
            return found._replace(problem=too_many(where))
        names = {entry.name for entry in entries}
        if prefix and ".git" in names:
            found.repositories.append(prefix[:-1])
        elif not prefix or _is_entered(prefix[:-1], names):
            waiting += _sort(entries, prefix, found, results)
    return found


def too_many(where: str) -> str:
    """Say which files were not looked at."""
    return (
        f"too many files: the code in {where} and in what comes after it was not looked at "
        "(start the sweep in the folder of the code, or list folders under `exclude`)"
    )


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError:  # it is gone, or not ours to read
        return []


def _is_entered(folder: str, names: set[str]) -> bool:
    name = folder.rpartition("/")[2]
    packages = [name] if "__init__.py" in names else []
    if rules.VENV_MARK in names or names >= rules.RESTORED:
        return False
    return rules.may_hold_code(name, packages)


def _sort(entries: list[os.DirEntry[str]], prefix: str, found: Found, results: str) -> list[str]:
    """Add the files of a folder to what is found, and return its folders."""
    folders = []
    for entry in entries:
        path = prefix + entry.name
        if entry.is_dir(follow_symlinks=False):
            if entry.path != results:
                folders.append(f"{path}/")
        elif rules.is_secret(path, is_tracked=False):
            found.secrets.append(path)
        elif rules.is_loose_code(path):
            found.paths.append(path)
    return folders
