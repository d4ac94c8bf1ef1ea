"""What is in a working tree beside the frozen code: data, and source that is not frozen.

A checkout reaches it by links, at the highest level that the snapshot does not have.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sweepcli.code import rules

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

MOST = 10_000  # links in a checkout
NEVER = frozenset(
    {
        *(".git", ".hg", ".svn", "__pycache__", ".ipynb_checkpoints", ".ruff_cache"),
        *(".mypy_cache", ".pytest_cache", ".venv", ".tox", ".nox", ".direnv", "node_modules"),
    }
)
MARKS = (rules.VENV_MARK, "conda-meta")  # of virtual environments


def folders_of(files: Iterable[str]) -> set[str]:
    """Return the folders that files are in, with those above; `` is the root."""
    found = {""}
    for name in files:
        above = os.path.dirname(name)
        while above not in found:
            found.add(above)
            above = os.path.dirname(above)
    return found


def others(root: str, files: Collection[str], results: str) -> Iterator[str]:
    """Yield the paths below a root that are not among its code, nor in a folder that is yielded.

    Without repositories' own folders, virtual environments, caches, and the results directory.
    """
    known, owned = set(files), folders_of(files)
    for folder in sorted(owned):
        try:
            entries = sorted(os.scandir(os.path.join(root, folder)), key=lambda each: each.name)
        except OSError:  # it is not here any more
            continue
        for entry in entries:
            path = os.path.join(folder, entry.name)
            if path not in known and path not in owned and not _is_left(entry, results):
                yield path


def source_beside(root: str, files: Collection[str], results: str) -> tuple[str, ...]:
    """Return the files with code that are not among the code that is frozen, such as ignored."""
    return tuple(path for path in others(root, files, results) if rules.is_source(path))[:MOST]


def _is_left(entry: os.DirEntry[str], results: str) -> bool:
    if entry.name in NEVER or entry.name.endswith((".pyc", ".pyo")):
        return True
    if any(os.path.exists(os.path.join(entry.path, mark)) for mark in MARKS):
        return True
    return os.path.realpath(entry.path) == os.path.realpath(results)
